import logging

from celery import shared_task
from django.utils import timezone

from newscentre.reviews import mail as reviews
from newscentre.subscriptions import digests, mailings

logger = logging.getLogger(__name__)
COMPOSERS: dict[str, mailings.Composer] = {"day": digests.compose, "week": digests.compose, "review": reviews.compose}


@shared_task(nobody_waits="The scheduler sends it again.")
def send_digests() -> None:
    """Plans what is due, and sends whatever is planned and not done with. May run at any time, and twice."""
    now = timezone.now()
    digests.plan(now)
    reviews.plan(now)
    mailings.forget_old(now)
    for pk in mailings.undone(now):
        send_mailing.delay(pk)


@shared_task(nobody_waits="Its row stays undone: the next round sends it, for three days.")
def send_mailing(pk: int) -> None:
    """One mail. One that the mail server refuses is tried again by the next round."""
    try:
        mailings.send(pk, COMPOSERS, timezone.now())
    except OSError:  # smtplib's errors are among them
        logger.exception("a mail of news was not taken", extra={"mailing": pk})
