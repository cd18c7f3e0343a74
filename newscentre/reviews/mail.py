"""Sends a press review by e-mail to those who receive digests and may read it when the mail is sent."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from access.viewing import every_secretariat, viewing
from accounts import mail
from accounts.activity_log.writer import log_action
from accounts.models import Action, NewsDigest, User
from accounts.signing_in import pending_steps
from newscentre.models import Review
from newscentre.reviews.querysets import readable_review
from newscentre.subscriptions import mailings
from newscentre.subscriptions.digests import entry_of, isolated
from newscentre.subscriptions.models import Mailing


def plan(now: datetime) -> None:
    """For every reader of digests, whatever they may read: that is asked when the mail is sent."""
    readers = User.objects.filter(is_active=True).exclude(news_digest=NewsDigest.NONE)
    with viewing(every_secretariat()):
        fresh = Review.objects.filter(is_mailed=True, published_at__gt=now - mailings.GIVEN_UP_AFTER)
        numbers = list(fresh.values_list("pk", flat=True))
    for number in numbers:
        mailings.plan(f"review:{number}", readers, now)


def compose(row: Mailing, user: User, now: datetime) -> EmailMultiAlternatives | None:
    """The mail, in the reader's language; None when they may not read the review, or it is not to be mailed any more."""
    number = int(row.occasion.partition(":")[2])
    with translation.override(user.language):
        reading = readable_review(pending_steps.viewer_of(user), pk=number, is_mailed=True)
        if reading is None:
            return None
        if reading.is_restricted:
            objects = [f"{reading.review.log_name} by e-mail"]
            log_action(Action.EXPORTED, user, dialogue=reading.dialogue.pk, objects=objects)
        told = [
            (entry_of(entry.article, user.language), [isolated(comment.text) for comment in entry.comments])
            for entry in reading.entries
        ]
        context = {
            "review": reading.review,
            "dialogue": reading.dialogue,
            "introduction": isolated(reading.introduction.text) if reading.introduction else "",
            "told": told,
            "page": mail.address_of("review", user.language, reading.dialogue.pk, reading.review.month),
            "pdf": mail.address_of("review_pdf", user.language, reading.dialogue.pk, reading.review.month),
            "stop": mailings.stop_address(row, user.language),
        }
        return mail.compose("press_review", user.email, user.language, context)
