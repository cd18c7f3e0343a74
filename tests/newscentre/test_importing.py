"""A feed from its publisher into the database: due, claimed, fetched, stored, and due again."""

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from billiard.exceptions import WorkerLostError
from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.models import Subject
from demo.cast import ALL_FOUR
from demo.simulator import HOME, Answer, moved, page
from newscentre import tasks
from newscentre.articles import inbox
from newscentre.feeds import importer
from newscentre.feeds.claims import asked_for, begin, claim_due
from newscentre.feeds.health import state_of
from newscentre.feeds.importer import fetch_claimed
from newscentre.models import Article, FailureReason, Feed, Fetching, Rule, Status
from newscentre.stages.fetch import Reason
from tests.newscentre.feeds_of_tests import entry, feed, rss

DESK = Viewer.secretariat_of(*ALL_FOUR)


@pytest.fixture
def desk(db):
    with viewing(DESK):
        yield


@pytest.fixture
def from_loopback(publisher, settings):
    settings.NEWS_ALSO_FROM = [(HOME, publisher.port)]
    return publisher


def fetch(one: Feed) -> Fetching:
    """One fetch of the feed, as due as it may be; returns how it stands afterwards."""
    Fetching.objects.filter(feed=one).update(next_at=None)
    [(feed_id, claim)] = [claimed for claimed in claim_due(timezone.now()) if claimed[0] == one.pk]
    assert fetch_claimed(feed_id, claim, DESK)
    return Fetching.objects.get(feed=one)


def titles(**which) -> list[str]:
    return sorted(Article.objects.filter(**which).values_list("title", flat=True))


# A fetch --------------------------------------------------------------------------------------------------------------


def test_articles_come_in_with_their_subjects_and_categories(desk, from_loopback):
    words = "&lt;b&gt;Niger&lt;/b&gt; and Libya agree on voluntary return &lt;script&gt;alert(1)&lt;/script&gt;"
    from_loopback.pages["/feed"] = page(rss(entry(1, title="Talks in Sabha", words=words)))
    one = feed(from_loopback.at("/feed"), categories=["i-map"])
    state = fetch(one)
    [row] = Article.objects.filter(feed=one)
    assert (row.title, row.excerpt) == ("Talks in Sabha", "Niger and Libya agree on voluntary return")
    slugs = Subject.objects.filter(pk__in=row.subjects).values_list("slug", flat=True)
    assert set(slugs) == {"sebha", "niger", "libya"}
    assert row.categories[0] == "i-map"
    assert "return-reintegration" in row.categories
    assert state.succeeded_at == state.fetched_at
    assert state.next_at > timezone.now() + timedelta(minutes=50)


def test_what_stands_in_the_feed_again_is_not_written_again(desk, from_loopback):
    from_loopback.pages["/feed"] = page(rss(entry(1), entry(2)))
    one = feed(from_loopback.at("/feed"))
    fetch(one)
    versions = "SELECT xmin::text FROM newscentre_article WHERE feed_id = %s ORDER BY id"
    with connections["default"].cursor() as cursor:
        cursor.execute(versions, [one.pk])
        before = cursor.fetchall()
        fetch(one)
        cursor.execute(versions, [one.pk])
        assert cursor.fetchall() == before
    assert titles(feed=one) == ["Headline 1", "Headline 2"]


def test_the_publishers_correction_is_taken_and_the_editors_word_stays(desk, from_loopback):
    one = feed(from_loopback.at("/feed"))
    from_loopback.pages["/feed"] = page(rss(entry(1), entry(2)))
    fetch(one)
    edited = Article.objects.get(title="Headline 2")
    edited.title, edited.edited = "As the editor says", ["title"]
    edited.save()
    from_loopback.pages["/feed"] = page(rss(entry(1, title="Corrected 1"), entry(2, title="Corrected 2", words="New")))
    fetch(one)
    assert titles(feed=one) == ["As the editor says", "Corrected 1"]
    assert Article.objects.get(title="As the editor says").excerpt == "New"


