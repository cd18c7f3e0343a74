"""Profiles with a canary in every field: a token that must not leave the portal but to those who may read it."""

import copy
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import pytest
from django.db import connections
from django.utils import timezone

from access import tokens
from access.presets import Preset
from access.viewer import Viewer
from access.viewing import viewing
from accounts.audiences.presets import audience_of
from accounts.models import Engagement, ReadingGroup, SecretariatMember, User
from accounts.signing_in.terms import accept, newest_terms
from atlas.models import OutlineSection, Subject
from imap.models import FormerAddress
from indicators.models import FurtherSource, Indicator, Observation, Source, SourceKind
from profiles.models import (
    Citation,
    CitedFigure,
    Draft,
    Edition,
    EditionText,
    GoneLink,
    KeptDrafts,
    Profile,
    Section,
    Tag,
)
from profiles.references import element
from profiles.texts import digest
from tests import conftest
from tests.access.planting_calendar import plant_calendar
from tests.access.planting_dialogues import plant_hidden_dialogue
from tests.access.planting_library import plant_library
from tests.access.planting_names import plant_names_of_another_desk, plant_towns
from tests.access.planting_news import plant_news, plant_watch
from tests.access.planting_people import plant_people
from tests.access.planting_routes import answer_as_planted, plant_routes

DIALOGUE, THEME = "mtm", "irregular-mixed-migration"
DESK = Viewer.secretariat_of(DIALOGUE)
LANGUAGES = ("en", "fr", "ar")
OPENING, NARROW = "general-background", "detection"
GROUP, GROUP_MEMBERS = "experts", ("translator.ar", "official.ukr")
NAMED_PARTNER = "morocco"
OTHER_DESK = "editor.rabat"

# The country whose profile has each preset. What it has of its own in the demonstration's data stays beside.
PLACES = {
    Preset.PUBLIC: "mali",
    Preset.NOMINATED: "niger",
    Preset.THEME: "ghana",
    Preset.PARTNERS: "senegal",
    Preset.GROUP: "lebanon",
    Preset.SECRETARIAT: "ethiopia",
}
ORDER = list(PLACES)
CANARY = re.compile(rb"cnry-([a-z]+)-([a-z]+)-[0-9a-f]{8}")
ADDRESS = re.compile(rb"/maps/mtm/irregular-mixed-migration/(" + "|".join(PLACES.values()).encode() + rb")/")
# Values of figures by their first digit: as known today, as an edition froze it, and of a source narrower than the text.
KIND_OF_FIGURE = {b"7": "figure", b"8": "cited", b"9": "narrowcited"}
FIGURE = re.compile(rb"([789])\D{0,8}160\D{0,8}493\D{0,8}18([0-5])")
# March of a year to come, so that lists of what was updated last show it, in each language and as it is kept.
AS_OF = re.compile("(?:March|mars|مارس)(?:[ \u00a0]|&nbsp;)?209([0-5])|(?<![0-9])209([0-5])-03".encode())


@dataclass
class Planted:
    """A profile full of canaries. `editions`: its former and its newest number."""

    preset: Preset
    slug: str
    profile: Profile
    editions: tuple[int, int] = (0, 0)
    section: dict[str, Section] = field(default_factory=dict)
    figure: Observation | None = None
    article: int = 0
    kept: int = 0
    meeting: int = 0
    document: int = 0
    deskdocument: int = 0
    publication: int = 0
    file: int = 0
    deskfile: int = 0
    project: int = 0

    @property
    def base(self) -> str:
        return f"/maps/{DIALOGUE}/{THEME}/{self.slug}/"


def canary(preset: Preset, kind: str) -> str:
    return f"cnry-{preset.value}-{kind}-{secrets.token_hex(4)}"


def canaries_in(text: bytes) -> set[tuple[str, str]]:
    """(preset, kind) of each canary in these bytes."""
    found = {(preset.decode(), kind.decode()) for preset, kind in CANARY.findall(text)}
    by_place = {place.encode(): preset.value for preset, place in PLACES.items()}
    found |= {(by_place[place], "address") for place in ADDRESS.findall(text)}
    found |= {(ORDER[int(index)].value, KIND_OF_FIGURE[digit]) for digit, index in FIGURE.findall(text)}
    return found | {(ORDER[int(one or other)].value, "asof") for one, other in AS_OF.findall(text)}


@cache
def _planted_database(world: str) -> tuple[str, dict[Preset, Planted]]:
    """A copy of the loaded world in which everything is planted; made once for each worker."""
    name = f"{connections['default'].settings_dict['NAME']}_planted"
    conftest._as_owner(f"CREATE DATABASE {name} TEMPLATE {world}")
    conftest._use(name)
    planted = plant_all()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")  # else questions are planned for empty tables until the server looks for itself
    return name, planted


