"""Checks whether an external link still answers, one host at a time. The network is used outside any transaction.

Any number of workers may do so at any time. A claim is begun once and ends by itself, so that what the queue loses or
doubles does no harm, and what a killed worker held is looked at again.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from newscentre.feeds.host_claims import Claiming
from newscentre.feeds.importer import fetcher
from newscentre.links.collector import tell_readers
from newscentre.links.models import OutsideAddress
from newscentre.links.policy import LinkStatus, after_a_failure, after_an_answer
from newscentre.stages.fetch import Fetcher, NotFetched

LONGEST_LOOK = timedelta(minutes=15)  # with the wait for a worker; more than a task may take (CELERY_TASK_TIME_LIMIT)
PUT_OFF = timedelta(days=1)  # after a look that ended without a result, which says nothing of the address
MOST_AT_ONCE = 50
PAUSE = timedelta(seconds=30)  # between two looks at one host
LATELY = timedelta(hours=6)
OTHERS_TO_ASK = 2
ADDRESSES = Claiming("newscentre_outsideaddress", returned="id", lock=0x6C696E6B, rests="checked_at > %(rested)s")


@transaction.atomic
def claim_due(now: datetime) -> list[tuple[int, uuid.UUID]]:
    """(address, claim) of those that are due, the longest waiting first, and of each host one at a time."""
    return ADDRESSES.claim_due(now, now + LONGEST_LOOK, MOST_AT_ONCE, PAUSE)


def put_off_what_broke_off(now: datetime) -> None:
    """Postpones links whose worker was killed while checking, so that they are not tried again and again."""
    put_off(OutsideAddress.objects.filter(claim__isnull=False, begun_at__isnull=False, claimed_until__lte=now), now)


def put_off(rows: QuerySet[OutsideAddress], now: datetime) -> None:
    rows.update(next_at=now + PUT_OFF, claim=None, claimed_until=None, begun_at=None)


def look(pk: int, claim: uuid.UUID, viewer: Viewer) -> bool:
    """One look under a claim, as every secretariat. False when the claim is not, or no longer, ours."""
    with viewing(viewer):
        row = _begin(pk, claim, timezone.now())
    if row is None:
        return False
    asking, why = fetcher(), None
    try:
        asking.probe(row.address)
    except NotFetched as failure:
        why = failure
    others_answer = why is None or _another_host_answers(asking, row, viewer)
    with viewing(viewer):
        return _end(pk, claim, why, others_answer)


def _begin(pk: int, claim: uuid.UUID, now: datetime) -> OutsideAddress | None:
    of_claim = OutsideAddress.objects.filter(pk=pk, claim=claim)
    if not of_claim.filter(begun_at__isnull=True, claimed_until__gt=now).update(begun_at=now):
        return None
    return of_claim.first()


def _another_host_answers(asking: Fetcher, row: OutsideAddress, viewer: Viewer) -> bool:
    """Whether our own way out works: another host answered lately, or does now."""
    now = timezone.now()
    with viewing(viewer):
        others = (
            OutsideAddress.objects.exclude(host=row.host).filter(answered_at__isnull=False).order_by("-answered_at")
        )
        asked = list(others[:OTHERS_TO_ASK])
    if any(other.answered_at and other.answered_at > now - LATELY for other in asked):
        return True
    for other in asked:
        try:
            asking.probe(other.address)
        except NotFetched:
            continue
        return True
    return False


def _end(pk: int, claim: uuid.UUID, why: NotFetched | None, others_answer: bool) -> bool:
    now = timezone.now()
    held = OutsideAddress.objects.select_for_update().filter(pk=pk, claim=claim, claimed_until__gt=now)
    row = held.first()
    if row is None:
        return False
    before = LinkStatus(row.failures, row.failing_since, row.reason, row.gone_on)
    if why is None:
        after, row.answered_at = after_an_answer(), now
    else:
        after = after_a_failure(before, why.reason, now, others_answer=others_answer)
    row.failures, row.failing_since, row.reason, row.gone_on = (
        after.failures,
        after.failing_since,
        after.reason,
        after.gone_on,
    )
    wait = max(after.wait, (why and why.retry_after) or timedelta(0))
    row.checked_at, row.next_at, row.claim, row.claimed_until, row.begun_at = now, now + wait, None, None, None
    row.save()
    if after.gone_on != before.gone_on:
        tell_readers(row)
    return True
