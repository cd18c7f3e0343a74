import uuid
from functools import partial

from billiard.exceptions import WorkerLostError
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from celery.signals import worker_ready
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from access.viewing import every_secretariat, viewing
from newscentre.feeds import importer
from newscentre.feeds.claims import HARD_LIMIT, SOFT_LIMIT, asked_for, claim_due, is_another_of_its_host_due, slow
from newscentre.links import checker, collector
from newscentre.links.models import OutsideAddress
from newscentre.stages.fetch import Reason

BETWEEN_TWO_OF_A_HOST = 2  # seconds


@shared_task(nobody_waits="The scheduler sends it again.")
def dispatch_due_feeds() -> None:
    """Each feed as a task of its own. What the queue loses is due again when its claim is over."""
    with viewing(every_secretariat()):
        importer.end_broken_fetches(timezone.now())
    with viewing(every_secretariat()):
        claimed = claim_due(timezone.now())
        feeds = [feed_id for feed_id, _ in claimed]
        waited_for, held_up_others = asked_for(feeds), slow(feeds)
        for feed_id, claim in claimed:
            queue = "slow" if feed_id in held_up_others else "now" if feed_id in waited_for else "background"
            transaction.on_commit(partial(fetch_feed.apply_async, (feed_id, str(claim)), queue=queue))


def fetch_ended_badly(error: Exception, feed_id: int, claim: str) -> None:
    """Without the database, which may be what is wrong, the claim ends by itself and is found by the next round."""
    importer.end_badly(feed_id, uuid.UUID(claim), reason_of(error), every_secretariat())


def reason_of(error: Exception) -> Reason:
    if isinstance(error, SoftTimeLimitExceeded | TimeLimitExceeded):
        return Reason.TOOK_TOO_LONG
    is_ours = isinstance(error, WorkerLostError | OperationalError | InterfaceError)
    return Reason.BROKE_OFF if is_ours else Reason.WENT_WRONG


@shared_task(ended_badly=staticmethod(fetch_ended_badly), soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def fetch_feed(feed_id: int, claim: str) -> None:
    """Runs once for each claim, and once more with patience where others waited for it; a further time it does nothing.

    The next feed of the host need not wait for the clock.
    """
    viewer = every_secretariat()
    try:
        is_fetched = importer.fetch_claimed(feed_id, uuid.UUID(claim), viewer)
    except importer.IsSlow:
        fetch_feed.apply_async((feed_id, claim), queue="slow")
        return
    if is_fetched:
        with viewing(viewer):
            if is_another_of_its_host_due(feed_id, timezone.now()):
                transaction.on_commit(partial(dispatch_due_feeds.apply_async, countdown=BETWEEN_TWO_OF_A_HOST))


def send_soon() -> None:
    """Once this transaction is through, what is due is sent without waiting for the clock.

    Without a queue nothing is lost: the clock sends it later.
    """
    transaction.on_commit(partial(dispatch_due_feeds.apply_async, retry=False), robust=True)


@worker_ready.connect
def check_links_now(**kwargs: object) -> None:
    """A worker that comes up, maybe beside an emptied queue, does not wait for the clock either."""
    dispatch_due_feeds.apply_async()


@shared_task(nobody_waits="The scheduler sends it again.")
def collect_links() -> None:
    """Collects the links that stand on the portal now, so that each is checked."""
    with viewing(every_secretariat()):
        collector.gather(timezone.now())


@shared_task(nobody_waits="The scheduler sends it again.")
def dispatch_due_links() -> None:
    """Each address as a task of its own, one of each host at a time."""
    with viewing(every_secretariat()):
        checker.put_off_what_broke_off(timezone.now())
    with viewing(every_secretariat()):
        for pk, claim in checker.claim_due(timezone.now()):
            transaction.on_commit(partial(check_link.delay, pk, str(claim)))


def look_ended_badly(error: Exception, pk: int, claim: str) -> None:
    with viewing(every_secretariat()):
        checker.put_off(OutsideAddress.objects.filter(pk=pk, claim=claim), timezone.now())


@shared_task(ended_badly=staticmethod(look_ended_badly))
def check_link(pk: int, claim: str) -> None:
    """Runs once for each claim; a second time it does nothing."""
    checker.look(pk, uuid.UUID(claim), every_secretariat())
