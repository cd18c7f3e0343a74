import uuid
from functools import partial

from celery import shared_task
from celery.signals import worker_ready
from django.db import transaction
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Dialogue
from newscentre import heartbeats, importing  # noqa: F401  # the worker and the scheduler are heard of by the former
from newscentre.claims import claim_due, is_another_of_its_host_due
from newscentre.links import gathering, looking

BETWEEN_TWO_OF_A_HOST = 2  # seconds


def every_secretariat() -> Viewer:
    return Viewer.secretariat_of(*Dialogue.objects.values_list("pk", flat=True))


@shared_task
def send_what_is_due() -> None:
    """Each feed as a task of its own. What the queue loses is due again when its claim is over."""
    with viewing(every_secretariat()):
        for feed_id, claim in claim_due(timezone.now()):
            transaction.on_commit(partial(fetch_feed.delay, feed_id, str(claim)))


@shared_task
def fetch_feed(feed_id: int, claim: str) -> None:
    """Runs once for each claim; a second time it does nothing. The next feed of the host need not wait for the clock."""
    viewer = every_secretariat()
    if importing.fetch_claimed(feed_id, uuid.UUID(claim), viewer):
        with viewing(viewer):
            if is_another_of_its_host_due(feed_id, timezone.now()):
                transaction.on_commit(partial(send_what_is_due.apply_async, countdown=BETWEEN_TWO_OF_A_HOST))


def send_soon() -> None:
    """Once this transaction is through, what is due is sent without waiting for the clock.

    Without a queue nothing is lost: the clock sends it later.
    """
    transaction.on_commit(partial(send_what_is_due.apply_async, retry=False), robust=True)


@worker_ready.connect
def look_at_once(**kwargs: object) -> None:
    """A worker that comes up, maybe beside an emptied queue, does not wait for the clock either."""
    send_what_is_due.apply_async()


@shared_task
def gather_outside_addresses() -> None:
    """Those that stand on the portal now, so that each is looked at."""
    with viewing(every_secretariat()):
        gathering.gather(timezone.now())


@shared_task
def send_addresses_that_are_due() -> None:
    """Each address as a task of its own, one of each host at a time."""
    with viewing(every_secretariat()):
        for pk, claim in looking.claim_due(timezone.now()):
            transaction.on_commit(partial(look_at_address.delay, pk, str(claim)))


@shared_task
def look_at_address(pk: int, claim: str) -> None:
    """Runs once for each claim; a second time it does nothing."""
    looking.look(pk, uuid.UUID(claim), every_secretariat())
