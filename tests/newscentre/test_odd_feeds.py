"""Feeds as publishers really send them, from the publisher to the desk and the page: nothing lost, mixed up or given away.

The texts are made up; each file of `feeds/odd` bears the name of what is odd about it.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from demo.cast import ALL_FOUR
from demo.simulator import HOME, page
from newscentre.articles import inbox
from newscentre.feeds import opml
from newscentre.feeds.claims import claim_due
from newscentre.feeds.importer import fetch_claimed
from newscentre.models import Article, Feed, Fetching, Rule, Status
from tests.newscentre.feeds_of_tests import feed
from tests.readers import body_of

ODD = Path(__file__).parent / "feeds" / "odd"
DESK = Viewer.secretariat_of(*ALL_FOUR)
SECRET = "/s3cr3t-t0ken/feed.xml"


@pytest.fixture
def from_loopback(publisher, settings):
    settings.NEWS_ALSO_FROM = [(HOME, publisher.port)]
    return publisher


@pytest.fixture
def come_in(db, from_loopback):
    """Fetches these bytes at one address, as a worker does, and returns the feed's articles as they came in."""
    feeds: dict[str, Feed] = {}

    def fetch(body: bytes, content_type: str = "text/xml", path: str = SECRET, headers=None, **values) -> list[Article]:
        from_loopback.pages[path] = page(body, content_type, **(headers or {}))
        with viewing(DESK):
            one = feeds.get(path) or feeds.setdefault(path, feed(from_loopback.at(path), **values))
            Fetching.objects.filter(feed=one).update(next_at=None)
            claim = dict(claim_due(timezone.now()))[one.pk]
        assert fetch_claimed(one.pk, claim, DESK)
        with viewing(DESK):
            assert Fetching.objects.get(feed=one).reason == ""
            return list(Article.objects.filter(feed=one).order_by("pk"))

    return fetch


def odd(name: str) -> bytes:
    return (ODD / name).read_bytes()


def rss(*items: str, head: str = "<link>https://agency.example/</link>", encoding: str = "utf-8") -> bytes:
    joined = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>Agency</title>{head}{joined}</channel></rss>'.encode(encoding)


def said(articles: list[Article], *fields: str) -> list:
    return [
        tuple(getattr(row, field) for field in fields) if len(fields) > 1 else getattr(row, fields[0])
        for row in articles
    ]


# Letters --------------------------------------------------------------------------------------------------------------


def test_one_bad_byte_costs_one_letter_and_not_the_feed(come_in):
    first, second = come_in(odd("one-bad-utf8-byte-arabic.xml"))
    assert first.title == "وصول مئات المهاجرين إلى جزيرة لامبيدوزا قادمين من تونس"
    assert first.excerpt == "قال خفر السواحل إن القوارب غادرت من صفاق\ufffd"
    assert second.title == "خبر ثان عن الهجرة في ليبيا"
    assert (first.title_language, second.title_language) == ("ar", "ar")


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "bad"),
    [
        ("Des réfugiés arrivés à Zarzis sont logés près de la frontière", "utf-8", "utf-8", b"\xe9"),
        ("مهاجرون عالقون على الحدود بين تونس وليبيا", "utf-8", "", b"\xd8"),
        ("Мигранты прибыли на остров из Туниса", "utf-8", "iso-8859-1", b"\xff"),
        ("مهاجرون عالقون على الحدود بين تونس وليبيا", "iso-8859-6", "iso-8859-6", b"\xff"),
        ("難民が港に到着した後、保護された", "shift_jis", "shift_jis", b"\xff"),
    ],
)  # fmt: skip
def test_a_bad_byte_in_any_encoding_leaves_the_words_around_it(come_in, text, encoding, declared, bad):
    declaration = f'<?xml version="1.0" encoding="{declared}"?>'.encode() if declared else b""
    items = rss(f"<title>{text}</title>", "<title>BAD</title>", encoding=encoding)
    first, second = come_in(declaration + items.replace(b"BAD", b"B" + bad + b" D"))
    assert first.title == text
    assert second.title.startswith("B") and second.title.endswith("D")


