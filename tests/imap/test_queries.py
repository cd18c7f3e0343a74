"""How many questions each page asks the database: so many, and no more when there is more of everything."""

from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.viewer import Viewer
from access.viewing import SETTING, viewing
from atlas.models import (
    Coverage,
    Dialogue,
    DialogueTheme,
    Membership,
    OutlineSection,
    Partner,
    PartnerKind,
    Role,
    Subject,
    SubjectKind,
    Theme,
)
from bench.crowd import gather
from demo.cast import ALL_FOUR
from indicators.models import FurtherSource, Indicator, Observation, Source, SourceKind
from profiles.models import Citation, CitedFigure, EditionText, Profile, Section, Tag
from profiles.texts import digest
from tests.conftest import STRANGER, browser_of, forget_all_pages

OPEN = "/en/maps/mtm/migration-development/"
RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/"
OFFICIAL = "official.mar"
EVERY_DESK = Viewer.secretariat_of(*ALL_FOUR)
NUMBERS = count(1)
SESSION_AND_USER = 2  # questions that every page asks for whoever is signed in

# Page → questions for a stranger and for an official, when nothing of it is kept. Session and user are not counted.
PAGES: dict[str, tuple[int, int]] = {
    "/en/": (10, 10),
    "/en/maps/": (5, 5),
    "/en/maps/mtm/": (14, 14),
    "/en/maps/mtm/about/": (5, 5),
    "/en/maps/mtm/partners/": (6, 6),
    "/en/maps/mtm/supporters/": (6, 6),
    "/en/maps/mtm/contact/": (5, 5),
    "/en/maps/mtm/by-year/": (11, 11),
    "/en/maps/mtm/routes/": (25, 26),
    "/en/maps/mtm/routes/editions/2012/": (25, 26),
    "/en/maps/mtm/routes/editions/2025/1/layers-4.geojson": (9, 10),
    "/en/maps/mtm/routes/stories/central-mediterranean-2009-2014/": (24, 25),
    "/en/maps/mtm/routes/of/hub/agadez/": (23, 24),
    OPEN: (9, 9),
    f"{OPEN}?by=area": (11, 11),
    f"{OPEN}across/remittances/": (11, 11),
    f"{OPEN}morocco/": (17, 17),
    f"{OPEN}morocco/remittances/": (17, 17),
    f"{OPEN}morocco/print/": (15, 15),
    f"{OPEN}morocco/editions/1/": (17, 17),
    RESTRICTED: (9, 9),
    f"{RESTRICTED}across/detection/": (10, 13),
    f"{RESTRICTED}morocco/": (5, 18),
    f"{RESTRICTED}morocco/detection/": (5, 18),
    f"{RESTRICTED}morocco/print/": (3, 16),
    "/en/countries/": (3, 3),
    "/en/countries/morocco/": (21, 21),
    "/en/news/of/morocco/": (3, 3),
    "/en/terms/": (1, 1),
    "/en/news/": (5, 5),
    "/en/news/reviews/": (1, 1),
    "/en/news/rss/?subject=morocco&publisher=sahel": (4, 4),
    "/en/news/atom/": (1, 1),
    "/en/search/?q=zugzwang": (10, 10),  # one for each kind, the subjects that articles name, and two for the words
    "/en/calendar/": (8, 8),
    "/en/calendar/2012-05/": (7, 7),
    "/en/library/": (6, 6),
    "/en/links/": (2, 2),
    "/en/accounts/login/": (0, 0),
}
LAYER = "/en/maps/mtm/routes/editions/2025/1/layers-4.geojson"
SECTIONS = {STRANGER: f"{OPEN}morocco/remittances/", OFFICIAL: f"{RESTRICTED}morocco/detection/"}


