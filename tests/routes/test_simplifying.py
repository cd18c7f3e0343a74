"""Lines lose the points that nobody can tell at a zoom, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routes.geometry.simplification import simplified, tolerance_deg

DEGREES = st.floats(-180, 180, allow_nan=False)
LINES = st.lists(st.tuples(DEGREES, DEGREES), min_size=2, max_size=40)


def test_a_point_on_the_straight_way_is_left_out_and_a_corner_stays():
    assert simplified([(0, 0), (1, 0), (2, 0), (2, 5)], 0.01) == [(0, 0), (2, 0), (2, 5)]


def test_a_bow_stays_where_it_can_be_seen():
    line = [(0, 0), (5, 0.3), (10, 0)]
    assert simplified(line, 0.2) == line
    assert simplified(line, 0.4) == [line[0], line[-1]]


@pytest.mark.parametrize(("zoom", "degrees"), [(0, 0.703125), (4, 0.0439453125), (7, 0.0054931640625)])
def test_half_a_pixel_is_so_many_degrees(zoom, degrees):
    assert tolerance_deg(zoom) == degrees


@given(LINES, st.floats(0.001, 5))
def test_ends_and_order_stay(line, tolerance):
    fewer = simplified(line, tolerance)
    assert (fewer[0], fewer[-1]) == (line[0], line[-1])
    rest = iter(line)
    assert all(point in rest for point in fewer)


@given(LINES)
def test_without_any_tolerance_only_points_on_the_straight_way_go(line):
    assert simplified(simplified(line, 0), 0) == simplified(line, 0)