@pytest.fixture(scope="session")
def planted_database(world_template, django_db_setup, django_db_blocker) -> Iterator[tuple[str, dict[Preset, Planted]]]:
    home = connections["owner"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        name, planted = _planted_database(world_template)
        conftest._use(home)
    yield name, planted
    with django_db_blocker.unblock():
        if _planted_database.cache_info().currsize:
            _planted_database.cache_clear()
            conftest._as_owner(f"DROP DATABASE {name}")


@pytest.fixture(scope="module")
def in_planted_database(planted_database, django_db_blocker) -> Iterator[dict[Preset, Planted]]:
    name, planted = planted_database
    home = connections["owner"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        conftest._use(name)
    yield planted
    with django_db_blocker.unblock():
        conftest._use(home)


@pytest.fixture
def planted(in_planted_database, db) -> dict[Preset, Planted]:
    """One profile of each preset, as each test may change it."""
    return copy.deepcopy(in_planted_database)


def plant_all() -> dict[Preset, Planted]:
    """One profile of each preset, a group with members, and a colleague from another secretariat."""
    group = ReadingGroup.objects.create(slug=GROUP, dialogue_id=DIALOGUE, name_en="Experts", name_fr="", name_ar="")
    group.members.set(User.objects.filter(email__in=[f"{login}@imap.example" for login in GROUP_MEMBERS]))
    # Who stands for no member of the dialogue reads by its group while engaged there.
    for member in group.members.all():
        values = {"purpose": "Expert", "ends_on": timezone.localdate() + timedelta(days=30)}
        Engagement.objects.get_or_create(user=member, dialogue_id=DIALOGUE, ended_at=None, defaults=values)
    other_desk = plant_other_desk()
    with viewing(DESK):
        plant_people(conftest.user_of("official.mar"))
        towns = plant_towns(canary)
        planted = {preset: _plant(preset, towns[Preset.SECRETARIAT][0]) for preset in Preset}
        proof = plant_routes(canary, audience_for, towns)
    plant_names_of_another_desk(canary)
    plant_hidden_dialogue(canary, other_desk)
    official = conftest.user_of("official.mar")
    with viewing(official.viewer):
        answer_as_planted(proof, canary, official)
        plant_watch(official)
    return planted


def plant_other_desk() -> User:
    from accounts.permissions import editors

    user = User.objects.create(email=f"{OTHER_DESK}@imap.example", name="Rabat editor", is_staff=True)
    user.groups.add(editors())
    SecretariatMember.objects.create(user=user, dialogue_id="rabat-process")
    accept(user, newest_terms())
    return user


def audience_for(preset: Preset) -> list[str]:
    return audience_of(preset, DIALOGUE, THEME, [NAMED_PARTNER], GROUP)


def _plant(preset: Preset, hidden: Subject) -> Planted:
    """`hidden`: a town that the importer found named in the news, whoever reads these."""
    audience, slug = audience_for(preset), PLACES[preset]
    profile = Profile.objects.get(dialogue=DIALOGUE, theme=THEME, slug=slug)
    Profile.objects.filter(pk=profile.pk).update(audience=audience)
    profile.refresh_from_db()
    planted = Planted(preset, slug, profile)
    if preset is not Preset.THEME:  # one with all its figures is enough; the others are quicker to show
        held = Observation.objects.filter(subject=profile.subject, dialogue=DIALOGUE)
        held.update(withdrawn_on=date(2000, 1, 1))
    planted.section = _sections(profile)
    sources = _sources(preset, audience)
    tag = Tag.objects.create(slug=f"tag-{preset}", **_in_three(f"Tag {canary(preset, 'tag')}", "name"))
    author = User.objects.create(email=f"{preset}@authors.example", name=canary(preset, "name"))
    planted.figure, narrow = _figures(planted, sources)
    planted.editions = _editions(planted, sources, tag, author)
    _cite(planted, narrow)
    _drafts(planted, author)
    words = {"dialogue": DIALOGUE, "theme": THEME, "word": f"former-{preset}", "left_at": timezone.now()}
    FormerAddress.objects.create(profile=profile, **words)
    planted.article = plant_news(preset, audience, hidden).address_number
    meeting = plant_calendar(preset, audience)
    planted.meeting = meeting.address_number
    documents = meeting.documents.order_by("pk")
    planted.document, planted.deskdocument = documents.values_list("address_number", flat=True)
    publication, project = plant_library(preset, audience, list(PLACES.values()))
    planted.publication, planted.project = publication.address_number, project.address_number
    planted.file, planted.deskfile = publication.files.order_by("pk").values_list("address_number", flat=True)
    return planted


def _in_three(text: str, name: str) -> dict[str, str]:
    return {f"{name}_{language}": text for language in LANGUAGES}


def _sections(profile: Profile) -> dict[str, Section]:
    headings = {
        heading.slug: heading
        for heading in OutlineSection.objects.filter(
            dialogue=DIALOGUE, theme=THEME, kind="country", slug__in=(OPENING, NARROW)
        )
    }
    wanted = {"opening": headings[OPENING], "narrow": headings[NARROW], "note": None}
    rows = {
        name: Section.objects.get_or_create(profile=profile, heading=heading)[0] for name, heading in wanted.items()
    }
    rows["narrow"].audience = [tokens.secretariat(DIALOGUE)]
    rows["narrow"].save()
    return rows


def _sources(preset: Preset, audience: list[str]) -> dict[str, Source]:
    secretariat = [tokens.secretariat(DIALOGUE)]
    audiences = {
        "source": audience,
        "narrowsource": secretariat,
        "further": [tokens.partner(NAMED_PARTNER), *secretariat],
    }
    return {
        kind: Source.objects.create(
            slug=f"{kind}-{preset}",
            dialogue_id=DIALOGUE,
            audience=readers,
            kind=SourceKind.NATIONAL,
            url=f"https://{canary(preset, kind)}.example/",
            language="en",
            **_in_three(canary(preset, kind), "name"),
        )
        for kind, readers in audiences.items()
    }


def _editions(planted: Planted, sources: dict[str, Source], tag: Tag, author: User) -> tuple[int, int]:
    profile, preset, number = planted.profile, planted.preset, planted.profile.editions.count()
    as_of = f"209{ORDER.index(preset)}-03"
    shared = {"profile": profile, "published_by": author, "audience": profile.audience, "as_of": as_of}
    now = timezone.now()
    former, newest = Edition.objects.bulk_create(
        Edition(number=number + step, published_at=now, endorsement=profile.endorsement, **shared) for step in (1, 2)
    )
    texts = []
    for edition, kinds in ((former, {"opening": "former"}), (newest, {"opening": "text", "narrow": "narrow"})):
        for name, kind in {**kinds, "note": "note" if edition is newest else "former"}.items():
            section = planted.section[name]
            for language in LANGUAGES:
                html = f"<p>{language} {canary(preset, kind)}</p>" + {"text": CITING, "narrow": LEADING}.get(kind, "")
                texts.append(
                    EditionText(
                        edition=edition, section=section, language=language, html=html, digest=digest(html),
                        audience=list(section.effective_audience(profile.audience)), tags=[tag.slug],
                    )
                )  # fmt: skip
    EditionText.objects.bulk_create(texts)
    leading = [text for text in texts if GONE in text.html]
    GoneLink.objects.bulk_create(GoneLink(text=text, address=GONE, gone_on=date(2012, 4, 1)) for text in leading)
    Citation.objects.bulk_create(
        [
            Citation(edition=newest, section=planted.section["opening"], source=sources["source"], position=1),
            Citation(edition=newest, section=planted.section["narrow"], source=sources["narrowsource"], position=1),
        ]
    )
    return former.number, newest.number


def _drafts(planted: Planted, author: User) -> None:
    Draft.objects.filter(section__profile=planted.profile).delete()
    Draft.objects.bulk_create(
        Draft(
            section=section,
            language=language,
            html=f"<p>{canary(planted.preset, 'draft')}</p>",
            changed_by=author,
        )
        for section in planted.section.values()
        for language in LANGUAGES
    )
    text = {"section": planted.section["opening"].pk, "language": "en", "html": canary(planted.preset, "draft")}
    planted.kept = KeptDrafts.objects.create(profile=planted.profile, kept_by=author, texts=[text]).pk


CITED, NARROW_CITED = "population-total/2011/source", "birth-rate/2011/narrowsource"
GONE = "https://gone.example/"
LEADING = f'<p><a href="{GONE}">…</a></p>'
CITING = f"<p>{element(CITED, '')}, {element(NARROW_CITED, '')}</p>"


def _figures(planted: Planted, sources: dict[str, Source]) -> tuple[Observation, Observation]:
    """One for the profile's readers, and one of a source for the Secretariat alone."""
    figures = [
        Observation.objects.create(
            indicator=Indicator.objects.get(slug=indicator),
            subject=Subject.objects.get(kind="country", slug=planted.slug),
            period="2011",
            value=value + ORDER.index(planted.preset),
            source=sources[source],
            dialogue_id=DIALOGUE,
            audience=planted.profile.audience,
            **_in_three(canary(planted.preset, "remark"), "remark"),
        )
        for indicator, source, value in (
            ("population-total", "source", 7160493180),
            ("birth-rate", "narrowsource", 9160493180),
        )
    ]
    FurtherSource.objects.create(observation=figures[0], source=sources["further"])
    return figures[0], figures[1]


def _cite(planted: Planted, narrow: Observation) -> None:
    """The opening text of the newest edition cites both; the first has been revised since."""
    edition = planted.profile.editions.get(number=planted.editions[1])
    index = ORDER.index(planted.preset)
    CitedFigure.objects.bulk_create(
        CitedFigure(
            edition=edition,
            section=planted.section["opening"],
            reference=reference,
            observation=figure,
            value=value + index,
        )
        for reference, figure, value in ((CITED, planted.figure, 8160493180), (NARROW_CITED, narrow, 9160493180))
    )
