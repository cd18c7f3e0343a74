"""Claims feeds in the database, so that no feed is fetched twice at once and none is forgotten.

Any number of workers may call these at any time, each as the secretariats whose feeds are meant. What the queue loses or
doubles does no harm: a claim is begun once, and one that nobody ended is free again when its time is over.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from newscentre.feeds.host_claims import Claiming
from newscentre.models import Feed, Fetching

LONGEST_WAIT = timedelta(minutes=15)  # for a worker that begins
SOFT_LIMIT, HARD_LIMIT = 240, 270  # seconds of the task that fetches one feed
LONGEST_FETCH = timedelta(minutes=5)  # once begun: more than its task may take
MOST_AT_ONCE = 100
FETCHINGS = Claiming("newscentre_fetching", returned="feed_id", lock=0x6E657773, is_ready="NOT is_paused")


@transaction.atomic
def claim_due(now: datetime, most: int = MOST_AT_ONCE) -> list[tuple[int, uuid.UUID]]:
    """(feed, claim) of feeds that are due, those waiting longest first, and of each host one at a time."""
    return FETCHINGS.claim_due(now, now + LONGEST_WAIT, most)


def begin(feed_id: int, claim: uuid.UUID, now: datetime) -> Fetching | None:
    """What is to be fetched; None when this claim was begun before, was given to another, or is over."""
    claimed = Fetching.objects.filter(feed=feed_id, claim=claim)
    if not claimed.filter(begun_at__isnull=True, claimed_until__gt=now).update(
        begun_at=now, claimed_until=now + LONGEST_FETCH
    ):
        return None
    return claimed.select_related("feed").first()


def put_back(feed_id: int, claim: uuid.UUID, now: datetime) -> None:
    """Hands a slow feed, still claimed, to a worker of the slow queue."""
    held = Fetching.objects.filter(feed=feed_id, claim=claim, claimed_until__gt=now)
    held.update(begun_at=None, claimed_until=now + LONGEST_WAIT, is_slow=True)


def of_claim(feed_id: int, claim: uuid.UUID, now: datetime) -> Fetching | None:
    """The fetching as it stands, for nobody held; None when the claim is over."""
    held = Fetching.objects.filter(feed=feed_id, claim=claim, claimed_until__gt=now)
    return held.select_related("feed").first()


def without_result(now: datetime) -> QuerySet[Fetching]:
    """Feeds that a worker began and did not finish in time, locked for this transaction."""
    over = Fetching.objects.filter(claim__isnull=False, begun_at__isnull=False, claimed_until__lte=now)
    return over.select_for_update(of=("self",), skip_locked=True)


def asked_for(feeds: Iterable[int]) -> set[int]:
    """Those of the feeds that somebody waits for: new ones, and those made due by hand."""
    return set(Fetching.objects.filter(feed__in=list(feeds), next_at__isnull=True).values_list("feed_id", flat=True))


def slow(feeds: Iterable[int]) -> set[int]:
    """Those of the feeds that were slow the last time."""
    return set(Fetching.objects.filter(feed__in=list(feeds), is_slow=True).values_list("feed_id", flat=True))


def still_held(feed_id: int, claim: uuid.UUID, now: datetime) -> Fetching | None:
    """The fetching, kept for this transaction; None when another worker may have taken it meanwhile."""
    held = Fetching.objects.select_for_update(of=("self",)).filter(feed=feed_id, claim=claim, claimed_until__gt=now)
    return held.select_related("feed").first()


def make_due(feeds: QuerySet[Feed]) -> int:
    """How many of them are due from now on: those that nobody paused."""
    return Fetching.objects.filter(feed__in=feeds, is_paused=False).update(next_at=None)


def is_another_of_its_host_due(feed_id: int, now: datetime) -> bool:
    of_its_host = Fetching.objects.filter(host__in=Fetching.objects.filter(feed=feed_id).values("host"))
    is_due = Q(next_at__isnull=True) | Q(next_at__lte=now)
    is_free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    return of_its_host.exclude(feed=feed_id).filter(is_due, is_free, is_paused=False).exists()
