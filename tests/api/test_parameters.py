"""What a client may ask for, and what it is told when it asks wrongly."""

import pytest

from api.parameters import MOST, Wanted, WrongParameter, read


def test_without_parameters_everything_is_wanted():
    assert read({}) == Wanted()


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("-10,20,30,40", (-10, 20, 30, 40)),
        ("-10.5,20,0,30,40,1000", (-10.5, 20, 30, 40)),
        ("170,-10,-170,10", (170, -10, -170, 10)),
    ],
)
def test_a_box_is_west_south_east_north_with_or_without_heights(text, box):
    assert read({"bbox": text}).bbox == box


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2012-05-15", (2012, 2012)),
        ("2012-05-15T10:00:00Z", (2012, 2012)),
        ("2009-01-01/2012-12-31", (2009, 2012)),
        ("../2012-01-01", (None, 2012)),
        ("2009-01-01/", (2009, None)),
    ],
)
def test_a_time_is_an_instant_or_an_interval(text, years):
    assert read({"datetime": text}).years == years


@pytest.mark.parametrize(
    "parameters",
    [
        {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "0,10,1,5"}, {"bbox": "nan,0,1,1"}, {"bbox": "inf,0,1,1"},
        {"datetime": ".."}, {"datetime": "../.."}, {"datetime": "May"}, {"datetime": "2012-01-01/2009-01-01"},
        {"datetime": "a/b/c"}, {"limit": "0"}, {"limit": "-1"}, {"limit": "ten"}, {"limit": "9" * 400},
        {"limit": "١٢"}, {"offset": "-1"}, {"offset": "1e3"}, {"f": "html"}, {"audience": "public"}, {"Bbox": "0,0,1,1"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(parameters):
    with pytest.raises(WrongParameter):
        read(parameters)


def test_a_greater_limit_than_the_most_gives_the_most():
    assert read({"limit": "100000"}).limit == MOST
