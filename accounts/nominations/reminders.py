"""Reminds in time of mandates that end: those who re-confirm them, on working days of their country, and the person.

Each step is told once (`Reminder`); a step that falls on a day off is told on the next working day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from accounts import mail
from accounts.models import Affiliation, Reminder
from accounts.nominations.nominating import desk_language
from accounts.nominations.working_days import is_working_day
from atlas.models import Dialogue, Partner

STEPS = (30, 14, 7, 1)  # days before the last day
BEFORE_TO_PERSON = (7,)
LOOK_BACK = timedelta(days=14)  # over the longest holidays; what ended earlier was told or is nobody's concern any more


@dataclass(frozen=True)
class Recipient:
    """Someone who re-confirms: a nominating colleague, or a secretariat. `view`: the address of their list."""

    email: str
    language: str
    view: str


def remind(today: date) -> None:
    """Everything that is due on this day and was not told yet."""
    coming = Affiliation.objects.open().filter(leaves_on=None, user__is_active=True)
    coming = coming.filter(ends_on__range=(today - LOOK_BACK, today + timedelta(days=max(STEPS))))
    for partner in Partner.objects.filter(affiliations__in=coming).select_related("subject").distinct():
        with transaction.atomic():
            Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)  # one run at a time
            people = list(coming.filter(partner=partner).select_related("user").order_by("ends_on", "user__name"))
            _tell_the_people(partner, people, today)
            if is_working_day(partner.subject.iso2 if partner.subject else None, today):
                _tell_who_confirms(partner, people, today)


def step_of(ends_on: date, today: date, steps: Iterable[int]) -> int | None:
    """The step that has come: the smallest number of days that are not fewer than those left."""
    left = max((ends_on - today).days, min(steps))
    return min((step for step in steps if left <= step), default=None)


def _tell_who_confirms(partner: Partner, people: list[Affiliation], today: date) -> None:
    """One mail to each, with the names of all whom they are to re-confirm, when a step has come for one of them."""
    new = [row for row in people if _is_new(row, step_of(_last_day(row), today, STEPS), is_to_person=False)]
    told: dict[Recipient, list[Affiliation]] = defaultdict(list)
    for recipient, theirs in _by_recipient(partner, people).items():
        if any(row in new for row in theirs):
            told[recipient] = theirs
    for recipient, theirs in told.items():
        context = {"partner": partner, "people": theirs, "link": mail.address_of(recipient.view, recipient.language)}
        mail.send("reminder", recipient.email, recipient.language, context)


def _tell_the_people(partner: Partner, people: list[Affiliation], today: date) -> None:
    """A week before, and on the first day without rights; who never came in has nothing to lose and is not told."""
    for row in people:
        last_day = _last_day(row)
        step = 0 if last_day < today else step_of(last_day, today, BEFORE_TO_PERSON)
        if row.user.has_joined and _is_new(row, step, is_to_person=True):
            context = {"person": row.user, "partner": partner, "ends_on": last_day}
            mail.send("expiring" if step else "suspended", row.user.email, row.user.language, context)


def _last_day(row: Affiliation) -> date:
    """Mandates without one are not among those that come to an end."""
    assert row.ends_on is not None
    return row.ends_on


def _is_new(row: Affiliation, step: int | None, *, is_to_person: bool) -> bool:
    """Whether the step has come and was not told before; notes it down as told."""
    if step is None:
        return False
    _reminder, is_new = Reminder.objects.get_or_create(
        affiliation=row, ends_on=_last_day(row), days_before=step, is_to_person=is_to_person
    )
    return is_new


def _by_recipient(partner: Partner, people: list[Affiliation]) -> Mapping[Recipient, list[Affiliation]]:
    """Nobody re-confirms themselves: where no colleague can, the secretariats do for whom the person was accepted."""
    nominating = Affiliation.objects.current().nominating().filter(partner=partner, user__is_active=True)
    colleagues = [row.user for row in nominating.select_related("user") if row.user.has_joined]
    theirs: dict[Recipient, list[Affiliation]] = defaultdict(list)
    for row in people:
        others = [user for user in colleagues if user.pk != row.user_id]
        recipients = [Recipient(user.email, user.language, "mandates") for user in others] or _desks_of(row)
        for recipient in recipients:
            theirs[recipient].append(row)
    return theirs


def _desks_of(row: Affiliation) -> list[Recipient]:
    dialogues = Dialogue.objects.filter(scopes__affiliation=row).exclude(contact_email="").distinct()
    view = "admin:accounts_affiliation_changelist"
    return [Recipient(dialogue.contact_email, desk_language(dialogue), view) for dialogue in dialogues]
