"""Nominations: a partner names a person, the secretariat of each dialogue decides, the person is invited.

Whether an address has an account is told to nobody who nominates: it is looked up at the acceptance alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access import tokens
from accounts import mail
from accounts.email_addresses import AddressCheck, check_of, normalised
from accounts.models import Affiliation, ApprovedAddress, Event, Nomination, State, Submission, User
from accounts.nominations import history, invitations, mandates
from accounts.nominations.letters import LARGEST, SAYS_WHO_READS, FetchesOthers, kind_of
from atlas.models import Dialogue, DialogueTheme, Membership, Partner, Theme

Wanted = Mapping[str, Iterable[str]]  # slugs: a dialogue and its themes


@dataclass(frozen=True)
class Candidate:
    """What a nomination says of the person."""

    name: str
    office: str
    email: str
    language: str
    reason: str
    letter: File | None = None
    is_focal_point: bool = False
    may_nominate: bool = False


@dataclass(frozen=True)
class Succession:
    """Whose post the person takes over, and that one's last day; without a day, it is the day of the acceptance."""

    predecessor: Affiliation
    last_day: date | None = None


def open_to(partner: Partner) -> dict[Dialogue, list[DialogueTheme]]:
    """The dialogues in which a partner takes part today, each with the themes that it has taken up."""
    taking_part = Membership.objects.current().filter(partner=partner).values("dialogue")
    rows = DialogueTheme.objects.filter(dialogue__in=taking_part).select_related("dialogue", "theme")
    found: dict[Dialogue, list[DialogueTheme]] = {}
    for row in rows.order_by("dialogue__position", "position"):
        found.setdefault(row.dialogue, []).append(row)
    return found


@transaction.atomic
def nominate(
    partner: Partner, by: User, candidate: Candidate, wanted: Wanted, succession: Succession | None = None
) -> Nomination:
    """By someone whom the partner authorised. Raises ValidationError with what is wrong, in words for the page."""
    if not by.viewer.may_nominate_for(partner.pk):
        raise PermissionDenied
    nomination = Nomination(partner=partner, nominated_by=by)
    _submit(nomination, candidate, wanted, succession)
    history.of_nomination(Event.NOMINATED, by, nomination)
    _tell_the_secretariats(nomination, wanted)
    return nomination


@transaction.atomic
def record_paper_nomination(
    partner: Partner,
    by: User,
    candidate: Candidate,
    wanted: Wanted,
    *,
    received_on: date,
    succession: Succession | None = None,
) -> Nomination:
    """By a secretariat, for its own dialogues. Raises ValidationError."""
    if not wanted or not all(by.viewer.is_secretariat_of(dialogue) for dialogue in wanted):
        raise PermissionDenied
    if received_on > timezone.localdate():
        raise ValidationError(_("Choose a day that is not in the future."))
    nomination = Nomination(partner=partner, recorded_by=by, received_on=received_on)
    _submit(nomination, candidate, wanted, succession)
    history.of_nomination(Event.RECORDED, by, nomination)
    return nomination


@transaction.atomic
def withdraw(nomination: Nomination, by: User) -> None:
    """By the partner: what waits is withdrawn; who was accepted and has not come in yet is no longer invited."""
    row = _of_authority(nomination, by)
    waiting = list(row.submissions.filter(state=State.WAITING))
    awaited = _awaited_mandate(row)
    if not waiting and awaited is None:
        raise ValidationError(_("This nomination has been decided on already."))
    for submission in waiting:
        _decide(submission, by, State.WITHDRAWN)
    history.of_nomination(Event.WITHDRAWN, by, row)
    if awaited:
        accepted = row.submissions.filter(state=State.ACCEPTED)
        mandates.leave(awaited, accepted.values_list("dialogue_id", flat=True), by)