@pytest.mark.parametrize("field", ["title", "excerpt"])
def test_a_language_that_an_editor_corrected_alone_stays_when_the_publisher_changes_the_text(
    desk, from_loopback, field
):
    one = feed(from_loopback.at("/feed"), language="en")
    from_loopback.pages["/feed"] = page(rss(entry(1, title="Talks go on", words="Nothing new in Rome")))
    fetch(one)
    Article.objects.filter(feed=one).update(**{f"{field}_language": "it"}, edited=[f"{field}_language"])
    from_loopback.pages["/feed"] = page(rss(entry(1, title="Talks go on today", words="Nothing new in Rome today")))
    fetch(one)
    [row] = Article.objects.filter(feed=one)
    assert (row.title, row.excerpt) == ("Talks go on today", "Nothing new in Rome today")
    other = {"title": "excerpt", "excerpt": "title"}[field]
    assert (getattr(row, f"{field}_language"), getattr(row, f"{other}_language")) == ("it", "en")


def test_a_date_to_come_is_the_moment_of_first_sight_and_stays_it(desk, from_loopback):
    one = feed(from_loopback.at("/feed"))
    for title in ("Early", "Early, corrected"):
        from_loopback.pages["/feed"] = page(rss(entry(1, title=title, date="Tue, 24 Nov 2099 12:00:00 GMT")))
        fetch(one)
        [row] = Article.objects.filter(feed=one)
        assert row.published_at == row.seen_at <= timezone.now()
        assert (row.title, row.dated) == (title, "Tue, 24 Nov 2099 12:00:00 GMT")


def test_a_story_of_two_publishers_is_one_story(desk, from_loopback):
    lines = ["Libyan coast guard rescues 47 migrants off Zuwarah", "إنقاذ 47 مهاجراً قبالة زوارة: خفر السواحل الليبي"]
    for number, title in enumerate(lines):
        from_loopback.pages[f"/{number}"] = page(rss(entry(number, title=title)))
        fetch(feed(from_loopback.at(f"/{number}")))
    assert len(set(Article.objects.filter(title__in=lines).values_list("story", flat=True))) == 1


def test_only_what_changed_is_asked_for(desk, from_loopback):
    def answer(asked):
        return Answer(304) if asked.get("If-None-Match") == '"1"' else page(rss(entry(1)), ETag='"1"')

    from_loopback.pages["/feed"] = answer
    one = feed(from_loopback.at("/feed"))
    fetch(one)
    fetch(one)
    assert fetch(one).etag == '"1"'
    assert [asked.get("If-None-Match") for _, asked in from_loopback.asked] == [None, '"1"', '"1"']


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address(desk, from_loopback):
    from_loopback.pages |= {"/old": moved("/new"), "/new": page(rss(entry(1)))}
    one = feed(from_loopback.at("/old"))
    assert fetch(one).address == from_loopback.at("/new")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(Answer(500), Reason.OUT_OF_ORDER), (Answer(410), Reason.GONE), (page(b"<html></html>"), Reason.NOT_A_FEED)],
)
def test_a_feed_that_gives_nothing_says_why_and_is_never_given_up(desk, from_loopback, answer, reason):
    from_loopback.pages["/feed"] = answer
    one = feed(from_loopback.at("/feed"))
    for failures in (1, 2):
        state = fetch(one)
        assert (state.reason, state.failures) == (reason, failures)
        assert state.succeeded_at is None
        assert timezone.now() < state.next_at < timezone.now() + timedelta(days=8)
    from_loopback.pages["/feed"] = page(rss(entry(1)))
    assert (fetch(one).reason, fetch(one).failures) == ("", 0)


