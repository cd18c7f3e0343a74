"""Mandates: a person stands for a partner until a date. Begins, re-confirms, hands over and ends them, each at once.

Tokens come from what stands in the database at each request (`imap_tokens_of`), so nothing has to be told to anyone.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import Affiliation, Engagement, Event, Nomination, PartnerPolicy, Scope, User
from accounts.nominations import history
from accounts.nominations.working_days import months_after
from accounts.signing_in.credentials import cancel_invitations
from accounts.signing_in.open_sessions import end_sessions
from atlas.models import Membership, Partner, Role

MONTHS = 12  # where a partner has no policy of its own
DUE_BEFORE = timedelta(days=30)


def ends_on_by_policy(partner: Partner | str) -> date:
    """Last day of a mandate that begins or is re-confirmed today."""
    policy = PartnerPolicy.objects.filter(partner=partner).first()
    return months_after(timezone.localdate(), policy.months if policy else MONTHS)


def needs_grant(partner: str, dialogue: str) -> bool:
    """Whether the partner's people read only what the secretariat grants: those of observers, donors, the Commission."""
    memberships = Membership.objects.current().filter(partner=partner, dialogue=dialogue)
    return not memberships.filter(role=Role.PARTNER).exists()


def is_due(affiliation: Affiliation) -> bool:
    """Whether the mandate is due for re-confirmation: suspended, or soon to be."""
    if affiliation.ended_at or affiliation.leaves_on or affiliation.ends_on is None:
        return False
    return affiliation.ends_on <= timezone.localdate() + DUE_BEFORE


def begin(nomination: Nomination, person: User) -> Affiliation:
    """Begins the person's mandate for the partner, or extends an existing one by what the nomination adds."""
    held = Affiliation.objects.open().select_for_update()
    affiliation, _is_new = held.get_or_create(user=person, partner=nomination.partner)
    affiliation.office = nomination.office
    affiliation.ends_on, affiliation.leaves_on = ends_on_by_policy(nomination.partner), None
    affiliation.is_focal_point |= nomination.is_focal_point
    affiliation.may_nominate |= nomination.may_nominate
    affiliation.save(update_fields=["office", "ends_on", "leaves_on", "is_focal_point", "may_nominate"])
    return affiliation


def give(affiliation: Affiliation, dialogue: str, themes: Iterable[str], *, is_granted: bool) -> None:
    """Adds scopes to a mandate. A grant counts where one is needed, and a later nomination does not take it back."""
    if dialogue in affiliation.left_dialogues:
        affiliation.left_dialogues.remove(dialogue)
        affiliation.save(update_fields=["left_dialogues"])
    granted = is_granted and needs_grant(affiliation.partner_id, dialogue)
    for theme in themes:
        scope, _is_new = Scope.objects.get_or_create(affiliation=affiliation, dialogue_id=dialogue, theme_id=theme)
        if granted and not scope.is_granted:
            scope.is_granted = True
            scope.save(update_fields=["is_granted"])


@transaction.atomic
def confirm(affiliation: Affiliation, by: User) -> Affiliation:
    """Re-confirms the mandate from today for the partner's months. Nobody re-confirms themselves."""
    row = _to_change(affiliation, by)
    if row.ended_at or row.leaves_on:
        raise ValidationError(_("This person's mandate has ended or was handed over."))
    if row.user_id == by.pk:
        raise ValidationError(_("A colleague who may nominate, or the Secretariat, re-confirms you."))
    row.ends_on = ends_on_by_policy(row.partner_id)
    row.save(update_fields=["ends_on"])
    history.of_affiliation(Event.CONFIRMED, by, row, dialogues_of(row))
    return row


@transaction.atomic
def end(affiliation: Affiliation, by: User | None, reason: str = "") -> None:
    """Ends the mandate at once: the person's next request is refused. Without `by` it ended on the agreed day."""
    row = _to_change(affiliation, by)
    if row.ended_at is None:
        _end(row, by, Event.ENDED, reason)


@transaction.atomic
def leave(affiliation: Affiliation, dialogues: Iterable[str], by: User, reason: str = "") -> None:
    """Removes the scopes and standing in these dialogues; ends the mandate if no other is left."""
    row = _to_change(affiliation, by)
    left = dialogues_of(row) & set(dialogues)
    if row.ended_at or not left:
        return
    if dialogues_of(row) == left:
        _end(row, by, Event.ENDED, reason)
        return
    row.scopes.filter(dialogue__in=left).delete()
    row.left_dialogues = sorted({*row.left_dialogues, *left})
    row.save(update_fields=["left_dialogues"])
    history.of_affiliation(Event.ENDED, by, row, left, reason)