@transaction.atomic
def correct_address(nomination: Nomination, by: User, email: str, *, approves_address: bool = False) -> Nomination:
    """By the partner or a secretariat it lies before. Who was accepted under the wrong address is invited anew.

    Raises ValidationError, as when the person has come in, or when nobody has approved the address for an acceptance
    that there is.
    """
    row = _of_either(nomination, by)
    kept = normalised(email)
    if kept == row.email:
        return row
    _refuse_waiting_twice(row.partner, kept, history.dialogues_of(row))
    is_accepted = row.user_id is not None
    if is_accepted:
        _require_known(row.partner, kept, by if approves_address and _is_of_a_desk(row, by) else None)
        _move(row, kept)
    row.email = kept
    row.save(update_fields=["email", "user", "audience"])
    history.of_nomination(Event.CORRECTED, by, row)
    if is_accepted:
        _invite(row, by, "invited-again")
    return row


@transaction.atomic
def send_again(nomination: Nomination, by: User) -> None:
    """A new link for a person who was accepted and has not come in. Raises ValidationError."""
    row = _of_either(nomination, by)
    if _awaited_mandate(row) is None:
        raise ValidationError(_("There is no invitation to send again."))
    _invite(row, by, "invited-again")


@transaction.atomic
def accept(submission: Submission, by: User, *, is_granted: bool = False, approves_address: bool = False) -> User:
    """By the dialogue's secretariat: makes or finds the account, begins or widens the mandate, invites or tells.

    Raises ValidationError: decided on meanwhile, the partner has left the dialogue, or the address is not approved.
    """
    row = _waiting(submission, by)
    nomination, dialogue = row.nomination, row.dialogue_id
    themes = set(row.themes.values_list("pk", flat=True))
    _refuse_what_is_not_open(nomination.partner, {dialogue: themes})
    _require_known(nomination.partner, nomination.email, by if approves_address else None)
    if nomination.takes_over_the_address:
        _hand_the_address_over(nomination, by)
    person = invitations.account_of(nomination.email, nomination.name, nomination.language)
    affiliation = mandates.begin(nomination, person)
    mandates.give(affiliation, dialogue, themes, is_granted=is_granted)
    _decide(row, by, State.ACCEPTED)
    _belongs_to(nomination, person)
    nomination.save(update_fields=["user", "audience"])
    history.of_nomination(Event.ACCEPTED, by, nomination, [dialogue])
    if is_granted:
        history.of_nomination(Event.GRANTED, by, nomination, [dialogue])
    _invite(nomination, by, "invited")
    if nomination.successor_to:
        mandates.hand_over(nomination.successor_to, by, nomination.predecessor_leaves_on)
    return person


@transaction.atomic
def decline(submission: Submission, by: User, reason: str) -> None:
    """By the dialogue's secretariat, with a reason that who nominated is told. Raises ValidationError."""
    row = _waiting(submission, by)
    if not reason.strip():
        raise ValidationError(_("Give the reason: the partner is told."))
    _decide(row, by, State.DECLINED, reason.strip())
    nomination = row.nomination
    history.of_nomination(Event.DECLINED, by, nomination, [row.dialogue_id], reason.strip())
    if nominator := nomination.nominated_by:
        context = {"nomination": nomination, "dialogue": row.dialogue, "reason": reason.strip()}
        context["link"] = mail.address_of("nomination", nominator.language, nomination.pk)
        mail.send("declined", nominator.email, nominator.language, context)


# Putting a nomination together ----------------------------------------------------------------------------------------


def _submit(nomination: Nomination, candidate: Candidate, wanted: Wanted, succession: Succession | None) -> None:
    """Writes the nomination and what lies before each secretariat."""
    partner, email = nomination.partner, normalised(candidate.email)
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)  # two clicks at once come one after the other
    _refuse_what_is_not_open(partner, wanted)
    _refuse_waiting_twice(partner, email, wanted)
    for field in fields(candidate):
        setattr(nomination, field.name, getattr(candidate, field.name))
    nomination.email = email
    nomination.clean_fields(exclude=["partner", "nominated_by", "recorded_by", "letter", "audience"])
    if candidate.letter:
        candidate.letter.name = _name_by_content(candidate.letter)
    if succession:
        _refuse_strange_succession(partner, email, succession)
        nomination.successor_to, nomination.predecessor_leaves_on = succession.predecessor, succession.last_day
    nomination.audience = history.audience_of(partner.pk, wanted)
    nomination.save()
    for dialogue, themes in wanted.items():
        audience = history.audience_of(partner.pk, [dialogue])
        row = Submission.objects.create(nomination=nomination, dialogue_id=dialogue, audience=audience)
        row.themes.set(Theme.objects.filter(pk__in=list(themes)))