def test_nothing_new_before_anything_came_is_a_failure_with_its_reason(desk, from_loopback):
    from_loopback.pages["/feed"] = Answer(304)
    state = fetch(feed(from_loopback.at("/feed")))
    assert (state.reason, state.failures, state.succeeded_at) == (Reason.STRANGE_ANSWER, 1, None)


def test_a_publisher_that_asks_for_a_pause_gets_it(desk, from_loopback):
    from_loopback.pages["/feed"] = Answer(429, headers={"Retry-After": str(3 * 24 * 3600)})
    assert fetch(feed(from_loopback.at("/feed"))).next_at > timezone.now() + timedelta(days=2.9)


def test_an_address_inside_is_refused_where_nobody_allowed_it(desk, publisher):
    publisher.pages["/feed"] = page(rss(entry(1)))
    assert fetch(feed(publisher.at("/feed"))).reason == Reason.REFUSED_ADDRESS
    assert publisher.asked == []


def test_a_feed_that_moves_inside_stays_where_it_was(desk, from_loopback):
    from_loopback.pages["/feed"] = moved("http://169.254.169.254/latest/meta-data/")
    state = fetch(feed(from_loopback.at("/feed")))
    assert (state.reason, state.address) == (Reason.REFUSED_ADDRESS, from_loopback.at("/feed"))


