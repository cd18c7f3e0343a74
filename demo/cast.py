"""The cast of the demonstration. Its accounts exist in the demo and in tests only; production refuses to start with them."""

import os
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone, translation

from access.viewing import viewing
from accounts.models import Affiliation, Engagement, Nomination, PartnerPolicy, Scope, SecretariatMember, User
from accounts.nominations.nominating import Candidate, nominate
from accounts.permissions import editors
from accounts.signing_in.terms import accept, newest_terms
from atlas.models import DialogueTheme, Partner

PASSWORD = os.environ.get("IMAP_DEMO_PASSWORD", "demo-only-2012")
DOMAIN = settings.DEMO_DOMAIN
EVERY_THEME = None


@dataclass(frozen=True)
class CastMember:
    """Someone of the cast. `scopes`: dialogue → themes, or EVERY_THEME."""

    login: str
    name: str
    language: str = "en"
    partner: str | None = None
    office: str = ""
    scopes: tuple[tuple[str, tuple[str, ...] | None], ...] = ()
    secretariats: tuple[str, ...] = ()
    is_superuser: bool = False
    is_focal_point: bool = False

    @property
    def email(self) -> str:
        return f"{self.login}@{DOMAIN}"


ALL_FOUR = ("mtm", "budapest-process", "prague-process", "rabat-process")
MOROCCO_EVERYWHERE = (("mtm", EVERY_THEME), ("rabat-process", EVERY_THEME))

CAST = (
    CastMember("secretariat", "Secretariat", secretariats=ALL_FOUR, is_superuser=True),
    CastMember("editor", "MTM editor", secretariats=("mtm",)),
    CastMember("translator.ar", "Arabic translator", "ar"),
    CastMember("official.mar", "Official of Morocco", "fr", "morocco", "Ministry of the Interior", MOROCCO_EVERYWHERE),
    CastMember(
        "official.mar.dev", "Official of Morocco (development)", "fr", "morocco", "Ministry for Moroccans abroad",
        (("mtm", ("migration-development",)),),
    ),
    CastMember(
        "focalpoint.mar", "Focal point of Morocco", "ar", "morocco", "National focal point", MOROCCO_EVERYWHERE,
        is_focal_point=True,
    ),
    CastMember(
        "official.ukr", "Official of Ukraine", "en", "ukraine", "State Migration Service",
        (("budapest-process", EVERY_THEME), ("prague-process", EVERY_THEME)),
    ),
    CastMember("unhcr", "UNHCR", "en", "unhcr", "", (("mtm", EVERY_THEME),)),
    CastMember("frontex", "Frontex", "en", "frontex", "", (("mtm", EVERY_THEME),)),
    CastMember("observer.las", "League of Arab States", "ar", "league-of-arab-states", "", (("mtm", EVERY_THEME),)),
)  # fmt: skip

CANDIDATE = Candidate(
    name="Statistician of Morocco",
    office="Directorate of Migration and Border Surveillance",
    email=f"statistics.mar@{DOMAIN}",
    language="fr",
    reason="Compiles the figures on detections that Morocco gives to the i-Map.",
)


def make_cast() -> dict[str, User]:
    """Makes or mends the accounts of the cast, by login. Their password is set at the first making only."""
    cast = {member.login: _make(member) for member in CAST}
    _engage(cast["translator.ar"])
    _let_a_nomination_wait(cast["focalpoint.mar"])
    return cast


def _engage(translator: User) -> None:
    last_day = date(timezone.localdate().year + 2, 12, 31)
    values = {"purpose": "Translation into Arabic", "ends_on": last_day}
    Engagement.objects.update_or_create(user=translator, dialogue_id="mtm", ended_at=None, defaults=values)


def _let_a_nomination_wait(focal_point: User) -> None:
    """So that the MTM Secretariat's queue is not empty; made once, whatever became of it."""
    morocco = Partner.objects.get(pk="morocco")
    PartnerPolicy.objects.get_or_create(partner=morocco, defaults={"domains": [DOMAIN]})
    with viewing(focal_point.viewer):
        if Nomination.objects.filter(email=CANDIDATE.email).exists():
            return
        nominate(morocco, focal_point, CANDIDATE, {"mtm": ["irregular-mixed-migration"]})


def _make(member: CastMember) -> User:
    user = User.objects.filter(email=member.email).first() or User.objects.create_user(member.email, PASSWORD)
    user.name, user.language, user.is_superuser = member.name, member.language, member.is_superuser
    user.is_staff = bool(member.secretariats)
    user.save()
    for dialogue in member.secretariats:
        SecretariatMember.objects.get_or_create(user=user, dialogue_id=dialogue)
    if member.secretariats and not member.is_superuser:
        user.groups.add(editors())
    if member.partner:
        _affiliate(user, member)
    # A version that comes later is asked for, in the demonstration too.
    if (terms := newest_terms()) and not user.acceptances.exists():
        with translation.override(member.language):
            accept(user, terms)
    return user


def _affiliate(user: User, member: CastMember) -> None:
    affiliation, _ = Affiliation.objects.update_or_create(
        user=user,
        partner_id=member.partner,
        defaults={
            "office": member.office,
            "is_focal_point": member.is_focal_point,
            "may_nominate": member.is_focal_point,
        },
    )
    for dialogue, themes in member.scopes:
        taken_up = DialogueTheme.objects.filter(dialogue=dialogue).values_list("theme_id", flat=True)
        for theme in taken_up if themes is EVERY_THEME else themes:
            Scope.objects.get_or_create(affiliation=affiliation, dialogue_id=dialogue, theme_id=theme)