def questions(client: Client, path: str, **headers: str) -> list[str]:
    """The statements for a page, but those that open and close its transaction and name its viewer."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=headers).status_code in (200, 204, 302, 304, 404)
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", f"SELECT coalesce(current_setting('{SETTING}'")
    return [query["sql"] for query in queries if not query["sql"].startswith(frame)]


def on_a_first_visit(client: Client, path: str) -> int:
    forget_all_pages()
    return len(questions(client, path))


def arrived(login: str) -> Client:
    """Their visit has begun: the first page of a visit writes that down."""
    client = browser_of(login)
    client.get("/en/terms/")
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_so_many_questions(path):
    stranger, official = arrived(STRANGER), arrived(OFFICIAL)
    asked = on_a_first_visit(stranger, path), on_a_first_visit(official, path) - SESSION_AND_USER
    assert asked == PAGES[path]


@pytest.mark.parametrize(("login", "path"), [*SECTIONS.items(), (STRANGER, LAYER), (OFFICIAL, LAYER)])
def test_a_repeat_visit_of_a_section_or_a_layer_asks_one_question(committed_world, settings, login, path):
    """Whether anything changed; for whoever is signed in, session and user before it and a line of the log after it.

    So does a 304.
    """
    in_process = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # no other test empties it meanwhile
    settings.CACHES = {"default": in_process}
    client = arrived(login)
    etag = client.get(path)["ETag"]
    expected = 1 + (SESSION_AND_USER + 1 if login == OFFICIAL else 0)
    assert len(questions(client, path)) == expected
    assert len(questions(client, path, if_none_match=etag)) == expected
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    assert len(queries) == expected  # no transaction is opened for it, and the viewer is named in the question itself


def test_no_page_asks_more_when_there_is_more_of_everything(committed_world):
    readers = {STRANGER: arrived(STRANGER), OFFICIAL: arrived(OFFICIAL)}
    pages = [*PAGES, "/ar/maps/mtm/migration-development/morocco/remittances/"]

    def asked() -> dict[tuple[str, str], int]:
        return {(page, login): on_a_first_visit(client, page) for page in pages for login, client in readers.items()}

    with viewing(EVERY_DESK):
        more_of_morocco(1)
    before = asked()
    with viewing(EVERY_DESK):
        gather(Profile.objects.count() + 200)
        more_of_the_world()
        more_of_morocco(5)
    assert asked() == before


def more_of_the_world() -> None:
    """Dialogues, themes, partners of every role, covered countries, tags."""
    for _ in range(3):
        name = f"more-{next(NUMBERS)}"
        theme = Theme.objects.create(slug=f"theme-of-{name}", name=name)
        dialogue = Dialogue.objects.create(slug=f"dialogue-{name}", short_name=name, name=name, languages=["en", "es"])
        Coverage.objects.create(dialogue=dialogue, subject=Subject.objects.get(slug="morocco"))
        for taking_up in (dialogue, Dialogue.objects.get(pk="mtm")):
            DialogueTheme.objects.create(dialogue=taking_up, theme=theme)
        Tag.objects.create(slug=name, name=name)
        country = Subject.objects.create(kind=SubjectKind.COUNTRY, slug=f"country-{name}", name=name, iso3=name[-3:])
        Coverage.objects.create(dialogue_id="mtm", subject=country)
        state = Partner.objects.create(slug=f"state-{name}", kind=PartnerKind.STATE, subject=country)
        Membership.objects.create(dialogue_id="mtm", partner=state, role=Role.PARTNER)
        for role in Role:
            partner = Partner.objects.create(slug=f"{role}-{name}", kind=PartnerKind.AGENCY, name=name)
            Membership.objects.create(dialogue_id="mtm", partner=partner, role=role)


def more_of_morocco(number: int) -> None:
    """Figures with several sources, and in both of its profiles sections in several languages that cite them."""
    country = Subject.objects.get(slug="morocco", kind=SubjectKind.COUNTRY)
    figures = [_figure(country) for _ in range(number)]
    for theme in ("migration-development", "irregular-mixed-migration"):
        profile = Profile.objects.get(dialogue="mtm", theme=theme, subject=country)
        for figure in figures:
            _section(profile, figure)


def _figure(country: Subject) -> Observation:
    name = f"more-{next(NUMBERS)}"
    known = Indicator.objects.get(slug="population-total")
    indicator = Indicator.objects.create(slug=name, topic=known.topic, name=name, unit=known.unit)
    first, second = (
        Source.objects.create(slug=f"{name}-{place}", dialogue_id="mtm", audience=["public"], name=name, kind=kind)
        for place, kind in enumerate((SourceKind.NATIONAL, SourceKind.RESEARCH))
    )
    figure = Observation.objects.create(
        indicator=indicator, subject=country, period="2011", value=7, source=first, dialogue_id="mtm", audience=["public"]
    )  # fmt: skip
    FurtherSource.objects.create(observation=figure, source=second)
    return figure


def _section(profile: Profile, figure: Observation) -> None:
    """Published in the profile's edition with three languages."""
    edition = profile.editions.get()
    place = next(NUMBERS)
    heading = OutlineSection.objects.create(
        dialogue=profile.dialogue, theme=profile.theme, kind=SubjectKind.COUNTRY, slug=f"more-{place}", title="More",
        position=100 + place,
    )  # fmt: skip
    section = Section.objects.create(profile=profile, heading=heading)
    reference = f"{figure.indicator_id}/{figure.period}/{figure.source.slug}"
    html = f'<p><data value="{reference}"></data></p>'
    for language in ("en", "fr", "es"):
        EditionText.objects.create(
            edition=edition, section=section, language=language, audience=edition.audience, html=html, digest=digest(html)
        )  # fmt: skip
    Citation.objects.create(edition=edition, section=section, source=figure.source, position=1)
    CitedFigure.objects.create(
        edition=edition, section=section, reference=reference, observation=figure, value=figure.value
    )
