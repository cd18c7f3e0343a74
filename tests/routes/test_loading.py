"""The routes of the facts: every branch is drawn, along land and sea, and every figure stands beside its area."""

import csv
from decimal import Decimal
from itertools import pairwise

import pytest
import shapely
from django.conf import settings
from django.core.exceptions import ValidationError
from shapely.geometry import shape

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.basemaps import SHAPES
from atlas.loading import Loading
from atlas.models import Subject
from atlas.shapes import read_countries
from routes.geometry.country_crossings import LEAST_KM
from routes.geometry.paths import outside_km, wrong_side_km
from routes.geometry.shapes import countries_of
from routes.geometry.widths import width_px
from routes.loading import load_routes
from routes.models import Mode, Segment, SegmentDrawing, Stop, StopDrawing, StopKind
from routes.publishing import MapTitle, publish_map
from routes.reading import edition_at, read
from tests.conftest import user_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")


def facts(name: str) -> list[dict[str, str]]:
    with (settings.DATA_DIR / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(viewer: Viewer = ANYONE, year: int | None = None):
    with viewing(viewer):
        edition = edition_at(viewer, "mtm", year)
        return edition and read(edition, viewer)


def test_every_branch_of_every_route_is_drawn_from_town_to_town():
    with viewing(DESK):
        drawn = {
            (row.route.slug, row.start.place.name_en, row.end.place.name_en)
            for row in Segment.objects.select_related("route", "start__place", "end__place")
        }
    for row in facts("routes"):
        for branch in row["chain"].split(";"):
            towns = [town.strip() for town in branch.split(">")]
            for leg in pairwise(towns):
                assert (row["slug"], *leg) in drawn or (row["slug"], leg[1], leg[1]) in drawn, leg


def test_no_segment_by_sea_crosses_land_farther_than_25_km_from_its_ends():
    land = shapely.union_all(read_countries(settings.DATA_DIR / SHAPES).geometry.values)
    with viewing(DESK):
        lines = [shape(drawing.line) for drawing in SegmentDrawing.objects.filter(segment__mode=Mode.SEA)]
    assert len(lines) >= 17
    assert [wrong_side_km(line, land) for line in lines] == [0] * len(lines)


ONE_STATE = {("hakkari", "urfa"), ("orestiada", "athens"), ("mogadishu", "bosaso"), ("ghadames", "zuwarah")}


def test_a_line_by_land_between_two_places_of_one_state_stays_in_it():
    countries, strayed, seen = countries_of("mtm"), {}, set()
    with viewing(DESK):
        ends = ("segment__start__place__country", "segment__end__place__country")
        for drawing in SegmentDrawing.objects.filter(segment__mode=Mode.LAND).select_related(*ends):
            start, end = drawing.segment.start.place, drawing.segment.end.place
            if start.country is None or start.country != end.country:
                continue
            seen.add((start.slug, end.slug))
            crossed = set(countries.along(drawing.line["coordinates"])) - {start.country.iso3}
            area = countries.area_of(start.country.iso3)
            if crossed or (area is not None and outside_km(shape(drawing.line), area) > 2 * LEAST_KM):
                strayed[str(drawing)] = crossed
    assert seen >= ONE_STATE
    assert strayed == {}


def test_a_schematic_line_states_the_countries_of_its_ends_and_no_other():
    whole = shown(DESK)
    with viewing(DESK):
        drawings = SegmentDrawing.objects.select_related("segment__start__place", "segment__end__place")
        schematic = {row.segment_id: row.segment for row in drawings if row.is_schematic}
        assert len(schematic) == len(whole.segments), "all that is loaded is"
        for row in whole.segments:
            ends = (schematic[row.segment_id].start.place, schematic[row.segment_id].end.place)
            assert set(row.countries) <= {place.country.iso3 for place in ends if place.country}, str(row)


def test_a_line_whose_way_a_source_states_names_the_countries_between():
    with viewing(DESK):
        drawing = SegmentDrawing.objects.select_related("segment").filter(segment__mode=Mode.LAND).first()
        names = dict.fromkeys(("en", "fr", "ar"), "Map of 2033")
        titled = MapTitle(2033, "2033", 2000, 2020, {f"title_{language}": name for language, name in names.items()})
        drawing.is_schematic, drawing.source = False, "A survey"
        drawing.save()
        stated = publish_map("mtm", titled, ["public"], crossing=lambda line: ["TCD"]).features.get(
            segment=drawing.segment
        )
        assert "TCD" in stated.countries
        drawing.source = ""
        with pytest.raises(ValidationError):
            drawing.full_clean()


@pytest.mark.parametrize("country", ["syria", "iraq", "bulgaria"])
def test_the_page_of_a_country_names_no_route_that_a_picture_alone_leads_through_it(client, country):
    page = client.get(f"/en/countries/{country}/")
    assert page.status_code == 200
    assert "Routes that cross it" not in page.content.decode()


def test_a_stop_that_the_desk_made_without_drawing_it_is_drawn_at_the_next_load():
    with viewing(DESK):
        StopDrawing.objects.filter(stop__place__slug="agadez").delete()
        number = Stop.objects.count()
        load_routes(settings.DATA_DIR, Loading())
        assert Stop.objects.count() == number
        assert StopDrawing.objects.filter(stop__place__slug="agadez").count() == 1


def test_a_town_inland_has_a_landing_point_at_the_coast():
    with viewing(DESK):
        segment = Segment.objects.get(route__slug="east-mediterranean", start__place__slug="mersin", mode=Mode.SEA)
        assert segment.end.kind == StopKind.LANDING
        assert segment.end.place.slug == "nicosia"
        assert Segment.objects.filter(start=segment.end, end__kind=StopKind.PORT, mode=Mode.LAND).exists()


def test_a_segment_names_the_published_map_unless_that_names_neither_of_its_ends():
    with viewing(DESK):
        sources = set(SegmentDrawing.objects.values_list("confidence", "source"))
    assert sources == {
        ("documented", "MTM Map on Irregular and Mixed Migration Routes, 2012"),
        ("indicative", "MTM Map on Irregular and Mixed Migration Routes, 2012"),
        ("presumed", ""),
    }


def test_reasons_of_change_are_those_of_the_facts_with_their_sources():
    rows = facts("route_events")
    reasons = shown().reasons
    assert [(row.properties["date"], row.properties["route"], row.properties["source"]) for row in reasons] == [
        (row["date"], row["route"], row["source"]) for row in rows
    ]
    assert [row.properties["text"]["en"].rstrip(".") for row in reasons] == [row["event"].rstrip(".") for row in rows]


def test_an_earlier_map_runs_through_its_own_years():
    assert list(shown(year=2012).years) == list(range(2002, 2013))
    assert shown().edition.year == 2025
    assert shown(year=1999) is None


def test_detections_of_each_area_and_year_are_those_of_the_facts():
    areas = {row.area.slug: row for row in shown().areas}
    for row in facts("frontex_detections_by_year"):
        year = int(row.pop("year"))
        for area, value in row.items():
            assert areas[area].in_year(year).value == Decimal(value), (area, year)
    for row in facts("frontex_detections_by_quarter"):
        assert areas[row["route"]].newest(f"{row['year']}-Q{row['quarter']}").value == Decimal(row["detections"])
    for row in facts("frontex_detections_land_sea"):
        borders = areas[row["route"]].borders[row["year"]]
        assert (borders["land"].value, borders["sea"].value) == (Decimal(row["land"]), Decimal(row["sea"]))
    for row in facts("frontex_top_nationalities"):
        found = {
            figure.breakdown["nationality"]: figure.value for figure in areas[row["route"]].nationalities[row["year"]]
        }
        assert found[row["nationality_iso3"]] == Decimal(row["detections"])
    for row in facts("missing_migrants_by_year"):
        assert areas[row["route"]].deaths[row["year"]].value == Decimal(row["dead_and_missing"])


def test_what_was_said_of_a_year_before_is_kept_beside_what_is_said_today():
    total = next(row for row in shown().areas if row.area.slug == "total")
    assert [(row.value, row.known_on) for row in total.revisions("2009")] == [
        (104503, "2025-06-03"),
        (106200, "2010-06"),
    ]
    assert total in shown().areas_without_a_route


def test_the_area_beside_a_route_is_the_nearest_and_east_africa_has_none():
    routes = {route.slug: shown().area_beside(route) for route in Subject.objects.filter(kind="route")}
    assert routes.pop("east-africa") is None
    assert {slug: area.area.slug for slug, area in routes.items()} == {
        row["nearest_route"]: row["slug"] for row in facts("reporting_areas") if row["nearest_route"]
    }


@pytest.mark.parametrize(("detections", "pixels"), [(None, None), (0, 2.0), (10_000, 4.5), (885_386, 25.5)])
def test_a_width_follows_the_formula_of_the_legend(detections, pixels):
    assert width_px(detections) == pixels


def test_a_crossing_point_is_seen_by_those_who_read_for_the_theme_alone():
    official = user_of("official.mar").viewer
    names = {viewer: {row.properties["name"]["en"] for row in shown(viewer).stops} for viewer in (ANYONE, official)}
    assert names[official] - names[ANYONE] == {"Evros river crossing"}
    hidden = {row.pk for row in shown(official).segments} - {row.pk for row in shown().segments}
    assert len(hidden) == 2, "the two stretches to and from it"


def test_a_map_takes_the_same_queries_whatever_it_shows(django_assert_num_queries):
    with viewing(ANYONE):
        edition = edition_at(ANYONE, "mtm")
        with django_assert_num_queries(4):
            read(edition, ANYONE)
