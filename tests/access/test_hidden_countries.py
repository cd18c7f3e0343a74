"""A country that is no reference data, of a dialogue that few may know of: no map, list, footnote or form names it."""

import pytest

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import SecretariatMember
from atlas.models import Coverage, Dialogue, Membership, Partner, PartnerKind, Role, Subject, SubjectKind
from indicators.models import Indicator, Observation, StateDefinition
from routes.models import Story
from tests.access.planting import OTHER_DESK, plant_other_desk
from tests.conftest import STRANGER, browser_of, forget_all_pages

pytestmark = pytest.mark.django_db

HIDDEN = "prague-process"
DESK = Viewer.secretariat_of(HIDDEN)
SLUG, CODE = "zquexland", "ZQX"
NAMES = {"name_en": "Zquexland", "name_fr": "Zquexlande", "name_ar": "زكويكسلاند"}
FOOTNOTES = {f"footnote_{language}": f"Vexatious footnote, {language}" for language in ("en", "fr", "ar")}
# The code as a value or a key: three letters alone stand in some random token sooner or later.
WORDS = (SLUG, f'"{CODE}"', "Zquexland", NAMES["name_ar"], "Vexatious")
THEMES = {"mtm": "migration-development", "restricted": "irregular-mixed-migration"}
PAGES = (
    "", "maps/", "maps/mtm/", "maps/mtm/by-year/", "maps/mtm/partners/", "maps/mtm/routes/", "maps/budapest-process/",
    "maps/budapest-process/by-year/", f"maps/mtm/{THEMES['mtm']}/", f"maps/mtm/{THEMES['mtm']}/?by=area",
    f"maps/mtm/{THEMES['mtm']}/across/remittances/", f"maps/mtm/{THEMES['restricted']}/across/detection/",
    f"maps/mtm/{THEMES['mtm']}/morocco/", f"maps/mtm/{THEMES['mtm']}/morocco/print/", "countries/", "countries/morocco/",
    "news/", "news/rss/", "calendar/", "library/", "links/", "search/suggestions/?q=Zqu",
)  # fmt: skip
MACHINES = ("/api/ogc/", "/api/ogc/collections", "/sitemap.xml")
FORMS = (
    "indicators/observation/add/", "indicators/observation/", "indicators/statedefinition/", "atlas/subject/",
    "atlas/subject/?q=zq", "atlas/partner/", "atlas/coverage/", "atlas/coverage/add/", "atlas/membership/add/",
    "atlas/outlinesection/", "profiles/profile/", "profiles/profile/add/", "newscentre/article/", "newscentre/inbox/",
    "newscentre/meeting/", "newscentre/meeting/add/", "newscentre/publication/add/",
    "autocomplete/?app_label=indicators&model_name=observation&field_name=subject&term=Zqu",
    "autocomplete/?app_label=profiles&model_name=profile&field_name=subject&term=Zqu",
)  # fmt: skip


@pytest.fixture
def hidden_country(db) -> Subject:
    """Covered by a dialogue that its Secretariat alone may know of, and taking part in it."""
    with viewing(DESK):
        Dialogue.objects.filter(pk=HIDDEN).update(audience=[f"secretariat:{HIDDEN}"])
        country = Subject.objects.create(
            kind=SubjectKind.COUNTRY, slug=SLUG, iso3=CODE, made_by_id=HIDDEN, **NAMES, **FOOTNOTES
        )
        state = Partner.objects.create(slug="of-zq", kind=PartnerKind.STATE, subject=country, made_by_id=HIDDEN)
        Coverage.objects.create(dialogue_id=HIDDEN, subject=country)
        StateDefinition.objects.create(indicator=Indicator.objects.first(), subject=country, text="Its own")
        Membership.objects.create(dialogue_id=HIDDEN, partner=state, role=Role.PARTNER, joined=2012)
    forget_all_pages()
    return country


@pytest.fixture
def other_desk(db):
    return plant_other_desk()


def told_on(login: str, pages) -> list[tuple[str, str]]:
    """Where which of the country's words stand."""
    client, found = browser_of(login), []
    for path in pages:
        answer = client.get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found += [(path, word) for word in WORDS if word in text.decode()]
    return found


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("login", [STRANGER, "official.mar", OTHER_DESK])
def test_no_page_names_a_country_that_few_may_be_told_of(hidden_country, other_desk, login, language):
    assert told_on(login, (*(f"/{language}/{page}" for page in PAGES), *MACHINES)) == []
    assert browser_of(login).get(f"/{language}/countries/{SLUG}/").status_code == 404