@transaction.atomic
def hand_over(affiliation: Affiliation, by: User, last_day: date | None) -> None:
    """Ends the predecessor's mandate today, or lets it run out on the agreed day without re-confirmation."""
    row = _locked(affiliation)
    if row.ended_at:
        return
    if last_day is None or last_day < timezone.localdate():
        _end(row, by, Event.HANDED_OVER)
        return
    row.leaves_on, row.ends_on = last_day, min(row.ends_on or last_day, last_day)
    row.save(update_fields=["leaves_on", "ends_on"])
    history.of_affiliation(Event.HANDED_OVER, by, row, dialogues_of(row))


def pass_on(affiliation: Affiliation, person: User) -> None:
    """Moves the mandate from a mistyped address to the person it was meant for, who may have one already."""
    row, mistaken = _locked(affiliation), affiliation.user
    held = Affiliation.objects.open().filter(user=person, partner=row.partner_id).first()
    if held is None:
        Affiliation.objects.filter(pk=row.pk).update(user=person)
    else:
        for scope in row.scopes.all():
            give(held, scope.dialogue_id, [scope.theme_id], is_granted=scope.is_granted)
        Affiliation.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    retire(mistaken)


def end_what_is_over() -> None:
    """What was handed over until a day that has passed. It gives no rights since then; now it is closed."""
    over = Affiliation.objects.open().filter(leaves_on__lt=timezone.localdate())
    for affiliation in over:
        end(affiliation, None)


def dialogues_of(affiliation: Affiliation) -> set[str]:
    return set(affiliation.scopes.values_list("dialogue_id", flat=True))


def dialogues_today(person: User) -> set[str]:
    """Those for which something of the person's is open, suspended or not: not those that they have left."""
    engagements = Engagement.objects.filter(user=person, ended_at=None, ends_on__gte=timezone.localdate())
    return {
        *Scope.objects.filter(affiliation__in=Affiliation.objects.open().filter(user=person)).values_list(
            "dialogue_id", flat=True
        ),
        *engagements.values_list("dialogue_id", flat=True),
        *person.secretariats.values_list("dialogue_id", flat=True),
    }


def _end(row: Affiliation, by: User | None, event: Event, reason: str = "") -> None:
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    history.of_affiliation(event, by, row, dialogues_of(row), reason)
    mail.send("ended", row.user.email, row.user.language, {"person": row.user, "partner": row.partner})
    retire(row.user)


def retire(person: User) -> None:
    """After something ended: signs the person out everywhere, and closes the account that nothing keeps open."""
    end_sessions(person)
    if not is_kept_open(person):
        cancel_invitations(person)
        User.objects.filter(pk=person.pk).update(is_active=False)


def is_kept_open(person: User) -> bool:
    """Whether anything keeps the account open: a mandate, suspended or not, an engagement, a seat in a secretariat."""
    today = timezone.localdate()
    return (
        person.is_superuser
        or Affiliation.objects.open().filter(user=person).exists()
        or Engagement.objects.filter(user=person, ended_at=None, ends_on__gte=today).exists()
        or person.secretariats.exists()
    )


def stands_alone(person: User) -> bool:
    """Whether nothing lets the person read today: what they had has run out, and who comes next may be somebody else."""
    today = timezone.localdate()
    holds = Q(ends_on=None) | Q(ends_on__gte=today)
    return not (
        person.is_superuser
        or Affiliation.objects.open().filter(holds, user=person).exists()
        or Engagement.objects.filter(user=person, ended_at=None, ends_on__gte=today).exists()
        or person.secretariats.exists()
    )


def end_what_ran_out(person: User) -> None:
    """Of an account that stands alone: its suspended mandates are not for whoever is behind the address now."""
    for row in Affiliation.objects.open().filter(user=person):
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        history.of_affiliation(Event.ENDED, None, row, dialogues_of(row))


def _to_change(affiliation: Affiliation, by: User | None) -> Affiliation:
    """Of the partner's authority, and of the secretariats that accepted the person. The day that was agreed needs nobody."""
    row = _locked(affiliation)
    if by is None:
        return row
    is_of_a_desk = any(by.viewer.is_secretariat_of(dialogue) for dialogue in dialogues_of(row))
    if not is_of_a_desk and not by.viewer.may_nominate_for(row.partner_id):
        raise PermissionDenied
    return row


def _locked(affiliation: Affiliation) -> Affiliation:
    """As it is now, for one change at a time. First the lock alone: a join is read as it was before the wait."""
    User.objects.hold(affiliation.user_id)
    Affiliation.objects.select_for_update().get(pk=affiliation.pk)
    return Affiliation.objects.select_related("user", "partner__subject").get(pk=affiliation.pk)
