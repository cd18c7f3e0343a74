"""The demonstration's own publishers: what they bring comes in, in every kind and letters, and says that it is made up."""

from datetime import UTC, datetime, timedelta

import pytest

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from demo import feeds, publishers
from demo.cast import ALL_FOUR
from demo.portal import Demo, environment_of, port_for_news
from demo.simulator import HOME
from newscentre.models import Article, Feed, Fetching, Status
from newscentre.stages.fetch import Fetcher, Marks
from newscentre.stages.internet import AllowedHosts
from newscentre.stages.reading import document_in

DESK = Viewer.secretariat_of(*ALL_FOUR)
BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def began(tmp_path):
    return tmp_path / "began"


def entries(publisher, feed, now=BEGAN):
    publishers.put_on(publisher, BEGAN, lambda: now)
    fetched = Fetcher("i-Map/test", AllowedHosts(frozenset({(HOME, publisher.port)}))).fetch(publisher.at(feed.path))
    return document_in(fetched.body, fetched.content_type).entries


@pytest.mark.parametrize(
    "feed", [feed for feed in publishers.feeds() if feed.kind != "none"], ids=lambda feed: feed.path
)
def test_each_feed_is_read_whatever_its_kind_and_letters(publisher, feed):
    expected = publishers.articles(feed.language, BEGAN, BEGAN)
    found = entries(publisher, feed)
    assert {(entry.title.text, entry.published_at) for entry in found} <= {
        (one.title, one.published_at.isoformat()) for one in expected
    }
    assert len(found) >= len(expected) // 2 > 3


def test_new_articles_come_out_as_time_goes_by(publisher):
    feed = publishers.feeds()[0]
    first, later = entries(publisher, feed), entries(publisher, feed, BEGAN + timedelta(hours=1))
    assert {entry.guid for entry in first} < {entry.guid for entry in later}


def test_what_did_not_change_is_not_sent_again(publisher):
    publishers.put_on(publisher, BEGAN, lambda: BEGAN)
    fetcher = Fetcher("i-Map/test", AllowedHosts(frozenset({(HOME, publisher.port)})))
    marks = fetcher.fetch(publisher.at("/sahel/en.rss")).marks
    assert fetcher.fetch(publisher.at("/sahel/en.rss"), Marks(marks.etag)).is_new is False


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_the_page_of_an_article_says_that_it_is_made_up(publisher, language):
    publishers.put_on(publisher, BEGAN, lambda: BEGAN)
    body = publisher.pages[f"/articles/1/{language}"].body.decode()
    assert publishers.MADE_UP[language] in body
    assert f'lang="{language}"' in body


def test_the_demonstration_opens_with_news_and_an_inbox(db, publisher, settings, began):
    port = publisher.port + 1 if publisher.port < 60_000 else publisher.port - 1
    settings.NEWS_ALSO_FROM = [(HOME, port)]
    with viewing(DESK):
        loaded = feeds.load_demo_feeds(f"http://{HOME}:{port}")
    number = feeds.fetch_first(loaded, port, began)
    with viewing(ANYONE):
        languages = set(Article.objects.published().values_list("title_language", flat=True))
    assert {"ar", "en", "fr"} <= languages
    with viewing(DESK):
        assert Article.objects.filter(feed__in=loaded, status=Status.INBOX).exists()
        [failing] = Fetching.objects.filter(feed__in=loaded, failures__gt=0)
        assert failing.reason == "busy"
        stories = Article.objects.filter(feed__in=loaded).values_list("story", flat=True)
        assert len(set(stories)) < len(stories), "some tell the same story in several languages"
    assert feeds.fetch_first(loaded, port, began) == number, "the second start fetches nothing"


def test_at_another_port_the_feeds_move_along_and_what_an_editor_changed_stays(db):
    with viewing(DESK):
        first = feeds.load_demo_feeds("http://127.0.0.1:9000")
        Feed.objects.filter(pk=first[0].pk).update(audience=["secretariat:mtm"])
        Fetching.objects.update(next_at=BEGAN)
        assert feeds.load_demo_feeds("http://127.0.0.1:9001") == first
        assert set(Fetching.objects.filter(feed__in=first).values_list("host", "next_at")) == {(HOME, None)}
        assert Feed.objects.get(pk=first[0].pk).audience == ["secretariat:mtm"]


def test_only_the_demonstration_lets_feeds_come_from_loopback(tmp_path):
    port = port_for_news(8000)
    assert environment_of(Demo(tmp_path, news_port=port))["IMAP_NEWS_ALSO_FROM"] == f"127.0.0.1:{port}"
    assert "IMAP_NEWS_ALSO_FROM" not in environment_of(Demo(tmp_path))
