"""Two hundred feeds over a week: publishers that break, move, correct and repeat themselves, workers that die.

The clock is simulated, the database real. What a publisher showed while it could be reached is there afterwards, once.
"""

import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.db import connections
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from demo.cast import ALL_FOUR
from newscentre.feeds import importer
from newscentre.feeds.claims import begin, claim_due
from newscentre.feeds.importer import fetch_claimed
from newscentre.models import Article, Fetching
from newscentre.stages.fetch import Fetched, Marks, NotFetched, Reason
from newscentre.stages.reading import document_in
from tests.newscentre.feeds_of_tests import feed, rss

DESK = Viewer.secretariat_of(*ALL_FOUR)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
FEEDS, DAYS, TICK = 200, 7, timedelta(minutes=30)
SHOWN = 8  # articles that stand in a feed at once
WHOLESOME_DAYS = 2  # at the end nothing fails, so that whoever failed before, and waits up to a day, has its turn
TROUBLES = [
    NotFetched(Reason.OUT_OF_ORDER, status=500),
    NotFetched(Reason.BUSY, status=429, retry_after=timedelta(hours=2)),
    NotFetched(Reason.NO_CONNECTION),
    NotFetched(Reason.TOO_SLOW),
    NotFetched(Reason.NO_TRUST),
    NotFetched(Reason.GONE, status=410),
]
HABITS = ["steady", "corrects", "changes its guids", "gives no guid", "has no date", "dates ahead", "repeats"]


@dataclass
class Simulated:
    """A publisher. `every`: between two of its articles; `habit`: what it does that others do not."""

    number: int
    every: timedelta
    habit: str
    asked: int = 0
    answered: dict[str, int] = field(default_factory=dict)

    @property
    def ttl(self) -> int:
        """Minutes: a few are asked every hour, the others once or twice a day."""
        return 60 if self.number % 40 == 0 else 720 if self.number % 3 == 0 else 1440

    @property
    def address(self) -> str:
        return f"https://host-{self.number}.example/feed"

    def number_of_articles(self, now: datetime) -> int:
        return int((now - MONDAY) / self.every) + 1

    def entries(self, now: datetime) -> list[dict[str, str]]:
        """The newest that have come out by now, the newest first."""
        last = self.number_of_articles(now)
        entries = [self._entry(number, now) for number in range(last, max(last - SHOWN, 0), -1)]
        return [*entries, *entries[:3]] if self.habit == "repeats" else entries

    def _entry(self, number: int, now: datetime) -> dict[str, str]:
        moment = MONDAY + self.every * (number - 1)
        title = f"Item {self.number}-{number}"
        date = moment + timedelta(days=900) if self.habit == "dates ahead" else moment
        entry = {
            "title": title,
            "link": f"https://host-{self.number}.example/{number}",
            "guid": f"{self.number}-{number}",
        }
        entry |= {"date": f"{date:%a, %d %b %Y %H:%M:%S} GMT", "words": "Nothing of note."}
        if self.habit == "corrects" and now - moment > timedelta(hours=6):
            entry["words"] = "Corrected."
        if self.habit == "changes its guids" and now - moment > timedelta(hours=6):
            entry["guid"] = f"new-{self.number}-{number}"
        if self.habit == "gives no guid":
            del entry["guid"]
        if self.habit == "has no date":
            del entry["date"]
        return entry


class StubFetcher:
    """Answers for every publisher, as HTTP would."""

    def __init__(self, publishers: dict[str, Simulated], clock: "Clock", chance: random.Random):
        self.publishers, self.clock, self.chance = publishers, clock, chance

    def fetch(self, address: str, marks: Marks) -> Fetched:
        one = self.publishers[address]
        one.asked += 1
        if self.chance.random() < 0.15 and self.clock.now < MONDAY + timedelta(days=DAYS - WHOLESOME_DAYS):
            raise self.chance.choice(TROUBLES[: 5 if one.number % 10 else 6])
        body = rss(*one.entries(self.clock.now), head=f"<ttl>{one.ttl}</ttl>")
        etag = sha256(body).hexdigest()[:12]
        if marks.etag == etag:
            return Fetched(address, is_new=False, marks=marks)
        one.answered[etag] = one.number_of_articles(self.clock.now)
        return Fetched(address, is_new=True, body=body, content_type="application/rss+xml", marks=Marks(etag))


