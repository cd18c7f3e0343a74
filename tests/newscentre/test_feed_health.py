"""The desk's page of its feeds: how each fares, who is at work, and having them fetched now."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from demo.cast import ALL_FOUR
from demo.simulator import HOME, page
from newscentre import tasks
from newscentre.feeds import heartbeats
from newscentre.feeds.health import state_of
from newscentre.feeds.health_admin import PER_PAGE
from newscentre.models import Feed, Fetching
from newscentre.stages.fetch import Reason
from tests.conftest import user_of
from tests.newscentre.feeds_of_tests import article, entry, feed, rss
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
HEALTH = "/secretariat/newscentre/feed/health/"
NOW = timezone.now()


@pytest.fixture(autouse=True)
def nobody_heard_of_yet(settings):
    """In a database of Valkey that no other test empties."""
    settings.REDIS_URL = re.sub(r"(db=|/)0$", r"\g<1>3", settings.REDIS_URL)
    with heartbeats._valkey() as valkey:
        valkey.delete(heartbeats._key())
    heartbeats._said_at.clear()


@pytest.fixture
def one():
    with viewing(DESK):
        return feed("https://sahel.example/feed", name="All news")


def shown(client, address: str = HEALTH) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body_of(client.get(address)).decode()).split())


def standing(of: Feed, **values) -> None:
    with viewing(DESK):
        Fetching.objects.filter(feed=of).update(**values)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"is_paused": True, "failures": 3}, "paused"),
        ({"next_at": None}, "due"),
        ({"next_at": NOW - timedelta(minutes=1), "failures": 2}, "due"),
        ({"claimed_until": NOW + timedelta(minutes=5)}, "sent"),
        ({"claimed_until": NOW + timedelta(minutes=5), "begun_at": NOW}, "begun"),
        ({"claimed_until": NOW - timedelta(minutes=5), "begun_at": NOW, "next_at": NOW}, "due"),
        ({"next_at": NOW + timedelta(hours=1), "failures": 2}, "failing"),
        ({"next_at": NOW + timedelta(hours=1)}, "new"),
        ({"next_at": NOW + timedelta(hours=1), "succeeded_at": NOW}, "well"),
    ],
)
def test_a_feed_is_in_one_state(values, state):
    assert state_of(Fetching(**values), NOW) == state


def test_the_desk_reads_how_a_feed_fares(reader, one):
    now = timezone.now()
    with viewing(DESK):
        for days in (1, 2, 8):
            article(one, published_at=now - timedelta(days=days))
    standing(one, next_at=now + timedelta(hours=4), failures=2, reason=Reason.UNKNOWN_HOST.value, fetched_at=now)
    text = shown(reader("editor"))
    assert "Sahel Desk · All news" in text
    assert "gives nothing The name of its host is unknown. 2 failures in a row." in text
    assert "1 feed gives nothing." in text
    [row] = re.findall(r'<tr class="is-failing">.*?</tr>', body_of(reader("editor").get(HEALTH)).decode(), re.S)
    assert re.findall(r'<td class="num" [^>]+>(\d+)</td>', row) == ["2"]


def test_those_that_fail_come_first_and_paused_ones_last(reader, one):
    later = NOW + timedelta(hours=1)
    with viewing(DESK):
        failing, paused = feed("https://a.example/", name="Failing"), feed("https://b.example/", name="Paused")
    standing(one, next_at=later, succeeded_at=NOW)
    standing(failing, next_at=later, failures=4, reason="gone")
    standing(paused, is_paused=True, failures=9, reason="gone")
    states = re.findall(r'<tr class="is-(\w+)">', body_of(reader("editor").get(HEALTH)).decode())
    assert states == ["failing", "well", "paused"]


def test_a_desk_sees_its_own_feeds_alone(reader, one):
    with viewing(DESK):
        feed("https://rabat.example/", name="Of another secretariat", dialogue_id="rabat-process")
    assert "Of another secretariat" not in shown(reader("editor"))
    assert "Of another secretariat" in shown(reader("secretariat"))


def test_more_feeds_ask_no_more_of_the_database(reader, one):
    editor = reader("editor")
    editor.get(HEALTH)
    with CaptureQueriesContext(connection) as with_one:
        editor.get(HEALTH)
    with viewing(DESK):
        for number in range(5):
            article(feed(f"https://host-{number}.example/", owner=user_of("editor")))
    with CaptureQueriesContext(connection) as with_six:
        editor.get(HEALTH)
    assert len(with_six) == len(with_one)


@pytest.mark.parametrize("login", ["stranger", "official.mar", "translator.ar"])
def test_nobody_else_comes_to_the_page(reader, one, login):
    client = reader(login)
    for address in (HEALTH, f"{HEALTH}now/"):
        assert client.get(address).status_code in (302, 403, 404)
    assert client.post(f"{HEALTH}fetch/", {"feed": one.pk}).status_code in (302, 403, 404)


# Who is at work -------------------------------------------------------------------------------------------------------


class Sender:
    def __init__(self, hostname: str):
        self.hostname, self.eventer = hostname, self


def test_a_scheduler_that_died_is_seen(reader, one, monkeypatch):
    editor = reader("editor")
    assert "Nothing has been heard of the scheduler: feeds are fetched only" in shown(editor)
    heartbeats.say(heartbeats.SCHEDULER)
    assert "The scheduler runs." in shown(editor)
    later = timezone.now() + timedelta(minutes=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "Nothing has been heard of the scheduler since" in shown(editor)


def test_workers_are_named_and_a_silent_one_is_seen(reader, one, monkeypatch):
    editor = reader("editor")
    assert "No worker has been heard of" in shown(editor)
    heartbeats.worker_is_there(Sender("celery@one"))
    heartbeats.worker_is_there(Sender("celery@two"))
    assert "celery@one (at work)" in shown(editor)
    heartbeats.worker_has_gone(Sender("celery@two"))
    assert "celery@two" not in shown(editor)
    later = timezone.now() + timedelta(minutes=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "celery@one (silent since" in shown(editor)


def test_a_queue_that_is_out_of_reach_is_said_to_be(reader, one, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    heartbeats.say(heartbeats.SCHEDULER)  # and the process that wanted to say it goes on
    assert "The queue cannot be reached" in shown(reader("editor"))


# Fetch now ------------------------------------------------------------------------------------------------------------


def test_one_feed_is_fetched_now_and_the_page_says_how_far_it_is(
    reader, publisher, settings, django_capture_on_commit_callbacks
):
    settings.NEWS_ALSO_FROM = [(HOME, publisher.port)]
    publisher.pages["/feed"] = page(rss(entry(1)))
    with viewing(DESK):
        one = feed(publisher.at("/feed"))
    standing(one, next_at=timezone.now() + timedelta(days=1))
    editor = reader("editor")
    with django_capture_on_commit_callbacks() as sent:
        answer = editor.post(f"{HEALTH}fetch/", {"feed": one.pk})
    assert answer["Location"] == f"{HEALTH}?of=1&page=1"
    going_on = body_of(editor.get(f"{HEALTH}now/?of=1")).decode()
    assert "Fetched: 0 of 1. 1 feed is due or being fetched." in " ".join(re.sub(r"<[^>]+>", " ", going_on).split())
    assert 'hx-trigger="every 2s"' in going_on
    assert len(sent) == 1
    with django_capture_on_commit_callbacks(execute=True):  # as the worker does
        tasks.dispatch_due_feeds()
    over = body_of(editor.get(f"{HEALTH}now/?of=1")).decode()
    assert "No feed is due." in over
    assert 'hx-trigger="every 20s"' in over
    assert "in order" in over


def test_all_that_are_due_are_sent_without_waiting_for_the_clock(
    reader, one, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(tasks.dispatch_due_feeds, "apply_async", lambda **how: sent.append(how))
    with viewing(DESK):
        not_due = feed("https://later.example/")
    standing(not_due, next_at=timezone.now() + timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        answer = reader("editor").post(f"{HEALTH}fetch/", {"feed": "due"}, follow=True)
    assert "1 feed is fetched now." in body_of(answer).decode()
    assert sent == [{"retry": False}]
    with viewing(DESK):
        assert Fetching.objects.get(feed=not_due).next_at is not None


@pytest.mark.parametrize("asked", ["", "x", "999999999999999999999999", "-1", "²"])
def test_what_names_no_feed_fetches_none(reader, one, asked):
    answer = reader("editor").post(f"{HEALTH}fetch/", {"feed": asked}, follow=True)
    assert "No feed is to be fetched now" in body_of(answer).decode()


def test_a_feed_of_another_secretariat_is_not_fetched(reader):
    with viewing(DESK):
        other = feed("https://rabat.example/", dialogue_id="rabat-process")
    standing(other, next_at=NOW + timedelta(days=1))
    reader("editor").post(f"{HEALTH}fetch/", {"feed": other.pk})
    with viewing(DESK):
        assert Fetching.objects.get(feed=other).next_at is not None


def test_the_next_feed_of_a_host_does_not_wait_for_the_clock(
    db, publisher, settings, django_capture_on_commit_callbacks, monkeypatch
):
    settings.NEWS_ALSO_FROM = [(HOME, publisher.port)]
    publisher.pages |= {f"/{number}": page(rss(entry(number))) for number in range(3)}
    with viewing(DESK):
        feeds = [feed(publisher.at(f"/{number}")).pk for number in range(3)]
    with django_capture_on_commit_callbacks(execute=True):
        tasks.dispatch_due_feeds()
    with viewing(DESK):
        assert Fetching.objects.filter(feed__in=feeds, succeeded_at__isnull=False).count() == 3


@pytest.mark.parametrize(
    ("query", "number"), [("", 1), ("?page=2", 2), ("?page=99", 2), ("?page=x", 1), ("?page=٢", 2)]
)
def test_many_feeds_come_in_pages_and_the_part_that_moves_stays_on_its_page(query, number, reader):
    with viewing(DESK):
        Fetching.objects.all().delete()
        for place in range(PER_PAGE + 3):
            feed(f"https://sahel.example/{place}")
    html = body_of(reader("editor").get(HEALTH + query)).decode()
    assert html.count('<th scope="row">') == {1: PER_PAGE, 2: 3}[number]
    assert f'hx-get="/secretariat/newscentre/feed/health/now/?of=0&amp;page={number}"' in html
    assert f"Page {number} of 2" in html
