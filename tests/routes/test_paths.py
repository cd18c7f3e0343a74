"""Lines keep to their side of the coast, bow a little, and begin and end where their stops are."""

from functools import cache

import pytest
import shapely
from django.conf import settings

from atlas.basemaps import SHAPES
from atlas.shapes import read_countries
from routes.geometry.paths import COAST_KM, NoPath, distance_km, path_between, wrong_side_km

TRIPOLI, LAMPEDUSA, NOUADHIBOU, LAS_PALMAS = (13.19, 32.89), (12.61, 35.5), (-17.04, 20.94), (-15.42, 28.1)
ORESTIADA, ATHENS, IZMIR, CHIOS = (26.53, 41.5), (23.73, 37.98), (27.14, 38.41), (26.14, 38.37)


@cache
def land():
    return shapely.union_all(read_countries(settings.DATA_DIR / SHAPES).geometry.values)


@pytest.mark.parametrize(("start", "end"), [(TRIPOLI, LAMPEDUSA), (NOUADHIBOU, LAS_PALMAS), (IZMIR, CHIOS)])
def test_a_way_by_sea_keeps_off_the_land(start, end):
    line = path_between(start, end, land(), is_sea=True)
    assert (line.coords[0], line.coords[-1]) == (start, end)
    assert wrong_side_km(line, land()) == 0
    assert len(line.coords) > 4, "a straight line is no way by sea"


def test_a_way_by_land_goes_round_the_sea():
    line = path_between(ORESTIADA, ATHENS, land(), is_sea=False)
    straight = shapely.LineString([ORESTIADA, ATHENS])
    assert line.difference(land()).length < 0.2 * straight.difference(land()).length


def test_the_measure_finds_a_line_that_crosses_a_country():
    assert wrong_side_km(shapely.LineString([(12.61, 35.5), (30.0, 31.5), (30.0, 20.0)]), land()) > 500


def test_there_is_no_way_by_sea_to_a_town_in_the_desert():
    with pytest.raises(NoPath):
        path_between((14.43, 27.04), LAMPEDUSA, land(), is_sea=True)


def test_distances_are_those_of_the_globe():
    assert distance_km(TRIPOLI, LAMPEDUSA) == pytest.approx(295, abs=3)
    assert COAST_KM == 25
