"""What reaches a page of what a feed sends: plain text, safe links, plausible dates, the language of each line."""

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscentre.stages.clean import LONGEST_EXCERPT, cleaned, cut, plain, plausible
from newscentre.stages.documents import Document, FeedEntry, Wording
from newscentre.stages.languages import direction_of, language_of
from newscentre.stages.links import canonical, safe_link, tells
from newscentre.stages.reading import document_in

SEEN_AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
ADDRESS = "https://sahel.example/feed"
FEEDS = Path(__file__).parent / "feeds"


def items_of(name: str, language: str = ""):
    return cleaned(document_in((FEEDS / name).read_bytes(), ""), [ADDRESS], language, SEEN_AT)


def item_of(entry: FeedEntry, language: str = ""):
    return cleaned(Document("rss20", entries=(entry,)), [ADDRESS], language, SEEN_AT)[0]


def markup(text: str) -> str:
    return plain(Wording(text, is_markup=True))


# Text -----------------------------------------------------------------------------------------------------------------


def test_an_article_comes_as_one_line_and_one_paragraph():
    first, second = items_of("rss20_ar.xml")
    assert (first.title.text, first.language, first.title.direction) == (
        "إنقاذ 47 مهاجراً قبالة سواحل زوارة",
        "ar",
        "rtl",
    )
    assert first.excerpt.text == "أعلن خفر السواحل الليبي إنقاذ 47 مهاجراً."
    assert first.words == ("هجرة",)
    assert second.excerpt.text == ""


def test_accents_and_quotation_marks_arrive_as_they_were_meant():
    [item] = items_of("atom10_fr.xml")
    assert item.title.text == "Le Maroc et l’Espagne renforcent leur coopération"
    assert item.language == "fr"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("A<br>B<script>alert(1)</script><style>p{}</style>C", "A BC"),
        ("<!-- x --><svg><title>y</title></svg>Z<iframe>q</iframe>", "Z"),
        ("AT&amp;T &lt;b&gt; &#1587;", "AT&T <b> س"),
        ("<img src=x onerror=alert(1)>Text", "Text"),
        ("<a href='javascript:alert(1)'>Go</a>", "Go"),
        ("a\x00b\x07c\x1b[0m", "ab c [0m"),
        ("safe\u202egnp.exe\u202c \u2066x\u2069", "safegnp.exe x"),
        ("e\u0301te\u0301", "été"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<<script>script>alert(1)<</script>/script>", "<"),
    ],
)
def test_markup_becomes_text(html, text):
    assert markup(html).startswith(text)
    assert "alert" not in markup(html) or "<script" not in markup(html)


def test_plain_text_that_looks_like_markup_stays_text():
    assert plain(Wording("x < y & y > z")) == "x < y & y > z"


@pytest.mark.parametrize("ending", [" […]", " [...]", "...", " …", "\nThe post Title appeared first on Desk."])
def test_a_feeds_own_shortening_becomes_one_mark(ending):
    assert cut("They met in Rabat" + ending, 300) == "They met in Rabat…"


def test_a_full_text_is_not_kept():
    item = item_of(FeedEntry(title=Wording("Title"), summary=Wording("word, " * 5000)))
    assert len(item.excerpt.text) <= LONGEST_EXCERPT
    assert item.excerpt.text.endswith("word…")


def test_an_article_without_a_title_is_headed_by_what_it_says():
    item = item_of(FeedEntry(summary=Wording("Fourteen people were rescued. " * 20)))
    assert item.title.text.startswith("Fourteen people")
    assert len(item.title.text) <= 150
    assert item_of(FeedEntry(title=Wording("Same"), summary=Wording("Same"))).excerpt.text == ""


# Languages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("الهجرة في المتوسط", "en", "ar"),
        ("Le Maroc accueille la conférence de Rabat", "en", "fr"),
        ("The conference was held in Rabat", "fr", "en"),
        ("Rabat", "fr-FR", "fr"),
        ("Rabat", "", ""),
        ("مهاجرت به اروپا چگونه است", "ar", "fa"),
        ("پاکستان میں تارکین وطن ہیں", "", "ur"),
        ("Миграция в Европу", "ru", "ru"),
        ("Der Rat tagt in Wien und Berlin", "de", "de"),
        ("47", "ar", "ar"),
        ("Frontex: L'agence d'Europe", "en-US", "fr"),
        ("Migration", "<script>", ""),
        ("Côte d’Ivoire opens migrant reception centre", "en", "en"),
        ("Côte d'Ivoire: 160 nationals flown home", "en", "en"),
        ("Coup d’état in Niger: the junta closes a road", "en", "en"),
        ("Médecins Sans Frontières à Zarzis", "en", "en"),
        ("Playa de la Luz sees arrivals", "en", "en"),
        ("La Guardia Costiera ha salvato 40 persone al largo della Libia", "", "it"),
        ("Los migrantes llegan a la isla por el mar", "", "es"),
        ("وصل قارب Ocean Viking إلى Lampedusa", "", "ar"),
        ("رسو السفينة Geo Barents في ميناء Salerno", "en", "ar"),
        ("اجتماع وزاري في پاريس حول الهجرة", "ar", "ar"),
        ("Ocean Viking", "ar", "ar"),
        ("Мигранты прибыли на остров, сообщили власти", "en", "ru"),
        ("Μετανάστες στη Λέσβο", "", "el"),
        ("המהגרים הגיעו לאי", "ar", "he"),
    ],
)
def test_the_language_of_a_line_is_that_of_its_words(text, declared, language):
    assert language_of(text, declared) == language


