"""The editor's work with the news: feeds with how they fare, and the inbox."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import SecretariatMember
from atlas.models import Subject
from demo.cast import ALL_FOUR
from newscentre.models import Article, Feed, Fetching, Publisher, Rule, Status
from tests.conftest import user_of
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
    return client.get(reverse("article", args=[row.address_number])).status_code


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
    Publisher.objects.create(slug="desk", name="Migration desk", made_by_id="mtm")
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


def of_a_feed(one: Feed, **changes) -> dict:
    """What the form of a feed sends."""
    told = {
        "publisher": one.publisher_id, "name": one.name, "rule": one.rule, "preset": "public", "fetching-TOTAL_FORMS": "1",
        "fetching-INITIAL_FORMS": "1", "fetching-0-id": one.fetching.pk, "fetching-0-feed": one.pk,
        "fetching-0-address": one.fetching.address,
    }  # fmt: skip
    return told | changes


def test_an_editor_says_what_a_feed_is_about_who_looks_after_it_and_what_is_dropped(reader, waiting):
    libya = Subject.objects.get(kind="country", slug="libya").pk
    told = of_a_feed(
        waiting.feed, owner=user_of("editor").pk, subjects=[libya], drop_words="Football\r\nloterie, football*",
        drop_languages="ES, it", drop_categories=["remittances"],
    )  # fmt: skip
    answer = reader("editor").post(f"{FEEDS}{waiting.feed_id}/change/", told)
    assert answer.status_code == 302, answer.content.decode()
    with viewing(DESK):
        kept = Feed.objects.get(pk=waiting.feed_id)
    assert (kept.owner, kept.subjects) == (user_of("editor"), [libya])
    assert kept.drop_words == ["Football", "loterie", "football*"]
    assert (kept.drop_languages, kept.drop_categories) == (["es", "it"], ["remittances"])
    shown = body_of(reader("editor").get(f"{FEEDS}{waiting.feed_id}/change/")).decode()
    assert "Football\nloterie\nfootball*" in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"drop_words": "a"}, "A word of one letter would drop too much."),
        ({"drop_words": "*"}, "A word of one letter would drop too much."),
        ({"drop_languages": "Spanish"}, "A language is a code of two or three letters."),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(reader, waiting, changes, sentence):
    answer = reader("editor").post(f"{FEEDS}{waiting.feed_id}/change/", of_a_feed(waiting.feed, **changes))
    assert sentence in body_of(answer).decode()


def test_nobody_of_another_secretariat_looks_after_a_feed(reader, waiting):
    """Those of no dialogue of the editor's cannot be chosen; one of another of them is told apart."""
    told = of_a_feed(waiting.feed, owner=user_of("official.mar").pk)
    assert reader("editor").post(f"{FEEDS}{waiting.feed_id}/change/", told).status_code == 200
    SecretariatMember.objects.create(user=user_of("unhcr"), dialogue_id="rabat-process")
    told = of_a_feed(waiting.feed, owner=user_of("unhcr").pk)
    answer = reader("secretariat").post(f"{FEEDS}{waiting.feed_id}/change/", told)
    assert "This person is not of the Secretariat that keeps the feed." in body_of(answer).decode()


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
