"""Mails to many readers: planned as rows, each sent by its own task, with what that reader may read at that moment.

What a killed worker leaves undone the next round takes up. A row is held while its mail is handed over and is done with in
the same transaction: two workers never send it twice. Should a worker die between the mail server's yes and its commit, the
mail goes once more under the same Message-ID, by which mailboxes know a copy.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from access.viewer import ANYONE
from access.viewing import viewing
from accounts import mail
from accounts.models import NewsDigest, User
from accounts.secret_digests import digest_of
from accounts.signing_in import pending_steps
from newscentre.subscriptions.models import Mailing

GIVEN_UP_AFTER = timedelta(days=3)
FORGOTTEN_AFTER = timedelta(days=120)  # until then the address that ends such mails works

# What a mail says to this reader at this moment; None when there is nothing to say. May set the row's `until`.
Composer = Callable[[Mailing, User, datetime], EmailMultiAlternatives | None]


def plan(occasion: str, readers: QuerySet[User], now: datetime) -> None:
    """A row for each reader who has none for this occasion."""
    Mailing.objects.bulk_create(
        (
            Mailing(recipient_id=pk, occasion=occasion, planned_at=now, key=digest_of(secret_of(pk, occasion)))
            for pk in readers.values_list("pk", flat=True)
        ),
        ignore_conflicts=True,
    )


def undone(now: datetime) -> Iterable[int]:
    """What is still to be sent, and was not planned so long ago that it is no news."""
    waiting = Mailing.objects.filter(done_at__isnull=True, planned_at__gt=now - GIVEN_UP_AFTER)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def forget_old(now: datetime) -> None:
    Mailing.objects.filter(planned_at__lt=now - FORGOTTEN_AFTER).delete()


def send(pk: int, composers: dict[str, Composer], now: datetime) -> bool:
    """Whether a mail went out. `composers`: by the word before the colon of the occasion."""
    with viewing(ANYONE):
        row = Mailing.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, done_at=None).first()
        if row is None:
            return False  # done with, or another worker is at it
        user = User.objects.with_tokens().get(pk=row.recipient_id)
        message = None
        if is_to_be_written_to(user):
            with viewing(pending_steps.viewer_of(user)):
                message = composers[row.occasion.partition(":")[0]](row, user, now)
        if message is not None:
            _hand_over(row, user, message)
            row.sent_at = now
        row.done_at = now
        row.save()
        return message is not None


def is_to_be_written_to(user: User) -> bool:
    """Whether the user is active, has asked for news, and has no pending steps."""
    return user.is_active and user.news_digest != NewsDigest.NONE and pending_steps.next_step(user) is None


def _hand_over(row: Mailing, user: User, message: EmailMultiAlternatives) -> None:
    stop = stop_address(row, user.language)
    message.extra_headers |= {
        "Message-ID": f"<{row.key[:32]}@{urlsplit(settings.SITE_ADDRESS).hostname}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    message.send()


def secret_of(recipient: int, occasion: str) -> str:
    """256 bits, the same each time they are asked for: a mail that goes once more leads to the same address."""
    return salted_hmac("newscentre.mailing", f"{recipient}:{occasion}", algorithm="sha256").hexdigest()


def stop_address(row: Mailing, language: str) -> str:
    return mail.address_of("stop_digest", language, secret_of(row.recipient_id, row.occasion))


def recipient_of(secret: str) -> User | None:
    """The user whose mail contained this secret."""
    row = Mailing.objects.filter(key=digest_of(secret)).select_related("recipient").first()
    return row.recipient if row else None
