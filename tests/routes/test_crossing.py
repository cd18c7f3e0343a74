"""Which countries a line crosses, in the order of its way."""

from shapely import box

from routes.geometry.country_crossings import LEAST_KM, Countries

WEST, MIDDLE, EAST = box(0, 0, 10, 10), box(10, 0, 20, 10), box(20, 0, 30, 10)
THREE = Countries(["WWW", "MMM", "EEE"], [WEST, MIDDLE, EAST])


def test_countries_come_in_the_order_of_the_way():
    assert THREE.along([(5, 5), (25, 5)]) == ["WWW", "MMM", "EEE"]
    assert THREE.along([(25, 5), (5, 5)]) == ["EEE", "MMM", "WWW"]


def test_a_line_along_a_border_is_no_stay():
    assert LEAST_KM == 10
    assert THREE.along([(9.95, 5), (5, 5)]) == ["WWW"]
    assert THREE.along([(10.05, 5), (5, 5)]) == ["WWW"], "five kilometres beyond the border"
    assert THREE.along([(10.2, 5), (5, 5)]) == ["MMM", "WWW"]


def test_what_has_no_code_and_the_sea_are_no_countries():
    assert Countries([None], [WEST]).along([(1, 1), (9, 9)]) == []
    assert THREE.along([(1, 20), (9, 30)]) == []
