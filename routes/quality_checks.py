"""The quality check of a map: which agencies are asked, what they answered, and for which content it holds.

A check is bound to the content of the proof: once anything is drawn otherwise, it holds no more.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from access import tokens
from access.viewer import Viewer
from accounts import mail
from accounts.audiences.presets import names_in
from accounts.models import Affiliation, User
from atlas.models import Membership, Partner, PartnerKind, Role
from atlas.sorting import in_reading_order
from routes.models import MapAnswer, MapEdition, Outcome


def agencies_of(dialogue: str) -> list[Partner]:
    """Partner Agencies that take part in the dialogue today, by name."""
    rows = Membership.objects.current().filter(dialogue=dialogue, role=Role.PARTNER, partner__kind=PartnerKind.AGENCY)
    return in_reading_order((row.partner for row in rows.select_related("partner")), name=lambda row: row.display_name)


def agencies_that_checked(dialogue: str, digest: str) -> list[list[str]]:
    """[slug, YYYY-MM-DD] of each agency whose last answer about this content is that it holds, by slug."""
    answers = MapAnswer.objects.filter(edition__dialogue=dialogue, edition__digest=digest)
    last = {answer.partner_id: answer for answer in answers.order_by("answered_at", "pk")}
    return [
        [partner, f"{answer.answered_at:%Y-%m-%d}"]
        for partner, answer in sorted(last.items())
        if answer.outcome == Outcome.CHECKED
    ]


def agencies_named(edition: MapEdition, viewer: Viewer) -> list[tuple[Partner, str]]:
    """Agencies that checked a published map, with the day, by name, if the viewer may be told of them."""
    days = dict(edition.checked)
    partners = Partner.objects.sayable_to(viewer).filter(pk__in=days).select_related("subject") if days else []
    return in_reading_order([(row, days[row.pk]) for row in partners], name=lambda row: row[0].display_name)


@dataclass(frozen=True)
class Check:
    """Where an agency stands with a proof."""

    proof: MapEdition
    partner: Partner
    answer: MapAnswer | None
    is_current: bool  # nothing was drawn otherwise since

    @property
    def asked_at(self) -> datetime:
        return self.proof.published_at


def checks_of(proofs: list[MapEdition], digest: str) -> list[Check]:
    """Each agency that was asked, once for each proof; `digest`: of the content as it stands."""
    partners = Partner.objects.in_bulk({slug for proof in proofs for slug in names_in(proof.audience, "partner")})
    answers = {
        (row.edition_id, row.partner_id): row
        for row in MapAnswer.objects.filter(edition__in=proofs).order_by("answered_at", "pk")
    }
    return [
        Check(proof, partners[slug], answers.get((proof.pk, slug)), proof.digest == digest)
        for proof in proofs
        for slug in names_in(proof.audience, "partner")
        if slug in partners
    ]


def tell_agencies(proof: MapEdition) -> None:
    """A mail, in their own language, to everyone who may read the proof for an agency that is asked."""
    asked = names_in(proof.audience, "partner")
    current = Affiliation.objects.current().filter(partner__in=asked, scopes__dialogue=proof.dialogue_id)
    for person in User.objects.filter(affiliations__in=current, is_active=True).distinct().order_by("pk"):
        page = mail.address_of("route_proof", person.language, proof.dialogue_id, proof.year, proof.number)
        title = getattr(proof, f"title_{person.language}", proof.title)
        mail.send("proof", person.email, person.language, {"title": title, "page": page})


def agency_of(viewer: Viewer, proof: MapEdition) -> str | None:
    """The slug of the agency for which this viewer may answer; a secretariat that views as one may not."""
    if viewer.is_viewing_as:
        return None
    asked = names_in(proof.audience, "partner")
    return next((slug for slug in asked if tokens.partner(slug) in viewer.tokens), None)


def answer(proof: MapEdition, partner: str, outcome: str, remark: str, by) -> MapAnswer:
    """Adds the answer of an agency. Raises ValidationError when there are remarks without words."""
    given = MapAnswer(
        edition=proof, partner_id=partner, outcome=outcome, remark=remark.strip(), answered_by=by,
        audience=[tokens.partner(partner), tokens.secretariat(proof.dialogue_id)],
    )  # fmt: skip
    if given.outcome == Outcome.REMARKS and not given.remark:
        raise ValidationError(_("Say what should be changed."))
    given.full_clean(exclude=["edition", "partner", "answered_by"])
    given.save(force_insert=True)
    return given
