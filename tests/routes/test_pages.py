"""Pages of routes: text and tables that say what the map draws, each as its reader may see it."""

import csv
import json
import re

import pytest
from django.conf import settings
from django.test import Client

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from atlas.wording import number
from indicators.models import Observation
from routes.models import Layer, Story, StoryStep
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
ROUTES = "/en/maps/mtm/routes/"
AGENCIES = {"central-mediterranean": "central-mediterranean", "eastern-mediterranean": "east-mediterranean"}


def facts(name: str) -> list[dict[str, str]]:
    with (settings.DATA_DIR / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(path: str, login: str = "stranger") -> str:
    response = browser_of(login).get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def content_of(text: str) -> dict:
    return json.loads(re.search(r'id="routes-content"[^>]*>(.*?)</script>', text, re.DOTALL)[1])


def year_of_twin(text: str, year: int) -> str:
    return re.search(rf'id="year-{year}">(.*?)\n  </details>', text, re.DOTALL)[1]


def row_of(text: str, year: int, attribute: str) -> str:
    return re.search(rf"<tr {attribute}>(.*?)</tr>", year_of_twin(text, year), re.DOTALL)[1]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_tables_hold_every_figure_of_the_facts(language):
    text = text_of(f"/{language}/maps/mtm/routes/")
    nearest = {row["slug"]: row["nearest_route"] for row in facts("reporting_areas")}
    for row in facts("frontex_detections_by_year"):
        for area, value in row.items():
            if area == "year" or value == "0":
                continue
            where = f'data-route="{nearest[area]}"' if nearest[area] else f'data-area="{area}"'
            assert f"<bdi>{number(int(value), 0, language)}</bdi>" in row_of(text, int(row["year"]), where), (
                area,
                row["year"],
            )
    for row in facts("missing_migrants_by_year"):
        where = f'data-route="{nearest[row["route"]]}"' if nearest[row["route"]] else f'data-area="{row["route"]}"'
        assert f"<bdi>{number(int(row['dead_and_missing']), 0, language)}</bdi>" in row_of(
            text, int(row["year"]), where
        )


def test_the_script_is_told_the_same_figures_as_the_tables():
    areas = content_of(text_of(ROUTES))["areas"]
    for row in facts("frontex_detections_by_quarter"):
        assert areas[row["route"]]["detections"][f"{row['year']}-Q{row['quarter']}"]["value"] == int(row["detections"])
    for row in facts("frontex_top_nationalities"):
        assert areas[row["route"]]["nationalities"][row["year"]][row["nationality_iso3"]]["text"] == number(
            int(row["detections"]), 0
        )
    for row in facts("frontex_detections_land_sea"):
        land, sea = (number(int(row[border]), 0) for border in ("land", "sea"))
        assert areas[row["route"]]["borders"][row["year"]]["text"] == f"at land borders {land}, at sea borders {sea}"


def test_before_2009_and_for_east_africa_a_line_is_indicative():
    text = text_of(ROUTES)
    for year, route in (
        (2006, "west-africa"),
        (2008, "central-mediterranean"),
        (2012, "east-africa"),
        (2024, "east-africa"),
    ):
        assert "indicative, no figure" in row_of(text, year, f'data-route="{route}"')
    assert "indicative, no figure" not in row_of(text, 2009, 'data-route="west-africa"')


def test_a_change_stands_in_its_year_with_its_source_and_where_none_is_known_the_table_says_so():
    text = text_of(ROUTES)
    told = row_of(text, 2011, 'data-route="central-mediterranean"')
    assert "January 2011" in told
    assert "After the uprising in Tunisia" in told
    assert "Frontex detections by quarter, 2011" in told
    assert "not recorded" in row_of(text, 2010, 'data-route="central-mediterranean"')


def test_areas_that_overlap_stand_apart_and_are_never_added():
    text = text_of(ROUTES)
    year = year_of_twin(text, 2015)
    assert "Reporting areas overlap: their figures are never added." in year
    assert "764,033" in row_of(text, 2015, 'data-area="western-balkan"')
    assert number(885386 + 764033, 0) not in text


def test_figures_are_shown_as_they_were_known_on_a_day():
    before = content_of(text_of(f"{ROUTES}?known-on=2010-12-31"))["areas"]
    assert before["total"]["detections"]["2009"]["text"] == "106,200"
    assert "2012" not in before["total"]["detections"]
    today = content_of(text_of(ROUTES))["areas"]["total"]["detections"]["2009"]
    assert today["text"] == "104,503"
    assert [row["text"] for row in today["known"]] == ["104,503", "106,200"]


def test_a_restricted_figure_is_told_to_its_readers_alone():
    with viewing(DESK):
        Observation.objects.filter(subject__slug="western-african", period="2024").update(audience=["secretariat:mtm"])
    assert "46,820" not in text_of(ROUTES, "official.mar")
    assert "46,820" in text_of(ROUTES, "editor")


# Routes, places, countries --------------------------------------------------------------------------------------------


def test_a_route_has_a_page_with_its_own_map_figures_and_the_countries_on_its_way():
    text = text_of(f"{ROUTES}of/route/west-mediterranean/")
    assert [row["slug"] for row in content_of(text)["routes"]] == ["west-mediterranean"]
    assert set(content_of(text)["areas"]) == {"western-mediterranean"}
    way = re.search(r'id="way-title".*?</ol>', text, re.DOTALL)[0]
    assert re.findall(r"/en/countries/([a-z-]+)/", way) == ["mali", "algeria", "morocco", "spain"]


def test_a_hub_shows_the_routes_that_pass_it():
    text = text_of(f"{ROUTES}of/hub/tamanrasset/")
    assert {row["slug"] for row in content_of(text)["routes"]} == {"central-mediterranean", "west-mediterranean"}


def test_a_country_names_the_routes_that_cross_it_and_a_bordering_one_does_not():
    assert "/en/maps/mtm/routes/of/route/central-mediterranean/" in text_of("/en/countries/libya/")
    assert "/en/maps/mtm/routes/of/route/east-africa/" in text_of("/en/countries/libya/")
    assert "/routes/of/route/" not in text_of("/en/countries/nigeria/")


@pytest.mark.parametrize(
    "path", ["of/route/nowhere/", "of/country/nigeria/", "of/hub/kabul/", "stories/nothing/", "editions/1999/"]
)
def test_what_lies_on_no_route_has_no_page(path):
    assert Client().get(f"{ROUTES}{path}").status_code == 404


def test_a_dialogue_without_a_map_has_neither_page_nor_tab():
    assert Client().get("/en/maps/rabat-process/routes/").status_code == 404
    assert "/maps/rabat-process/routes/" not in text_of("/en/maps/rabat-process/")
    assert ROUTES in text_of("/en/maps/mtm/")


def test_the_profile_of_a_route_leads_to_its_map():
    text = text_of("/en/maps/mtm/irregular-mixed-migration/central-mediterranean/", "official.mar")
    assert f'data-part="{ROUTES}of/route/central-mediterranean/"' in text
    assert "data-part" not in text_of("/en/maps/mtm/irregular-mixed-migration/morocco/", "official.mar")


# Stories --------------------------------------------------------------------------------------------------------------

STORY = f"{ROUTES}stories/central-mediterranean-2009-2014/"


def test_a_story_tells_its_steps_in_their_order_in_each_language():
    steps = re.findall(r'data-year="(\d+)" data-quarter="(\d?)"', text_of(STORY))
    assert steps == [("2009", ""), ("2010", ""), ("2011", "1"), ("2013", ""), ("2014", "")]
    assert "من الساحل الأفريقي إلى لامبيدوزا ومالطة" in text_of(STORY.replace("/en/", "/ar/"))
    assert 'data-view="33,15,3.75"' in text_of(STORY.replace("/en/", "/fr/")), "numbers for the script, not for people"


def test_a_layer_renamed_after_the_map_was_published_is_chosen_by_what_the_lines_have():
    with viewing(DESK):
        [layer] = Layer.objects.filter(dialogue="mtm", slug="main")
        for step in StoryStep.objects.all():
            step.layers.add(layer)
        StoryStep.objects.update(has_layers=True)
        Layer.objects.filter(pk=layer.pk).update(slug="all-routes", name_en="All routes")
    assert content_of(text_of(ROUTES))["layerNames"] == {"main": "All routes"}
    assert set(re.findall('data-layers="(.*?)"', text_of(STORY))) == {"main"}


def test_a_story_is_read_by_its_audience_alone():
    with viewing(DESK):
        Story.objects.update(audience=["dialogue:mtm:irregular-mixed-migration", "secretariat:mtm"])
    title = "The central Mediterranean, 2009 to 2014"
    assert Client().get(STORY).status_code == 404
    assert title not in text_of(ROUTES)
    assert title in text_of(ROUTES, "official.mar")
    assert browser_of("official.mar").get(STORY).status_code == 200
    assert browser_of("official.mar.dev").get(STORY).status_code == 404


# The log --------------------------------------------------------------------------------------------------------------


def test_reading_what_is_restricted_of_a_map_makes_a_line_and_what_is_open_none():
    for login in ("stranger", "official.ukr", "official.mar"):
        text_of(ROUTES, login)
    with viewing(DESK):
        lines = LogEntry.objects.values_list("person__email", "object")
        assert list(lines) == [("official.mar@imap.example", "mtm/routes/2025#1")]


SECRETARIAT_ALONE = ["secretariat:mtm"]


def of_eastern_mediterranean(**which):
    return Observation.objects.filter(
        subject__kind="reporting-area", subject__slug="eastern-mediterranean", indicator="detections", **which
    )


@pytest.mark.parametrize(("hidden", "left"), [("sea", "at land borders"), ("land", "at sea borders")])
def test_without_the_figure_of_one_border_the_page_says_the_other(hidden, left):
    with viewing(DESK):
        figures = of_eastern_mediterranean(period="2014", breakdown__has_key="border")
        narrowed = figures.get(breakdown={"border": hidden})
        shown = figures.exclude(pk=narrowed.pk).get()
        Observation.objects.filter(pk=narrowed.pk).update(audience=SECRETARIAT_ALONE)
    text = text_of(ROUTES)
    said = f"{left} {number(shown.value, 0)}"
    row = row_of(text, 2014, 'data-route="east-mediterranean"')
    assert f"<li>{said}</li>" in row
    assert f"at {hidden} borders" not in row
    assert content_of(text)["areas"]["eastern-mediterranean"]["borders"]["2014"]["text"] == said


def test_where_the_figure_of_the_year_is_hidden_what_else_is_known_of_it_stays():
    with viewing(DESK):
        of_eastern_mediterranean(period="2014", breakdown={}).update(audience=SECRETARIAT_ALONE)
    row = row_of(text_of(ROUTES), 2014, 'data-route="east-mediterranean"')
    assert "indicative, no figure" in row
    assert "at land borders" in row


# One nationality ------------------------------------------------------------------------------------------------------


def test_the_tables_of_one_nationality_hold_its_own_figures_and_no_others():
    text = text_of(f"{ROUTES}?nationality=TUN")
    assert "Only the detections of one nationality are shown: Tunisia." in text
    assert '<option value="TUN" selected>Tunisia</option>' in text
    row = row_of(text, 2011, 'data-route="central-mediterranean"')
    assert "<bdi>27,982</bdi>" in row
    assert "64,261" not in row, "the figure of everybody"
    assert "first quarter" not in row
    assert "no figure of this nationality" in row_of(text, 2011, 'data-route="east-mediterranean"')
    assert content_of(text)["nationality"] == "TUN"


def test_a_year_without_figures_of_the_nationality_says_so_in_words():
    year = year_of_twin(text_of(f"{ROUTES}?nationality=TUN"), 2010)
    assert "There is no figure for 2010: Tunisia." in year
    assert "this does not mean zero" in year
    assert "There is no figure for" not in year_of_twin(text_of(f"{ROUTES}?nationality=TUN"), 2011)


@pytest.mark.parametrize("asked", ["ATL", "tun", "", "TUN' OR 1=1"])
def test_a_nationality_that_has_no_figures_is_not_asked_for(asked):
    text = text_of(f"{ROUTES}?nationality={asked}")
    assert content_of(text)["nationality"] == ""
    assert "at sea borders" in text
