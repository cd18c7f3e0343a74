"""The news for programs: RSS and Atom of what everyone may read, under any filter, asked for again and again."""

import re
from datetime import timedelta

import feedparser
import pytest
from defusedxml import ElementTree

from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Subject
from demo.cast import ALL_FOUR
from newscentre.articles.syndication import ENTRIES
from newscentre.models import Article, Feed, Publisher
from tests.newscentre.feeds_of_tests import NOON, article, feed
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
THEME = ["dialogue:mtm:irregular-mixed-migration"]
KINDS = ["rss", "atom"]


@pytest.fixture
def desk():
    def write(make, *arguments, **values):
        with viewing(DESK):
            return make(*arguments, **values)

    return write


def titles(client, address: str) -> list[str]:
    return [entry.title for entry in feedparser.parse(body_of(client.get(address))).entries]


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_reads_the_newest_stories_with_the_way_to_their_publisher(desk, reader, kind):
    of = desk(feed)
    desk(article, of, title="Old", published_at=NOON - timedelta(days=2))
    row = desk(article, of, title="إنقاذ", title_language="ar", excerpt="What <b>it</b> says & more")
    read = feedparser.parse(body_of(reader("stranger").get(f"/fr/news/{kind}/")))
    assert not read.bozo
    assert read.feed.language == "fr"
    first, second = read.entries
    assert (first.title, second.title) == ("إنقاذ", "Old")
    assert first.link == row.link
    assert first.id == f"http://localhost:8000/fr/news/{row.address_number}/"
    assert first.author == "Sahel Desk"
    assert first.published_parsed[:4] == (2026, 11, 24, 12)
    assert first.summary == "What &lt;b&gt;it&lt;/b&gt; says &amp; more"
    assert first.title_detail.language == "ar"


@pytest.mark.parametrize("kind", KINDS)
def test_each_filter_of_the_news_has_its_feed(desk, reader, kind):
    morocco = Subject.objects.get(kind="country", slug="morocco").pk
    other = desk(Publisher.objects.create, slug="desk", name="Migration desk")
    of, elsewhere = desk(feed), desk(feed, publisher=other, dialogue_id="rabat-process")
    desk(article, of, title="Arabic", title_language="ar")
    desk(article, of, title="Money", categories=["remittances"])
    desk(article, of, title="Morocco", subjects=[morocco])
    desk(article, elsewhere, title="Elsewhere")
    desk(article, of, title="Old", published_at=NOON - timedelta(days=30))
    found = {
        "?language=ar": {"Arabic"},
        "?category=remittances": {"Money"},
        "?subject=morocco": {"Morocco"},
        "?dialogue=rabat-process": {"Elsewhere"},
        "?publisher=desk": {"Elsewhere"},
        "?until=2026-11-01": {"Old"},
        "?subject=nowhere": set(),
    }
    client = reader("stranger")
    assert {query: set(titles(client, f"/en/news/{kind}/{query}")) for query in found} == found


def test_a_feed_says_what_it_is_of(desk, reader):
    named = {
        "en": "News Centre · i-Map: Arabic, Remittances, Morocco",
        "fr": "Centre d’actualités · i-Map\u00a0: arabe, Transferts de fonds, Maroc",
    }
    for language, title in named.items():
        address = f"/{language}/news/rss/?language=ar&category=remittances&subject=morocco"
        read = feedparser.parse(body_of(reader("stranger").get(address)))
        assert read.feed.title == title
        assert read.feed.link.endswith(f"/{language}/news/?language=ar&category=remittances&subject=morocco")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("login", ["stranger", "official.mar", "editor"])
def test_whoever_asks_it_holds_what_everyone_may_read(desk, reader, kind, login):
    secret = desk(Publisher.objects.create, slug="first-hand", name="First hand reports")
    desk(article, desk(feed), title="Open")
    desk(article, desk(feed, audience=THEME, publisher=secret), title="Restricted")
    waiting = desk(article, desk(feed), title="Waiting")
    desk(Article.objects.filter(pk=waiting.pk).update, status="inbox", audience=[])
    client = reader(login)
    assert titles(client, f"/en/news/{kind}/") == ["Open"]
    assert "First hand" not in body_of(client.get(f"/en/news/{kind}/?publisher=first-hand")).decode()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_narrowed_leaves_the_feed_at_once(desk, reader, kind):
    row = desk(article, desk(feed), title="Open")
    client = reader("stranger")
    first = client.get(f"/en/news/{kind}/")
    assert titles(client, f"/en/news/{kind}/") == ["Open"]
    desk(Feed.objects.filter(pk=row.feed_id).update, audience=THEME)
    again = client.get(f"/en/news/{kind}/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert b"Open" not in body_of(again)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_program_that_asks_again_is_told_that_nothing_changed(desk, reader, kind, is_empty):
    if not is_empty:
        desk(article, desk(feed))
    client, address = reader("stranger"), f"/en/news/{kind}/"
    first = client.get(address)
    assert "must-revalidate" in first["Cache-Control"]
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, body_of(again), again["ETag"]) == (304, b"", first["ETag"])
    assert not first.cookies
    desk(article, desk(feed))
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_what_no_xml_may_hold_breaks_no_feed(desk, reader, kind):
    desk(article, desk(feed), title="A\x0bB ]]> <x> \ufffe", excerpt="\x1f" + "e" * 10)
    ElementTree.fromstring(body_of(reader("stranger").get(f"/en/news/{kind}/")))


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_is_no_longer_than_it_says(desk, reader, kind):
    of = desk(feed)
    for hours in range(ENTRIES + 2):
        desk(article, of, published_at=NOON - timedelta(hours=hours))
    assert len(titles(reader("stranger"), f"/en/news/{kind}/")) == ENTRIES


