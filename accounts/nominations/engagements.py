"""People who stand for no partner, such as external translators, invited by a secretariat until a date."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mail
from accounts.email_addresses import normalised
from accounts.models import Engagement, Event, User
from accounts.nominations import history, invitations
from accounts.nominations.mandates import retire
from atlas.models import Dialogue


@transaction.atomic
def engage(
    dialogue: Dialogue, by: User, *, name: str, email: str, language: str, purpose: str, ends_on: date
) -> Engagement:
    """Invites the person or prolongs their engagement. It gives only what names them. Raises ValidationError."""
    _refuse_others(dialogue.pk, by)
    _refuse_the_past(ends_on)
    person = invitations.account_of(normalised(email), name, language)
    engagement, is_new = Engagement.objects.update_or_create(
        user=person, dialogue=dialogue, ended_at=None, defaults={"purpose": purpose, "ends_on": ends_on}
    )
    history.of_engagement(Event.INVITED if is_new else Event.CONFIRMED, by, engagement, purpose)
    _invite(engagement)
    return engagement


@transaction.atomic
def send_again(engagement: Engagement, by: User) -> None:
    """Sends a new link to a person who has not signed in yet. Raises ValidationError."""
    row = _to_change(engagement, by)
    if row.ended_at or row.user.has_joined:
        raise ValidationError(_("There is no invitation to send again."))
    _invite(row)
    history.of_engagement(Event.INVITED, by, row)


@transaction.atomic
def prolong(engagement: Engagement, by: User, ends_on: date) -> None:
    row = _to_change(engagement, by)
    if row.ended_at:
        raise ValidationError(_("This has ended already."))
    _refuse_the_past(ends_on)
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    history.of_engagement(Event.CONFIRMED, by, row)


@transaction.atomic
def disengage(engagement: Engagement, by: User | None, reason: str = "") -> None:
    """Ends the engagement at once. Without `by` it ended on the agreed day."""
    row = _to_change(engagement, by)
    if row.ended_at:
        return
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    history.of_engagement(Event.ENDED, by, row, reason)
    mail.send("ended", row.user.email, row.user.language, {"person": row.user, "dialogue": row.dialogue})
    retire(row.user)


def end_what_is_over() -> None:
    """Closes engagements whose last day has passed; they have given nothing since then."""
    for engagement in Engagement.objects.filter(ended_at=None, ends_on__lt=timezone.localdate()):
        disengage(engagement, None)


def _invite(row: Engagement) -> None:
    """Sends the link to a person who has not signed in yet; tells others what is new."""
    context = {"person": row.user, "dialogue": row.dialogue, "purpose": row.purpose, "ends_on": row.ends_on}
    if row.user.has_joined:
        mail.send("engaged", row.user.email, row.user.language, context)
    else:
        invitations.invite(row.user, "engaged-invited", context)


def _to_change(engagement: Engagement, by: User | None) -> Engagement:
    User.objects.hold(engagement.user_id)
    row = Engagement.objects.select_related("user", "dialogue").get(pk=engagement.pk)
    if by is not None:
        _refuse_others(row.dialogue_id, by)
    return row


def _refuse_others(dialogue: str, by: User) -> None:
    if not by.viewer.is_secretariat_of(dialogue):
        raise PermissionDenied


def _refuse_the_past(ends_on: date) -> None:
    if ends_on < timezone.localdate():
        raise ValidationError(_("Choose a day that has not passed."))