@pytest.mark.parametrize("encoding", ["koi8-r", "cp1251", "iso8859-5"])
def test_russian_that_declares_nothing_is_read_as_russian(come_in, encoding):
    title = "Сотни мигрантов прибыли на остров Лампедуза, сообщили власти Туниса"
    [row] = come_in(rss(f"<title>{title}</title>", encoding=encoding))
    assert (row.title, row.title_language) == (title, "ru")


def test_koi8_without_a_word_of_it_is_not_taken_for_arabic(come_in):
    [row] = come_in(odd("koi8r-undeclared.xml"))
    assert row.title.startswith("Сотни мигрантов")
    assert row.title_language == "ru"


# Links ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        '<title>No link</title><guid isPermaLink="false">a1</guid>',
        "<title>No link, no guid</title>",
        "<title>Empty link</title><link/>",
        "<title>Blank link</title><link> </link>",
        "<title>A number for a guid</title><guid>4711</guid>",
        "<title>The feed itself</title><link>{feed}</link>",
        "<title>The feed itself, further down</title><link>{feed}#n1</link>",
        "<title>The feed itself, counted</title><link>{feed}?utm_source=rss</link>",
        "<title>The feed within another address</title><link>https://reader.example/?url={quoted}</link>",
        "<title>The feed as its guid</title><guid>{feed}</guid>",
        "<title>The feed in its words {feed} here</title>",
    ],
)
def test_where_a_feed_is_fetched_is_told_to_no_reader(come_in, from_loopback, client, item):
    """Neither on the pages, in the feeds, in search, nor among the articles that the desk sees."""
    from urllib.parse import quote

    address = from_loopback.at(SECRET)
    [row] = come_in(rss(item.format(feed=address, quoted=quote(address, safe=""))))
    assert row.link == ""
    assert "s3cr3t" not in f"{row.title} {row.excerpt}"
    pages = ["/en/news/", f"/en/news/{row.address_number}/", "/en/news/rss/", "/en/news/atom/", "/en/search/?q=feed"]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "s3cr3t" not in body_of(answer).decode()


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>One</title>{}</entry></feed>'
JSON = '{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "title": "One", "url": "{}"}}]}}'


@pytest.mark.parametrize(
    "written", [rss("<title>One</title><link>{}</link>").decode(), ATOM.format('<id>1</id><link href="{}"/>'), JSON]
)
@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/private/SECRET", "/private/SECRET/1"),
        ("/private/s3cr3t-t0ken", "https://agency.example/news/1?from=s3cr3t-t0ken"),
        ("/feed?token=secret99", "/item?id=1&amp;token=secret99"),
    ],
)
def test_no_link_of_an_item_holds_the_key_to_its_feed(come_in, from_loopback, client, written, path, link):
    link = link.replace("&amp;", "&") if written == JSON else link
    kind = "application/json" if written == JSON else "text/xml"
    [row] = come_in(written.format(link).encode(), kind, path=path, rule=Rule.PUBLISH)
    assert (row.title, row.link) == ("One", "")
    assert "secret" not in body_of(client.get(f"/en/news/{row.address_number}/")).decode().casefold().replace(
        "secretariat", ""
    )


@pytest.mark.parametrize(
    "entry",
    [
        rss("<title>x</title><link>/news/1</link><guid>/news/1</guid>"),
        rss("<title>x</title><guid>/news/1</guid><link>/news/1</link>"),
        rss('<title>x</title><link>/news/1</link><guid isPermaLink="true">/news/1</guid>'),
        rss('<title>x</title><guid isPermaLink="false">/news/1</guid><link> /news/1 </link>'),
        ATOM.format('<id>/news/1</id><link href="/news/1"/>').encode(),
        ATOM.format('<link rel="alternate" type="text/html" href="/news/1"/><id>/news/1</id>').encode(),
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"id": "/news/1", "title": "x", "url": "/news/1"}],
            }
        ).encode(),
    ],
)
def test_a_relative_link_holds_where_the_guid_repeats_it(come_in, from_loopback, entry):
    home = "https://agency.example" if b"<channel" in entry else from_loopback.at("")
    [row] = come_in(entry, "application/json" if entry.startswith(b"{") else "text/xml")
    assert row.link == f"{home}/news/1"