@pytest.mark.parametrize(
    ("text", "direction"),
    [
     ("IOM: مهاجرون يصلون إلى لامبيدوزا", "rtl"), ("Sebha (سبها) hosts talks", "ltr"),
     ("وصل قارب Ocean Viking إلى Lampedusa", "rtl"), ("رسو السفينة Geo Barents في ميناء Salerno", "rtl"),
     ("IOM, UNHCR: مهاجرون يصلون", "rtl"), ("The word هجرة means migration", "ltr"), ("2026", "ltr"), ("", "ltr")],
)  # fmt: skip
def test_each_line_runs_as_most_of_its_letters_do(text, direction):
    assert direction_of(text) == direction


def test_what_an_entry_declares_of_its_language_comes_before_what_its_feed_does():
    head = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>x</title><language>en</language>'
    items = "<item><title>Ventimiglia</title><dc:language>it</dc:language></item><item xml:lang='fr'><title>Calais</title></item>"
    found = document_in(f"{head}{items}<item><title>Dover</title></item></channel></rss>".encode(), "")
    assert [item.language for item in cleaned(found, [ADDRESS], "ar", SEEN_AT)] == ["it", "fr", "en"]


def test_title_and_excerpt_may_be_in_two_languages():
    item = item_of(
        FeedEntry(title=Wording("الاجتماع في الرباط"), summary=Wording("The meeting was held in the city of Rabat"))
    )
    assert (item.title.language, item.excerpt.language) == ("ar", "en")
    assert (item.title.direction, item.excerpt.direction) == ("rtl", "ltr")


# Links ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "data:text/html,<b>",
     "vbscript:x", "file:///etc/passwd", "ftp://example.org/", "http:", "http://", "https:", "mailto:a@b.example",
     "http://bank.example@evil.example/", "http://exa mple.org/", "http://[::1",
     "http://example.org/" + "a" * 2000, "http://example.org:99999/", "http://a<b>/"],
)  # fmt: skip
def test_nothing_but_a_web_address_becomes_a_link(link):
    assert safe_link(link) == ""
    assert item_of(FeedEntry(title=Wording("x"), link=link)).link == "" or ":" in link.split("/")[0]