def _name_by_content(letter: File) -> str:
    """What the sender called the file is forgotten."""
    letter.seek(0)
    try:
        kind = kind_of(letter.read(LARGEST + 1))
    except FetchesOthers:
        raise ValidationError({"letter": SAYS_WHO_READS}) from None
    letter.seek(0)
    if kind is None:
        words = _("Attach the letter as PDF, Word (docx), JPEG or PNG of at most 10 megabytes.")
        raise ValidationError({"letter": words})
    return f"letter.{kind}"


def _refuse_what_is_not_open(partner: Partner, wanted: Wanted) -> None:
    themes = {dialogue.pk: {row.theme_id for row in rows} for dialogue, rows in open_to(partner).items()}
    if not wanted or not all(set(slugs) and set(slugs) <= themes.get(name, set()) for name, slugs in wanted.items()):
        raise ValidationError(_("Choose themes of dialogues in which the partner takes part."))


def _refuse_waiting_twice(partner: Partner, email: str, dialogues: Iterable[str]) -> None:
    waiting = Submission.objects.filter(
        nomination__partner=partner, nomination__email=email, dialogue__in=dialogues, state=State.WAITING
    )
    if names := [row.dialogue.short_name for row in waiting.select_related("dialogue")]:
        words = _("This person's nomination waits already for: %(dialogues)s.")
        raise ValidationError(words % {"dialogues": _(", ").join(names)})


def _refuse_strange_succession(partner: Partner, email: str, succession: Succession) -> None:
    predecessor = succession.predecessor
    if predecessor.partner_id != partner.pk or predecessor.ended_at:
        raise ValidationError(_("Choose a colleague of the same partner whose post is handed over."))
    if succession.last_day and predecessor.user.email == email:
        raise ValidationError(
            _(
                "Leave the last day empty: two people cannot have one address, so the post is handed over at the acceptance."
            )
        )
    if succession.last_day and succession.last_day < timezone.localdate():
        raise ValidationError(_("Choose a day that has not passed."))


def _tell_the_secretariats(nomination: Nomination, dialogues: Iterable[str]) -> None:
    for dialogue in Dialogue.objects.filter(pk__in=list(dialogues)).exclude(contact_email=""):
        link = mail.address_of("admin:accounts_submission_changelist", "en")
        context = {"partner": nomination.partner, "dialogue": dialogue, "link": link}
        mail.send("nominated", dialogue.contact_email, desk_language(dialogue), context)


def desk_language(dialogue: Dialogue) -> str:
    """The language in which the secretariat is written to."""
    return "en" if dialogue.writes_in("en") else dialogue.languages[0]


# Deciding -------------------------------------------------------------------------------------------------------------


def _waiting(submission: Submission, by: User) -> Submission:
    """As it is now. The nomination is what is locked, so that two secretariats and the authority take turns."""
    if not by.viewer.is_secretariat_of(submission.dialogue_id):
        raise PermissionDenied
    nomination = _locked(submission.nomination)
    row = nomination.submissions.select_related("dialogue").get(pk=submission.pk)
    if row.state != State.WAITING:
        raise ValidationError(_("This nomination has been decided on already."))
    return row