def test_nothing_that_a_feed_names_is_asked_for(desk, from_loopback):
    """Neither pictures nor sounds, icons, style sheets, calendars, other feeds, nor the articles themselves."""
    at = from_loopback.at
    names = (
        f'<enclosure url="{at("/sound")}" type="audio/mpeg" length="1"/><media:content url="{at("/picture")}"/>'
        f'<media:thumbnail url="{at("/thumbnail")}"/><itunes:image href="{at("/cover")}"/><comments>{at("/talk")}</comments>'
        f'<source url="{at("/source")}">x</source><content:encoded>&lt;img src="{at("/image")}"&gt;</content:encoded>'
    )
    body = (
        f'<?xml-stylesheet href="{at("/style")}"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        f'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title><image><url>{at("/logo")}</url></image>'
        f'<atom:link rel="hub" href="{at("/hub")}"/><atom:link rel="next" href="{at("/next")}"/>'
        f"<item><title>Headline 1</title><link>{at('/article')}</link>{names}</item></channel></rss>"
    )
    from_loopback.pages["/feed"] = page(body.encode())
    one = feed(from_loopback.at("/feed"))
    fetch(one)
    assert titles(feed=one) == ["Headline 1"]
    assert [path for path, _ in from_loopback.asked] == ["/feed"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://a:b@sahel.example/", "sahel.example/feed"])
def test_the_desk_cannot_enter_what_is_no_web_address(desk, address):
    with pytest.raises(ValidationError):
        Fetching(feed=feed(), address=address).full_clean()


def test_every_reason_has_its_sentence():
    assert set(FailureReason.values) == {reason.value for reason in Reason}


# Who reads it ---------------------------------------------------------------------------------------------------------


def test_what_waits_for_an_editor_is_seen_by_the_secretariat_alone(desk, from_loopback):
    from_loopback.pages["/feed"] = page(rss(entry(1)))
    one = feed(from_loopback.at("/feed"), rule=Rule.WAIT)
    fetch(one)
    [row] = Article.objects.filter(feed=one)
    assert (row.status, row.audience) == (Status.INBOX, ["secretariat:mtm"])
    with viewing(ANYONE):
        assert not Article.objects.filter(pk=row.pk).exists()
    inbox.publish(Article.objects.filter(pk=row.pk))
    with viewing(ANYONE):
        assert Article.objects.visible_to(ANYONE).published().filter(pk=row.pk).exists()


def test_narrowing_a_feed_narrows_its_articles_at_once(desk, from_loopback):
    from_loopback.pages["/feed"] = page(rss(entry(1)))
    one = feed(from_loopback.at("/feed"))
    fetch(one)
    one.audience = []
    one.save()
    with viewing(ANYONE):
        assert not Article.objects.filter(feed=one).exists()


# Claims ---------------------------------------------------------------------------------------------------------------


def claimed(now=None) -> dict[int, uuid.UUID]:
    return dict(claim_due(now or timezone.now()))


def test_a_feed_is_claimed_once_and_begun_once(desk):
    one, now = feed("https://sahel.example/feed"), timezone.now()
    claim = claimed()[one.pk]
    assert one.pk not in claimed()
    assert begin(one.pk, claim, now)
    assert begin(one.pk, claim, now) is None
    assert begin(one.pk, uuid.uuid4(), now) is None


def test_of_a_killed_worker_nothing_is_lost(desk):
    one, now = feed("https://sahel.example/feed"), timezone.now()
    claim = claimed()[one.pk]
    begin(one.pk, claim, now)
    later = now + timedelta(minutes=16)
    again = claimed(later)[one.pk]
    assert begin(one.pk, claim, later) is None
    assert begin(one.pk, again, later)


def test_a_worker_that_was_thought_dead_stores_nothing(desk, from_loopback, monkeypatch):
    """Its claim went to another one while it was fetching."""
    from_loopback.pages["/feed"] = page(rss(entry(1)))
    one = feed(from_loopback.at("/feed"))
    claim = claimed()[one.pk]
    read = importer._read

    def slowly(fetching):
        Fetching.objects.filter(feed=one).update(claim=uuid.uuid4())
        return read(fetching)

    monkeypatch.setattr(importer, "_read", slowly)
    assert fetch_claimed(one.pk, claim, DESK) is False
    assert not Article.objects.filter(feed=one).exists()


def test_one_host_is_asked_for_one_feed_at_a_time(desk):
    ours = [feed(f"https://sahel.example/{number}").pk for number in range(3)]
    other = feed("https://desk.example/feed").pk
    first = claimed()
    assert other in first
    assert len(set(ours) & set(first)) == 1
    assert not set(ours) & set(claimed())


def test_paused_feeds_and_those_not_due_are_left_alone(desk):
    paused, later = feed("https://a.example/1"), feed("https://b.example/1")
    Fetching.objects.filter(feed=paused).update(is_paused=True)
    Fetching.objects.filter(feed=later).update(next_at=timezone.now() + timedelta(minutes=1))
    assert not {paused.pk, later.pk} & set(claimed())
    assert later.pk in claimed(timezone.now() + timedelta(minutes=2))


def test_the_clock_sends_each_feed_as_a_task_of_its_own(
    db, from_loopback, django_capture_on_commit_callbacks, monkeypatch
):
    """Sent once more, as a queue may do, a task does nothing."""
    sent = []
    from_loopback.pages |= {"/1": page(rss(entry(1))), "/2": page(rss(entry(2)))}
    with viewing(DESK):
        feeds = [feed(from_loopback.at(path)) for path in ("/1", "/2")]
    run = tasks.fetch_feed.run
    monkeypatch.setattr(tasks.fetch_feed, "apply_async", lambda told, queue: sent.append(told) or run(*told))
    for _ in feeds:  # both are of one host
        with django_capture_on_commit_callbacks(execute=True):
            tasks.dispatch_due_feeds()
    for told in sent:
        run(*told)
    assert sorted(feed_id for feed_id, _ in sent) == sorted(one.pk for one in feeds)
    with viewing(DESK):
        assert titles(feed__in=feeds) == ["Headline 1", "Headline 2"]
    assert len(from_loopback.asked) == 2


def test_many_workers_at_once_claim_each_feed_once(committed_world):
    """Each with a connection of its own, all at the same moment."""
    with viewing(DESK):
        feeds = {feed(f"https://host-{number}.example/feed").pk for number in range(20)}
    taken, gate = [], threading.Barrier(6)

    def work():
        try:
            gate.wait()
            for _ in range(4):
                with viewing(DESK):
                    taken.extend(claim_due(timezone.now(), most=3))
        finally:
            connections["default"].close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with viewing(DESK):
        while more := claim_due(timezone.now(), most=3):
            taken += more
    assert sorted(feed_id for feed_id, _ in taken) == sorted(feeds)


# What a feed's rules drop ---------------------------------------------------------------------------------------------


def test_what_a_rule_drops_never_comes_in(desk, from_loopback):
    one = feed(from_loopback.at("/feed"), drop_words=["football", "قرعة"], drop_languages=["fr"],
               drop_categories=["remittances"])  # fmt: skip
    from_loopback.pages["/feed"] = page(
        rss(
            entry(1, title="Football in the camp"),
            entry(2, title="Les ministres de la région se réunissent dans la capitale"),
            entry(3, title="Remittances to Mali grow"),
            entry(4, title="القرعة لاختيار المشاركين"),
            entry(5, title="A meeting of the ministers"),
        )
    )
    fetch(one)
    assert titles(feed=one) == ["A meeting of the ministers"]


def test_a_rule_made_later_leaves_what_is_there_and_keeps_it_up_to_date(desk, from_loopback):
    one = feed(from_loopback.at("/feed"))
    from_loopback.pages["/feed"] = page(rss(entry(1, title="Football in the camp")))
    fetch(one)
    Feed.objects.filter(pk=one.pk).update(drop_words=["foot*"])
    from_loopback.pages["/feed"] = page(
        rss(entry(1, title="Football in the camp, again"), entry(2, title="Footballers"))
    )
    fetch(one)
    assert titles(feed=one) == ["Football in the camp, again"]


def test_subjects_of_a_feed_are_those_of_all_its_articles(desk, from_loopback):
    mali, libya = (Subject.objects.get(kind="country", slug=slug).pk for slug in ("mali", "libya"))
    from_loopback.pages["/feed"] = page(rss(entry(1, title="Talks in Libya")))
    one = feed(from_loopback.at("/feed"), subjects=[mali])
    fetch(one)
    assert Article.objects.get(feed=one).subjects == [mali, libya]


# A fetch that ends without a result -----------------------------------------------------------------------------------


def begun(one: Feed) -> uuid.UUID:
    Fetching.objects.filter(feed=one).update(next_at=None)
    claim = claimed()[one.pk]
    assert begin(one.pk, claim, timezone.now())
    return claim


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SoftTimeLimitExceeded(), Reason.TOOK_TOO_LONG),
        (TimeLimitExceeded(270), Reason.TOOK_TOO_LONG),
        (LookupError("nobody foresaw"), Reason.WENT_WRONG),
    ],
)
def test_a_fetch_that_ends_badly_is_a_failure_with_a_reason_and_a_later_time(
    desk, from_loopback, error, reason, monkeypatch
):
    one = feed(from_loopback.at("/feed"))
    Fetching.objects.filter(feed=one).update(next_at=None)
    claim = claimed()[one.pk]

    def ends(*given: object) -> None:
        raise error

    monkeypatch.setattr(importer, "_read", ends)
    tasks.fetch_feed.delay(one.pk, str(claim))
    state = Fetching.objects.get(feed=one)
    assert (state.reason, state.failures, state.claim) == (reason, 1, None)
    assert state.next_at > timezone.now() + timedelta(minutes=50)
    assert str(FailureReason(state.reason).label)
    assert state_of(state, timezone.now()) == "failing"