def test_no_form_of_another_desk_offers_it(hidden_country, other_desk):
    forms = [f"/secretariat/{page}" for page in FORMS]
    for login in ("editor", OTHER_DESK):
        assert told_on(login, forms) == []


def test_its_own_desk_is_shown_it_on_the_map_and_offered_it(hidden_country, other_desk):
    SecretariatMember.objects.create(user=other_desk, dialogue_id=HIDDEN)
    client = browser_of(OTHER_DESK)
    for path in (
        "/en/",
        f"/en/maps/{HIDDEN}/",
        f"/en/maps/{HIDDEN}/by-year/",
        "/secretariat/indicators/observation/add/",
    ):
        answer = client.get(path).content.decode()
        assert NAMES["name_en"] in answer and CODE in answer, path
    for path in ("/en/", f"/en/maps/{HIDDEN}/"):
        assert FOOTNOTES["footnote_en"] in client.get(path).content.decode(), path


def test_a_state_that_takes_part_stands_on_the_map_though_nothing_else_names_it(hidden_country):
    """As on the page of partners, which says it too."""
    with viewing(Viewer.secretariat_of("mtm")):
        state = hidden_country.partner
        Membership.objects.create(dialogue_id="mtm", partner=state, role=Role.PARTNER, joined=2012)
    forget_all_pages()
    client = browser_of(STRANGER)
    for path in ("/en/maps/mtm/", "/en/maps/mtm/partners/", "/en/maps/mtm/by-year/"):
        assert NAMES["name_en"] in client.get(path).content.decode(), path


def test_a_figure_of_a_nationality_that_its_desk_may_not_name_keeps_it(hidden_country):
    """Its form chooses the code, which the figure has, and says no name."""
    with viewing(Viewer.secretariat_of("mtm")):
        known = Observation.objects.filter(dialogue="mtm", withdrawn_on=None).first()
        figure = Observation.objects.create(
            indicator=known.indicator, subject=known.subject, period="1987", value=7, source=known.source,
            dialogue_id="mtm", audience=["public"], breakdown={"nationality": CODE},
        )  # fmt: skip
    form = browser_of("editor").get(f"/secretariat/indicators/observation/{figure.pk}/change/").content.decode()
    assert f'<option value="{CODE}" selected>{CODE}</option>' in form
    assert NAMES["name_en"] not in form


@pytest.mark.parametrize("part", ["", "remittances/", "print/"])
def test_a_profile_of_what_lies_in_it_does_not_name_it(hidden_country, other_desk, part):
    """Whoever opened the page first: all who see the same share it."""
    Subject.objects.filter(kind=SubjectKind.COUNTRY, slug="morocco").update(country=hidden_country)
    forget_all_pages()
    SecretariatMember.objects.create(user=other_desk, dialogue_id=HIDDEN)
    for login in (OTHER_DESK, STRANGER):
        answer = browser_of(login).get(f"/en/maps/mtm/{THEMES['mtm']}/morocco/{part}", follow=True).content.decode()
        assert "Morocco" in answer
    assert NAMES["name_en"] not in answer and SLUG not in answer


def test_a_map_says_of_no_area_or_step_a_route_that_it_does_not_show_its_reader(db):
    """A reporting area is nearest to a route, and a step of a story is about one: mentions, which name nothing."""
    route = Subject.objects.create(kind=SubjectKind.ROUTE, slug="zquex-route", name_en="Zquex route", made_by_id=HIDDEN)
    Subject.objects.filter(kind=SubjectKind.REPORTING_AREA).update(nearest_route=route)
    with viewing(Viewer.secretariat_of("mtm")):
        told = Story.objects.get(slug="central-mediterranean-2009-2014")
        told.steps.update(route=route)
    forget_all_pages()
    for page in ("", f"stories/{told.slug}/"):
        answer = browser_of(STRANGER).get(f"/en/maps/mtm/routes/{page}")
        assert answer.status_code == 200 and route.slug not in answer.content.decode(), page
