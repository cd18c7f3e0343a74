"""The news for programs: RSS and Atom of what everyone may read, under any filter, asked for again and again."""

from datetime import timedelta

import feedparser
import pytest
from defusedxml import ElementTree

from access.viewer import Viewer
from access.viewing import viewing
from accounts.demo import ALL_FOUR
from atlas.models import Subject
from newscentre.feeds_out import ENTRIES
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
    assert first.id == f"http://localhost:8000/fr/news/{row.pk}/"
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


def test_the_page_leads_to_the_feeds_of_its_filters(desk, reader):
    page = body_of(reader("stranger").get("/ar/news/?category=diaspora&language=")).decode()
    for kind, media_type in (("rss", "application/rss+xml"), ("atom", "application/atom+xml")):
        assert f'<link rel="alternate" type="{media_type}" title="{kind.upper() if kind == "rss" else "Atom"}"' in page
        assert f'<a href="/ar/news/{kind}/?category=diaspora"' in page


def test_there_is_no_other_kind_of_feed(reader):
    assert reader("stranger").get("/en/news/opml/").status_code == 404
    assert reader("stranger").post("/en/news/rss/").status_code in (403, 405)