@pytest.mark.parametrize(
    "guid", ["<guid>/news/1</guid>", '<guid isPermaLink="true">/news/1</guid>', "<guid>4711</guid>"]
)
@pytest.mark.parametrize("more", ["", "<link/>", '<enclosure url="/news/1" type="image/png" length="1"/>'])
def test_a_guid_that_is_no_whole_address_is_no_link(come_in, guid, more):
    [row] = come_in(rss(f"<title>x</title>{guid}{more}"))
    assert row.link == ""


def test_items_without_a_link_come_in_without_one(come_in):
    rows = come_in(odd("no-link-shows-feed-address.xml"))
    assert said(rows, "title", "link") == [
        ("Coast guard brings 40 people ashore in Zarzis", ""),
        ("Ministry opens a desk for returnees in Agadez", ""),
    ]


@pytest.mark.parametrize(
    ("head", "link", "read"),
    [
        ("<link>https://agency.example/en/</link>", "/news/1", "https://agency.example/news/1"),
        ("<link>https://agency.example/en/</link>", "1.html", "https://agency.example/en/1.html"),
        ("<link>https://agency.example</link>", "?id=7", "https://agency.example/?id=7"),
        ("<link>https://agency.example/</link>", "//other.example/1", "https://other.example/1"),
        ("", "/news/1", "{home}/news/1"),
        ("", "1.html", "{home}/1.html"),
        ("<link>{feed}</link>", "1.html", "{home}/1.html"),
        ("<link>https://agency.example/</link>", "https://agency.example/a b/1", "https://agency.example/a%20b/1"),
        ("", "https://agency.example/می‌روند", "https://agency.example/%D9%85%DB%8C%E2%80%8C%D8%B1%D9%88%D9%86%D8%AF"),
        ("", "https:\\\\agency.example\\news\\1", "https://agency.example/news/1"),
        ("", "https://agency.example/re\u00adtour", "https://agency.example/re%C2%ADtour"),
        ("", "HTTPS://Agency.Example:443/x/../1", "https://agency.example/1"),
        ("", "https://agency.example/ne\nws/1", "https://agency.example/news/1"),
        ("", "https://bücher.example/é?q=ü", "https://xn--bcher-kva.example/%C3%A9?q=%C3%BC"),
        ("", "javascript:alert(1)", ""),
        ("", "https://user:word@agency.example/1", ""),
    ],
)
def test_a_link_is_read_as_browsers_read_it(come_in, from_loopback, head, link, read):
    home = from_loopback.at("")
    [row] = come_in(rss(f"<title>x</title><link>{link}</link>", head=head.format(feed=from_loopback.at(SECRET))))
    assert row.link == read.format(home=home)


def test_a_relative_link_follows_an_xml_base(come_in):
    entry = '<entry xml:base="fr/"><title>x</title><id>urn:1</id><link href="1"/></entry>'
    body = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://agency.example/news/"><title>A</title>{entry}</feed>'
    assert said(come_in(body.encode()), "link") == ["https://agency.example/news/fr/1"]


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("relative-links-other-host.xml", "https://agency.example/news/2026/1"),
        ("enclosure-without-href.atom", "https://agency.example/a"),
        ("feedburner-origlink.xml", "https://agency.example/real"),
    ],
)
def test_of_several_addresses_the_articles_own_is_its_link(come_in, name, link):
    assert said(come_in(odd(name)), "link") == [link]


# Which is which -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("no-link-no-guid-collapse.xml", 5),
        ("no-guid-one-page-collapse.xml", 3),
        ("no-guid-fragment-links-collapse.xml", 3),
        ("guid-repeated-no-link.xml", 10),
    ],
)
def test_each_item_is_an_article_of_its_own_at_every_fetch(come_in, name, number):
    first = come_in(odd(name))
    assert len({row.title for row in first}) == len(first) == number
    assert come_in(odd(name)) == first


TWO = [
    ("guid and page", "<guid>https://a.example/latest</guid><link>https://a.example/latest</link>"),
    ("guid alone", '<guid isPermaLink="false">latest</guid>'),
    ("page alone", "<link>https://a.example/latest</link>"),
]


