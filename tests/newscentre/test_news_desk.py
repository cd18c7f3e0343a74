"""The editor's work with the news: feeds with how they fare, and the inbox."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from accounts.demo import ALL_FOUR
from atlas.models import Subject
from newscentre.models import Article, Feed, Fetching, Publisher, Rule, Status
from tests.newscentre.feeds_of_tests import article, feed
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
INBOX = "/secretariat/newscentre/article/"
FEEDS = "/secretariat/newscentre/feed/"


@pytest.fixture
def waiting():
    """An article in the inbox of the MTM Dialogue."""
    with viewing(DESK):
        row = article(feed("https://sahel.example/feed"), title="Waiting")
        Article.objects.filter(pk=row.pk).update(status=Status.INBOX, audience=[])
        return row


def act(client, address: str, action: str, *rows) -> str:
    told = {"action": action, "_selected_action": [row.pk for row in rows]}
    return body_of(client.post(address, told, follow=True)).decode()


def page_of(client, row) -> int:
    return client.get(reverse("article", args=[row.pk])).status_code


def test_an_editor_publishes_and_hides_in_bulk(reader, waiting):
    editor, stranger = reader("editor"), reader("stranger")
    assert page_of(stranger, waiting) == 404
    assert "1 article is published." in act(editor, INBOX, "publish", waiting)
    assert page_of(stranger, waiting) == 200
    assert "1 article is hidden." in act(editor, INBOX, "hide", waiting)
    assert page_of(stranger, waiting) == 404


def test_what_an_editor_corrects_is_remembered_as_theirs(reader, waiting):
    libya = Subject.objects.get(kind="country", slug="libya").pk
    told = {
        "status": "inbox", "preset": "", "title": "Corrected", "title_language": "en", "excerpt": "", "excerpt_language": "", "link": waiting.link,
        "published_at_0": "2026-11-24", "published_at_1": "12:00:00", "categories": ["diaspora"], "subjects": [libya],
    }  # fmt: skip
    answer = reader("editor").post(f"{INBOX}{waiting.pk}/change/", told)
    assert answer.status_code == 302, answer.content.decode()
    with viewing(DESK):
        row = Article.objects.get(pk=waiting.pk)
    assert (row.title, row.categories, row.subjects) == ("Corrected", ["diaspora"], [libya])
    assert row.edited == ["categories", "subjects", "title"]


def test_an_editor_adds_a_feed_and_says_who_reads_it(reader):
    Publisher.objects.create(slug="desk", name="Migration desk")
    told = {
        "publisher": "desk", "name": "All", "dialogue": "mtm", "language": "en", "categories": ["diaspora"],
        "rule": Rule.PUBLISH, "preset": "public", "fetching-TOTAL_FORMS": "1", "fetching-INITIAL_FORMS": "0",
        "fetching-0-address": "https://desk.example/feed",
    }  # fmt: skip
    answer = reader("editor").post(f"{FEEDS}add/", told)
    assert answer.status_code == 302, answer.content.decode()
    with viewing(DESK):
        made = Feed.objects.get(publisher="desk")
        assert set(made.audience) == {"public", "secretariat:mtm"}
        assert (made.categories, made.fetching.host) == (["diaspora"], "desk.example")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "http://u:p@desk.example/"])
def test_what_is_no_web_address_is_said_to_be_none(reader, waiting, address):
    told = {
        "publisher": "sahel", "name": "All", "dialogue": "mtm", "rule": Rule.WAIT, "preset": "secretariat",
        "fetching-TOTAL_FORMS": "1", "fetching-INITIAL_FORMS": "0", "fetching-0-address": address,
    }  # fmt: skip
    answer = reader("editor").post(f"{FEEDS}add/", told)
    assert "An address begins with https:// or http:// and names a host." in body_of(answer).decode()


def test_fetch_now_makes_a_feed_due(reader, waiting):
    with viewing(DESK):
        Fetching.objects.filter(feed=waiting.feed).update(next_at=timezone.now() + timedelta(days=3))
    assert "1 feed is fetched now." in act(reader("editor"), FEEDS, "fetch_now", waiting.feed)
    with viewing(DESK):
        assert Fetching.objects.get(feed=waiting.feed).next_at is None


def test_the_desk_reads_why_a_feed_gave_nothing(reader, waiting):
    with viewing(DESK):
        Fetching.objects.filter(feed=waiting.feed).update(reason="unknown-host")
    assert "The name of its host is unknown." in body_of(reader("editor").get(FEEDS)).decode()


def test_another_secretariat_sees_and_changes_nothing_of_it(reader, waiting):
    with viewing(DESK):
        other = article(feed(dialogue_id="rabat-process", audience=[]), title="Of another secretariat")
    editor = reader("editor")
    assert "Of another secretariat" not in body_of(editor.get(INBOX)).decode()
    act(editor, INBOX, "hide", other)
    with viewing(DESK):
        assert Article.objects.get(pk=other.pk).status == Status.PUBLISHED


@pytest.mark.parametrize("login", ["official.mar", "translator.ar"])
def test_nobody_else_comes_to_the_news_desk(reader, waiting, login):
    for address in (INBOX, FEEDS, f"{INBOX}{waiting.pk}/change/"):
        assert reader(login).get(address).status_code in (302, 403, 404)