# What the validator of the W3C asks of RSS 2.0 and Atom (RFC 4287), which cannot be asked from here.

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
RFC_822 = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
WHOLE = re.compile(r"https?://[!-~]+")  # a URI: ASCII, without spaces
ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def told(desk):
    """Articles as odd as they come: without link, text, language or known date, in other letters."""
    of = desk(feed)
    desk(article, of, title="إنقاذ", title_language="ar", link="https://desk.example/%D8%AE%20x?a=1&b=%3C")
    desk(article, of, title="No link", link="", excerpt="")
    desk(article, of, title="", title_language="", excerpt="Words alone & <b>some</b>")
    desk(article, of, title="No date", is_date_known=False)


@pytest.mark.parametrize("query", ["", "?language=ar", "?subject=nowhere", "?publisher=%D8%A3 b&since=2026-01-01"])
def test_atom_holds_what_its_standard_asks_for(told, reader, query):
    answer = reader("stranger").get(f"/fr/news/atom/{query}")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(body_of(answer))
    entries = root.findall(f"{ATOM}entry")
    assert (root.tag, root.get(XML_LANG)) == (f"{ATOM}feed", "fr")
    for one in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(ATOM + name)) == 1, name
        assert one.find(f"{ATOM}title").text
        assert WHOLE.fullmatch(one.find(f"{ATOM}id").text)
        assert all(
            RFC_3339.fullmatch(date.text) for name in ("updated", "published") for date in one.findall(ATOM + name)
        )
        links = one.findall(f"{ATOM}link")
        assert all(WHOLE.fullmatch(link.get("href")) for link in links)
        alternates = [(link.get("type"), link.get("hreflang")) for link in links if link.get("rel") == "alternate"]
        assert len(alternates) == len(set(alternates)) == 1
        assert all(author.find(f"{ATOM}name").text for author in one.findall(f"{ATOM}author"))
    [itself] = [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert itself.startswith("http://localhost:8000/fr/news/atom/")
    assert root.findall(f"{ATOM}author") or all(one.findall(f"{ATOM}author") for one in entries)
    ids = [one.find(f"{ATOM}id").text for one in (root, *entries)]
    assert len(ids) == len(set(ids))
    if not query:
        assert [one.find(f"{ATOM}title").text for one in entries if one.find(f"{ATOM}published") is None] == ["No date"]
        assert len(entries) == 4


@pytest.mark.parametrize("query", ["", "?language=ar", "?subject=nowhere", "?publisher=%D8%A3 b&since=2026-01-01"])
def test_rss_holds_what_its_standard_asks_for(told, reader, query):
    answer = reader("stranger").get(f"/fr/news/rss/{query}")
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = ElementTree.fromstring(body_of(answer))
    [channel] = root.findall("channel")
    assert (root.tag, root.get("version"), channel.find("language").text) == ("rss", "2.0", "fr")
    for name in ("title", "link", "description", "lastBuildDate"):
        assert len(channel.findall(name)) == 1 and channel.find(name).text
    assert WHOLE.fullmatch(channel.find("link").text)
    assert RFC_822.fullmatch(channel.find("lastBuildDate").text)
    [itself] = channel.findall(f"{ATOM}link")
    assert itself.get("rel") == "self" and WHOLE.fullmatch(itself.get("href"))
    guids = []
    for item in channel.findall("item"):
        assert item.find("title").text
        assert WHOLE.fullmatch(item.find("link").text)
        [guid] = item.findall("guid")
        assert guid.get("isPermaLink", "true") == "true" and WHOLE.fullmatch(guid.text)
        guids.append(guid.text)
        assert all(RFC_822.fullmatch(date.text) for date in item.findall("pubDate"))
        assert len(item.findall("description")) == 1
        assert "<b>" not in (item.find("description").text or "")
        assert item.find("{http://purl.org/dc/elements/1.1/}creator").text
        assert item.find("author") is None  # which must be an address of e-mail
    assert len(guids) == len(set(guids))


def test_the_page_leads_to_the_feeds_of_its_filters(desk, reader):
    page = body_of(reader("stranger").get("/ar/news/?category=diaspora&language=")).decode()
    for kind, media_type in (("rss", "application/rss+xml"), ("atom", "application/atom+xml")):
        assert f'<link rel="alternate" type="{media_type}" title="{kind.upper() if kind == "rss" else "Atom"}"' in page
        assert f'<a href="/ar/news/{kind}/?category=diaspora"' in page


def test_there_is_no_other_kind_of_feed(reader):
    assert reader("stranger").get("/en/news/opml/").status_code == 404
    assert reader("stranger").post("/en/news/rss/").status_code in (403, 405)