def _decide(row: Submission, by: User, state: State, reason: str = "") -> None:
    row.state, row.reason, row.decided_by, row.decided_at = state, reason, by, timezone.now()
    row.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _require_known(partner: Partner, email: str, approving: User | None) -> None:
    """The address is in the partner's domains or approved; `approving` approves it now."""
    if check_of(partner, email) is not AddressCheck.UNKNOWN:
        return
    if approving is None:
        raise ValidationError(_("The address is outside the partner's domains; the Secretariat approves it first."))
    ApprovedAddress.objects.get_or_create(partner=partner, email=email, defaults={"approved_by": approving})


def _belongs_to(nomination: Nomination, person: User) -> None:
    """The person may see the nomination; one who was held for them by a wrong address no longer."""
    former = {tokens.own(nomination.user_id)} if nomination.user_id else set()
    kept = [token for token in nomination.audience if token not in former]
    nomination.user, nomination.audience = person, [*kept, tokens.own(person.pk)]


def _invite(nomination: Nomination, by: User, template: str) -> None:
    """The link for who has not come in; who has is told what is new."""
    person = nomination.user
    assert person is not None
    mandate = Affiliation.objects.open().get(user=person, partner=nomination.partner)
    known = Dialogue.objects.visible_to(person.viewer)
    dialogues = list(known.filter(pk__in=mandates.dialogues_of(mandate)))
    context = {"partner": nomination.partner, "dialogues": dialogues}
    if person.has_joined:
        context |= {"person": person, "link": mail.address_of("home", person.language)}
        mail.send("accepted", person.email, person.language, context)
        return
    invitations.invite(person, template, context)
    history.of_nomination(Event.INVITED, by, nomination)


def _hand_the_address_over(nomination: Nomination, by: User) -> None:
    """A role's mailbox: the predecessor's account ends before the successor's begins, with all that opened it."""
    predecessor = nomination.successor_to
    assert predecessor is not None
    mandates.hand_over(predecessor, by, None)
    if not mandates.stands_alone(predecessor.user):
        raise ValidationError(
            _("The colleague who has this address still stands for another partner or dialogue; that has to end first.")
        )


# Changing what there is -----------------------------------------------------------------------------------------------


def _locked(nomination: Nomination) -> Nomination:
    """As it is now, and nobody else's until this is done.

    First the lock alone: what a join brings is read as it was before the wait.
    """
    Nomination.objects.select_for_update().get(pk=nomination.pk)
    return Nomination.objects.select_related("partner__subject", "user").get(pk=nomination.pk)


def _of_authority(nomination: Nomination, by: User) -> Nomination:
    if not by.viewer.may_nominate_for(nomination.partner_id):
        raise PermissionDenied
    return _locked(nomination)


def _of_either(nomination: Nomination, by: User) -> Nomination:
    """The partner's authority and the secretariats it lies before."""
    if not by.viewer.may_nominate_for(nomination.partner_id) and not _is_of_a_desk(nomination, by):
        raise PermissionDenied
    return _locked(nomination)


def _is_of_a_desk(nomination: Nomination, by: User) -> bool:
    return any(by.viewer.is_secretariat_of(dialogue) for dialogue in history.dialogues_of(nomination))


def _awaited_mandate(nomination: Nomination) -> Affiliation | None:
    """The mandate of a person who was accepted and has not come in."""
    if nomination.user is None or nomination.user.has_joined:
        return None
    return Affiliation.objects.open().filter(user=nomination.user, partner=nomination.partner).first()


def _move(nomination: Nomination, email: str) -> None:
    """Hands the mandate from the account of a mistyped address, which nobody ever used, to that of the right one."""
    mistaken, mandate = nomination.user, _awaited_mandate(nomination)
    if mistaken is None or mandate is None:
        raise ValidationError(_("This person has come in already, or has left; nominate them again."))
    person = invitations.account_of(email, nomination.name, nomination.language)
    mandates.pass_on(mandate, person)
    for other in Nomination.objects.filter(partner=nomination.partner, user=mistaken).exclude(pk=nomination.pk):
        other.email = email
        _belongs_to(other, person)
        other.save(update_fields=["email", "user", "audience"])
    _belongs_to(nomination, person)