@pytest.mark.parametrize(("kind", "marks"), TWO, ids=[kind for kind, _ in TWO])
@pytest.mark.parametrize("rule", [Rule.WAIT, Rule.PUBLISH])
def test_what_is_published_does_not_become_another_story(come_in, kind, marks, rule):
    """A page that shows the latest alert alone: the next one waits for an editor, and again at each later fetch."""
    first = f"<title>Alert: boat in distress off Tobruk</title>{marks}"
    second = f"<title>Mother and child missing near Agadez</title>{marks}"
    [row] = come_in(rss(first), rule=rule)
    with viewing(DESK):
        inbox.publish(Article.objects.filter(pk=row.pk))
    for _ in range(2):
        old, new = come_in(rss(second))
    assert (old.pk, old.title, old.status) == (row.pk, "Alert: boat in distress off Tobruk", Status.PUBLISHED)
    assert (new.title, new.status, new.audience) == (
        "Mother and child missing near Agadez", Status.INBOX, ["secretariat:mtm"],
    )  # fmt: skip
    corrected = second.replace("Mother and child missing near Agadez", "Mother and two children missing near Agadez")
    assert said(come_in(rss(corrected)), "title") == [row.title, "Mother and two children missing near Agadez"]
    assert len(come_in(rss(second, first))) == 2


def test_an_alert_under_a_new_guid_on_the_same_page_waits_as_its_feed_says(come_in):
    [row] = come_in(odd("guid-stays-next-story-on-one-page-a.xml"), rule=Rule.WAIT)
    with viewing(DESK):
        inbox.publish(Article.objects.filter(pk=row.pk))
    old, new = come_in(odd("guid-stays-next-story-on-one-page-b.xml"))
    assert (old.title, old.status) == ("Alert: boat in distress off Tobruk", Status.PUBLISHED)
    assert (new.title, new.status) == ("Alert: mother and child missing near Agadez", Status.INBOX)


def test_the_newest_item_on_a_page_of_many_replaces_none(come_in):
    def item(number: int, title: str) -> str:
        return f"<title>{title}</title><link>https://a.example/notes</link><pubDate>Mon, {number:02} Nov 2026 08:00:00 GMT</pubDate>"

    notes = [item(2, "Visa talks in Rabat"), item(3, "Shelter opens in Niamey")]
    first = come_in(rss(*notes))
    assert said(come_in(rss(item(4, "Court rules in Tunis"), *notes)), "title") == [
        *said(first, "title"), "Court rules in Tunis",
    ]  # fmt: skip
    assert len(come_in(rss(item(4, "Court rules in Tunis")))) == 3


def test_an_editors_headline_does_not_make_the_publishers_another_story(come_in):
    item = "<title>Boat found off Zuwarah</title><guid>https://a.example/1</guid><description>Text</description>"
    [row] = come_in(rss(item))
    with viewing(DESK):
        Article.objects.filter(pk=row.pk).update(title="Sauvetage", edited=["title"])
    [row] = come_in(rss(item.replace("Text", "Longer text")))
    assert (row.title, row.excerpt) == ("Sauvetage", "Longer text")


# How many -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "number"), [("rss", 2_500), ("json", 30_000)])
def test_of_too_many_the_newest_come_in_whatever_their_order(come_in, kind, number):
    began = datetime(2022, 1, 1, tzinfo=UTC)
    days = [began + timedelta(hours=hours) for hours in range(number)]
    if kind == "rss":
        body = rss(
            *(f"<title>Note {at:%m%d%H}</title><pubDate>{at:%a, %d %b %Y %H:00:00} GMT</pubDate>" for at in days)
        )
    else:
        items = [
            {"id": str(number), "title": f"Note {at:%m%d%H}", "date_published": at.isoformat()}
            for number, at in enumerate(days)
        ]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    rows = come_in(body, rule=Rule.WAIT)
    assert len(rows) == 2000
    assert min(row.published_at for row in rows) == days[-2000]


# Text and titles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title", "excerpt"),
    [
        ("image-title-in-item.xml", "Morocco and Spain reopen talks on visas", ""),
        ("double-escaped.xml", "t", "Thirty people were saved."),
        ("unescaped-ampersand.xml", "Q&A: R&D on migration", ""),
        ("no-title-no-text.xml", "", ""),
    ],
)
def test_a_headline_is_the_articles_own_and_reads_as_it_was_meant(come_in, name, title, excerpt):
    assert said(come_in(odd(name)), "title", "excerpt") == [(title, excerpt)]