@pytest.mark.parametrize(
    ("link", "read"),
    [
        ("https:///x/1", "https://x/1"),
        ("https:x/1", "https://x/1"),
        ("http://example.org\\@evil.example", "http://example.org/@evil.example"),
        ("http://example.org/\u202egnp", "http://example.org/%E2%80%AEgnp"),
        ("https://مثال.example/خبر", "https://xn--mgbh0fb.example/%D8%AE%D8%A8%D8%B1"),
        ("https://example.org/100%", "https://example.org/100%"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
        ("https://example.org/a/%2e%2E/b", "https://example.org/b"),
        ("https://example.org/?q=a b&c=<d>", "https://example.org/?q=a%20b&c=%3Cd%3E"),
        ("https://example.org", "https://example.org/"),
        ("https://exam\u00adple.org/", "https://example.org/"),
    ],
)
def test_a_link_becomes_what_browsers_make_of_it(link, read):
    assert safe_link(link) == read


def test_relative_links_are_completed_and_an_empty_one_is_none():
    assert safe_link("/ar/1", ADDRESS) == "https://sahel.example/ar/1"
    assert safe_link("//other.example/1", ADDRESS) == "https://other.example/1"
    assert safe_link("", ADDRESS) == safe_link(" \n", ADDRESS) == safe_link("/ar/1") == ""


PIECES = st.sampled_from(["https://sahel.example/feed", "%68ttps", "https%3A%2F%2F", "sahel.example", "SAHEL.example", "/", "feed", "?",
                          "#n1", "//", "..", "\\", "www.", ":443", "utm_source=x", "&", " ", "%2F", "http:", "x", "."])  # fmt: skip


@given(st.lists(PIECES, max_size=6).map("".join), st.sampled_from(["", "https://sahel.example/", ADDRESS, "/", "feed"]))
def test_no_link_of_an_item_is_where_its_feed_is_fetched(link, page):
    document = Document("rss20", link=page, entries=(FeedEntry(title=Wording("x"), link=link),))
    [item] = cleaned(document, [ADDRESS], "", SEEN_AT)
    told = urlsplit(unquote(unquote(item.link)).lower())
    where = (told.hostname or "").removeprefix("www."), re.sub("/+$", "", told.path)
    assert where != ("sahel.example", "/feed")


@pytest.mark.parametrize(
    ("address", "link", "is_told"),
    [
        ("https://a.example/k3y/feed", "https://a.example/k3y/feed", True),
        ("https://a.example/k3y/feed", "http://www.a.example:80/k3y/feed/#1", True),
        ("https://a.example/k3y/feed", "https://b.example/?u=https%253A%252F%252Fa.example%252Fk3y%252Ffeed", True),
        ("https://a.example/feed?key=k3y", "https://a.example/feed?key=k3y&page=2", True),
        ("https://a.example/news", "https://a.example/news/1", False),
        ("https://a.example/news", "https://a.example/newsletter", False),
        ("https://a.example/?feed=rss2", "https://a.example/?p=12", False),
        ("https://a.example/", "https://a.example/1", False),
        ("https://a.example/", "https://a.example", True),
        ("https://a.example/private/SECRET", "https://a.example/private/SECRET/1", True),
        ("https://a.example/private/SECRET", "https://a.example/1?from=private%2FSECRET", True),
        ("https://a.example/private/SECRET", "https://a.example/private/1", False),
        ("https://a.example/feed?token=S", "https://a.example/item?id=1&token=S", True),
        ("https://a.example/feed?token=S", "https://a.example/item?id=1&token=T", False),
        ("https://a.example/feed?key=correcthorse", "https://a.example/correcthorse/1", True),
        (
            "https://a.example/feed?q=8f3a9c1e7b2d",
            "https://b.example/?u=https%253A%252F%252Fa.example%252F8F3A9C1E7B2D",
            True,
        ),
        ("https://a.example/u/550e8400-e29b-41d4/rss", "https://a.example/550e8400-e29b-41d4/1", True),
        ("https://a.example/feed?id=98765432109876", "https://a.example/1#98765432109876", True),
        ("https://a.example/rss/aZbYcXdWeV.xml", "https://a.example/i/aZbYcXdWeV.xml?n=1", True),
        (
            "https://a.example/feed?format=rss2&category=mediterranee",
            "https://a.example/mediterranee/1?format=rss2",
            False,
        ),
        ("https://a.example/afrique-subsaharienne/feed", "https://a.example/afrique-subsaharienne/1", False),
        ("https://a.example/2026/03/feed?author=john_smith", "https://a.example/2026/03/1?author=john_smith", False),
        ("https://a.example/feed?keyword=migration", "https://a.example/1?keyword=migration", False),
    ],
)
def test_an_address_is_known_in_every_spelling(address, link, is_told):
    assert tells(link, [address]) == is_told


@pytest.mark.parametrize(
    "link",
    ["https://desk.example/1", "http://desk.example/1", "https://www.desk.example/1/", "https://desk.example:443/1",
     "https://DESK.example/1#top", "https://desk.example/1?utm_source=rss&fbclid=x"],
)  # fmt: skip
def test_one_page_has_one_canonical_address(link):
    assert canonical(link) == "desk.example/1"


def test_what_a_page_is_asked_with_tells_pages_apart():
    assert canonical("https://desk.example/?id=1&utm_medium=x") == "desk.example?id=1"
    assert canonical("https://desk.example/?id=1") != canonical("https://desk.example/?id=2")
    assert canonical("https://desk.example:8443/1") == "desk.example:8443/1"


# Dates ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "taken", "is_known"),
    [
        ("2026-11-24T09:00:00+00:00", datetime(2026, 11, 24, 9, tzinfo=UTC), True),
        ("1998-03-01T00:00:00+00:00", datetime(1998, 3, 1, tzinfo=UTC), True),
        ("2026-11-25T09:05:00+00:00", SEEN_AT, True),
        ("2031-01-01T00:00:00+00:00", SEEN_AT, False),
        ("1970-01-01T00:00:00+00:00", SEEN_AT, False),
        ("0001-01-01T00:00:00+00:00", SEEN_AT, False),
        ("", SEEN_AT, False),
        ("yesterday", SEEN_AT, False),
    ],
)
def test_no_article_is_newer_than_the_moment_it_was_seen(said, taken, is_known):
    assert plausible(said, SEEN_AT) == (taken, is_known)


def test_the_date_as_the_feed_wrote_it_is_kept():
    item = item_of(FeedEntry(title=Wording("x"), published_at="2031-01-01T00:00:00+00:00", dated="1 Jan 2031"))
    assert (item.published_at, item.is_date_known, item.dated) == (SEEN_AT, False, "1 Jan 2031")