def test_a_feed_that_others_would_wait_for_is_handed_to_the_worker_of_slow_ones_and_taken_back_once_it_is_quick(
    desk, from_loopback, monkeypatch, django_capture_on_commit_callbacks
):
    usual = importer.HASTY
    monkeypatch.setattr(importer, "HASTY", replace(usual, seconds=0.5, step_seconds=0.5))
    body = rss(entry(1))
    from_loopback.pages["/feed"] = Answer(body=body, drip_seconds=0.7 / len(body))
    one = feed(from_loopback.at("/feed"))
    Fetching.objects.filter(feed=one).update(next_at=None)
    claim, queues = str(claimed()[one.pk]), []
    monkeypatch.setattr(tasks.fetch_feed, "apply_async", lambda told, queue: queues.append((told, queue)))
    tasks.fetch_feed.run(one.pk, claim)
    assert queues == [((one.pk, claim), "slow")]
    state = Fetching.objects.get(feed=one)
    assert (state.is_slow, state.begun_at, state.failures, str(state.claim)) == (True, None, 0, claim)
    assert state.claimed_until > timezone.now() + timedelta(minutes=10), "it may wait for its turn"

    tasks.fetch_feed.run(one.pk, claim)
    state = Fetching.objects.get(feed=one)
    assert (titles(feed=one), state.claim, state.failures, state.is_slow) == (["Headline 1"], None, 0, True)

    from_loopback.pages["/feed"] = page(body)
    Fetching.objects.filter(feed=one).update(next_at=None)
    monkeypatch.setattr(importer, "HASTY", usual)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.dispatch_due_feeds()
    sent = [(told, queue) for told, queue in queues[1:] if told[0] == one.pk]
    assert [queue for _, queue in sent] == ["slow"], "as it was the last time, whoever asked"
    tasks.fetch_feed.run(*sent[0][0])
    assert not Fetching.objects.get(feed=one).is_slow