@pytest.mark.parametrize(
    ("item", "title", "excerpt"),
    [
        ("<image><title>logo</title><url>https://a.example/i</url></image><title>Talks</title>", "Talks", ""),
        ("<image><title>logo</title><description>a picture</description></image><title>Talks</title><description>Said.</description>", "Talks", "Said."),
        ("<title>Talks</title><textInput><title>Search</title><name>q</name></textInput>", "Talks", ""),
        ("<title>Talks</title><description>&amp;lt;br/&amp;gt;One &amp;amp;amp; two&amp;nbsp;three</description>", "Talks", "One & two three"),
        ("<title>AT&T, Q&A and Johnson & Sons &amp; Co</title>", "AT&T, Q&A and Johnson & Sons & Co", ""),
        ("<title><![CDATA[R&D: visas & work]]></title>", "R&D: visas & work", ""),
    ],
)  # fmt: skip
def test_what_stands_around_a_headline_is_not_in_it(come_in, item, title, excerpt):
    assert said(come_in(rss(item)), "title", "excerpt") == [(title, excerpt)]


# Languages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "language"),
    [("arabic-headline-with-latin-names.xml", "ar"), ("english-headline-taken-for-french.xml", "en")],
)
def test_names_do_not_make_a_headlines_language(come_in, client, name, language):
    rows = come_in(odd(name))
    assert {row.title_language for row in rows} == {language}
    page = body_of(client.get("/en/news/")).decode()
    direction = "rtl" if language == "ar" else "ltr"
    assert page.count(f'lang="{language}" hreflang="{language}" dir="{direction}"') >= len(rows)


@pytest.mark.parametrize(
    ("head", "known", "sent", "language"),
    [
        ("", "", "it-IT, en", "it"),
        ("", "fr", "it", "fr"),
        ("<language>es-MX</language>", "fr", "it", "es"),
        ("", "", "", ""),
    ],
)
def test_the_answer_says_the_language_where_neither_feed_nor_desk_does(come_in, head, known, sent, language):
    headers = {"Content_Language": sent} if sent else {}
    [row] = come_in(rss("<title>Ventimiglia</title>", head=head), headers=headers, language=known)
    assert row.title_language == language


# In front of the desk -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.name for path in ODD.iterdir()))
def test_the_desk_sees_what_came_in_and_how_the_feed_fares(come_in, reader, name):
    rows = come_in(odd(name), rule=Rule.WAIT)
    editor = reader("editor")
    inbox = body_of(editor.get(reverse("admin:newscentre_article_changelist"))).decode()
    assert all(f"/article/{row.pk}/change/" in inbox for row in rows)
    for row in rows:
        assert editor.get(reverse("admin:newscentre_article_change", args=[row.pk])).status_code == 200
    health = body_of(editor.get(reverse("admin:newscentre_feed_health"))).decode()
    assert rows[0].feed.name in health


def test_the_desk_cannot_enter_where_a_feed_is_fetched_as_a_link(come_in, reader, from_loopback):
    """Of an article, of a publisher, or from a file of feeds that names the feed as its own site."""
    [row] = come_in(rss("<title>x</title><link>https://a.example/1</link>"))
    editor, address = reader("editor"), from_loopback.at(SECRET)
    change = reverse("admin:newscentre_article_change", args=[row.pk])
    values = {
        name: "" if value is None else value
        for name, value in editor.get(change).context["adminform"].form.initial.items()
    }
    values |= {"published_at_0": "2026-03-13", "published_at_1": "10:00", "link": address}
    refused = "A feed is fetched at this address, which readers are not told."
    assert refused in body_of(editor.post(change, values)).decode()
    publisher = reverse("admin:newscentre_publisher_change", args=["sahel"])
    form = {"slug": "sahel", "name": "Sahel", "link": address}
    assert refused in body_of(reader("secretariat").post(publisher, form)).decode()
    outline = f'<opml version="2.0"><body><outline text="x" xmlUrl="{address}" htmlUrl="{address}"/></body></opml>'
    [read] = opml.read(outline.encode())
    assert (read.address, read.site) == (address, "")