@dataclass
class Clock:
    now: datetime = MONDAY


@pytest.fixture
def week(committed_world, monkeypatch):
    clock, chance = Clock(), random.Random(7)
    publishers = [
        Simulated(number, timedelta(hours=chance.choice([4, 7, 12, 24, 60])), HABITS[number % len(HABITS)])
        for number in range(FEEDS)
    ]
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    stub = StubFetcher({one.address: one for one in publishers}, clock, chance)
    monkeypatch.setattr(importer, "fetcher", lambda *given: stub)
    monkeypatch.setattr(importer, "parse", document_in)  # in this process: a feed of ours bursts nothing
    with connections["default"].cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")  # a week's commits need not wait for the disk
    with viewing(DESK):
        feeds = {feed(one.address).pk: one for one in publishers}
    yield clock, chance, feeds
    connections["default"].close()


def fetched(feed_id: int, claim: uuid.UUID) -> bool:
    try:
        return fetch_claimed(feed_id, claim, DESK)
    except importer.IsSlow:  # the worker of slow feeds is sent it
        return fetch_claimed(feed_id, claim, DESK)


def work(claimed: list[tuple[int, uuid.UUID]], clock: Clock, chance: random.Random) -> Counter[str]:
    """The workers of a moment: most do their task; some die before it, some in its midst, some are sent it twice."""
    fates: Counter[str] = Counter()
    for feed_id, claim in claimed:
        fate = chance.choices(["well", "lost", "killed", "twice"], [90, 4, 3, 3])[0]
        fates[fate] += 1
        if fate == "killed":
            with viewing(DESK):
                begin(feed_id, claim, clock.now)
        if fate in ("well", "twice"):
            assert fetched(feed_id, claim)
        if fate == "twice":
            assert not fetch_claimed(feed_id, claim, DESK)
    return fates


def test_a_week_of_two_hundred_feeds_loses_and_doubles_nothing(week):
    clock, chance, feeds = week
    fates: Counter[str] = Counter()
    while clock.now < MONDAY + timedelta(days=DAYS):
        with viewing(DESK):
            claimed = claim_due(clock.now, most=300)
        fates += work(claimed, clock, chance)
        clock.now += TICK
    assert min(fates[fate] for fate in ("well", "lost", "killed", "twice")) > 20, fates
    with viewing(DESK):
        stored = Article.objects.filter(feed__in=feeds)
        titles = Counter(stored.values_list("title", flat=True))
        fetchings = list(Fetching.objects.filter(feed__in=feeds))
        late = stored.filter(published_at__gt=clock.now).count()
        corrected = set(stored.filter(excerpt="Corrected.").values_list("feed", flat=True))
    assert [title for title, times in titles.items() if times > 1] == [], "doubled"
    expected = {f"Item {one.number}-{number}" for one in feeds.values() for number in shown_in(one)}
    assert expected == set(titles), "lost, or made up"
    assert len(expected) > FEEDS * 10
    assert late == 0, "a date to come is that of first sight"
    assert {feeds[pk].habit for pk in corrected} == {"corrects"}
    assert all(one.next_at < clock.now + timedelta(days=8) for one in fetchings), "given up"
    late_ones = [one for one in fetchings if one.succeeded_at < clock.now - timedelta(days=2)]
    assert {one.reason for one in late_ones} <= {Reason.GONE.value}, "of the others each was read again"
    assert sum(one.asked for one in feeds.values()) < FEEDS * DAYS * 26, "asked more than once an hour"


def shown_in(one: Simulated) -> set[int]:
    """The articles that stood in an answer that the publisher gave."""
    return {number for last in one.answered.values() for number in range(last, max(last - SHOWN, 0), -1)}
