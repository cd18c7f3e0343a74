"""Who fetches what: claims in the database, so that no feed is fetched twice at once and none is forgotten.

Any number of workers may call these at any time, each as the secretariats whose feeds are meant. What the queue loses or
doubles does no harm: a claim is begun once, and one that nobody ended is free again when its time is over.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from newscentre.models import Feed, Fetching

LONGEST_FETCH = timedelta(minutes=15)  # more than a task may take (CELERY_TASK_TIME_LIMIT)
MOST_AT_ONCE = 100
ONE_AT_A_TIME = 0x6E657773  # of the lock by which claims are made one after another, and so one for each host

CLAIM = """
    WITH busy AS (
        SELECT host FROM newscentre_fetching WHERE claimed_until > %(now)s
    ), due AS (
        SELECT DISTINCT ON (host) id, next_at FROM newscentre_fetching
        WHERE NOT is_paused AND (next_at IS NULL OR next_at <= %(now)s)
          AND (claimed_until IS NULL OR claimed_until <= %(now)s)
          AND host NOT IN (SELECT host FROM busy)
        ORDER BY host, next_at NULLS FIRST
    ), taken AS (
        SELECT f.id FROM newscentre_fetching f JOIN due ON due.id = f.id
        ORDER BY due.next_at NULLS FIRST LIMIT %(most)s FOR UPDATE OF f SKIP LOCKED
    )
    UPDATE newscentre_fetching f
    SET claim = gen_random_uuid(), claimed_until = %(until)s, begun_at = NULL
    FROM taken WHERE f.id = taken.id RETURNING f.feed_id, f.claim
"""


@transaction.atomic
def claim_due(now: datetime, most: int = MOST_AT_ONCE) -> list[tuple[int, uuid.UUID]]:
    """(feed, claim) of feeds that are due, those waiting longest first, and of each host one at a time."""
    values: dict[str, Any] = {"now": now, "until": now + LONGEST_FETCH, "most": most}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return []  # somebody else is at it
        cursor.execute(CLAIM, values)
        return cursor.fetchall()


def begin(feed_id: int, claim: uuid.UUID, now: datetime) -> Fetching | None:
    """What is to be fetched; None when this claim was begun before, was given to another, or is over."""
    of_claim = Fetching.objects.filter(feed=feed_id, claim=claim)
    if not of_claim.filter(begun_at__isnull=True, claimed_until__gt=now).update(begun_at=now):
        return None
    return of_claim.select_related("feed").first()


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
