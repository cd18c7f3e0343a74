"""The status of a partner's nominations, for the page of its authority, in a few queries for all of them."""

from dataclasses import dataclass, field

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from access.viewer import Viewer
from accounts.models import Affiliation, Invitation, Nomination, Scope, State, Submission
from accounts.safe_forms.page_state import facts_of

# What a partner's pages say of a mandate and of a nomination; the rest is the Secretariats'.
SAID_OF_A_MANDATE = {"user", "office", "ends_on", "leaves_on", "is_focal_point", "may_nominate"}
SAID_OF_A_NOMINATION = {
    "name",
    "office",
    "email",
    "language",
    "reason",
    "is_focal_point",
    "may_nominate",
    "successor_to",
}


class NominationStatus(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    INVITED = "invited", _("accepted, invited")
    LAPSED = "lapsed", _("accepted, the invitation has expired")
    READING = "reading", _("accepted, has joined")
    SUSPENDED = "suspended", _("suspended until re-confirmed")
    ENDED = "ended", _("ended")


@dataclass
class NominationLine:
    """A nomination with how it stands in each of its dialogues, and what its partner may do."""

    nomination: Nomination
    parts: list[tuple[Submission, NominationStatus]] = field(default_factory=list)

    @property
    def _standings(self) -> set[NominationStatus]:
        return {standing for _submission, standing in self.parts}

    @property
    def may_be_sent_again(self) -> bool:
        return bool(self._standings & {NominationStatus.INVITED, NominationStatus.LAPSED})

    @property
    def may_be_changed(self) -> bool:
        """Withdrawn, or its address corrected: while it waits, or nobody has come in."""
        return self.may_be_sent_again or NominationStatus.WAITING in self._standings


def lines(viewer: Viewer, **conditions) -> list[NominationLine]:
    """The nominations of the partners for whom the viewer may nominate, newest first."""
    submissions = Submission.objects.visible_to(viewer).select_related("dialogue").prefetch_related("themes")
    mandates = Affiliation.objects.open().prefetch_related(Prefetch("scopes", Scope.objects.all()))
    open_invitations = Invitation.objects.filter(used_at=None, cancelled_at=None)
    rows = (
        Nomination.objects.visible_to(viewer)
        .filter(partner__in=viewer.authorities, **conditions)
        .select_related("partner__subject", "user", "nominated_by", "successor_to__user")
        .prefetch_related(
            Prefetch("submissions", submissions),
            Prefetch("user__affiliations", mandates, to_attr="open_mandates"),
            Prefetch("user__invitations", open_invitations, to_attr="open_invitations"),
        )
    )
    return [line_of(nomination) for nomination in rows]


def line_of(nomination: Nomination) -> NominationLine:
    parts = [(submission, _standing(submission, nomination)) for submission in nomination.submissions.all()]
    return NominationLine(nomination, sorted(parts, key=lambda part: part[0].dialogue.position))


def _standing(submission: Submission, nomination: Nomination) -> NominationStatus:
    if submission.state != State.ACCEPTED:
        return NominationStatus(submission.state)
    person = nomination.user
    held = [row for row in getattr(person, "open_mandates", []) if row.partner_id == nomination.partner_id]
    dialogues = {scope.dialogue_id for row in held for scope in row.scopes.all()}
    if person is None or submission.dialogue_id not in dialogues:
        return NominationStatus.ENDED
    if person.has_joined:
        return NominationStatus.SUSPENDED if held[0].is_suspended else NominationStatus.READING
    is_open = any(invitation.is_open for invitation in getattr(person, "open_invitations", []))
    return NominationStatus.INVITED if is_open else NominationStatus.LAPSED


def facts_of_mandate(row: Affiliation) -> dict[str, str]:
    return facts_of(row, only=SAID_OF_A_MANDATE)


def facts_of_line(line: NominationLine) -> dict[str, str]:
    """Of a nomination, and how it stands with each dialogue."""
    dialogues = {str(row.dialogue): f"{standing.label} {row.reason}".strip() for row, standing in line.parts}
    return facts_of(line.nomination, only=SAID_OF_A_NOMINATION) | dialogues