def test_a_feed_whose_worker_is_killed_each_time_is_asked_less_and_less_often(desk, from_loopback):
    one = feed(from_loopback.at("/feed"))
    waits = []
    for number in range(1, 4):
        begun(one)
        later = timezone.now() + timedelta(minutes=6)
        importer.end_broken_fetches(later)
        state = Fetching.objects.get(feed=one)
        assert (state.reason, state.failures, state.claim) == (Reason.BROKE_OFF, number, None)
        waits.append(state.next_at - later)
    assert waits[0] == timedelta(0), "a worker may end for reasons of its own"
    assert timedelta(hours=3) < waits[1] < waits[2]


def test_a_killed_fetch_that_is_reported_at_once_needs_no_clock(desk, from_loopback):
    one = feed(from_loopback.at("/feed"))
    claim = begun(one)
    tasks.fetch_feed.on_failure(WorkerLostError("signal 9"), "id", (one.pk, str(claim)), {}, None)
    assert Fetching.objects.get(feed=one).reason == Reason.BROKE_OFF


def test_what_waits_for_a_worker_has_not_failed(desk, from_loopback):
    one = feed(from_loopback.at("/feed"))
    Fetching.objects.filter(feed=one).update(next_at=None)
    assert one.pk in claimed()
    importer.end_broken_fetches(timezone.now() + timedelta(minutes=20))
    assert Fetching.objects.get(feed=one).failures == 0


def test_the_desk_pauses_a_feed_while_it_is_stored(desk, from_loopback, monkeypatch):
    from_loopback.pages["/feed"] = page(rss(entry(1)))
    one = feed(from_loopback.at("/feed"))
    keep = importer.store

    def paused_meanwhile(*given):
        Fetching.objects.filter(feed=one).update(is_paused=True)
        return keep(*given)

    monkeypatch.setattr(importer, "store", paused_meanwhile)
    state = fetch(one)
    assert state.is_paused
    assert titles(feed=one) == ["Headline 1"]


def test_what_somebody_waits_for_goes_before_the_schedule(desk, from_loopback, monkeypatch):
    waited_for, scheduled = feed(from_loopback.at("/one")), feed("http://other.example/two")
    Fetching.objects.all().update(next_at=timezone.now() + timedelta(days=1))
    Fetching.objects.filter(feed=waited_for).update(next_at=None)
    Fetching.objects.filter(feed=scheduled).update(next_at=timezone.now() - timedelta(hours=1))
    assert asked_for([waited_for.pk, scheduled.pk]) == {waited_for.pk}
