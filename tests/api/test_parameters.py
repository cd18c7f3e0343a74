"""What a program asks of the maps, read as the standard says; what is wrong is told."""

from datetime import date

import pytest

from api.parameters import MOST, InvalidParameter, boxes_of, days_of, item_query

ACROSS = [[0.0, 0.0], [10.0, 10.0]]  # a line from south-west to north-east
ROUND_ACROSS = (0.0, 0.0, 10.0, 10.0)


def asked(**given: str):
    return item_query({name: [value] for name, value in given.items()})


def test_nothing_asked_is_everything():
    everything = asked()
    assert everything.meets(ROUND_ACROSS, ACROSS)
    assert everything.meets_days(date(2009, 1, 1), None)
    assert everything.query == ""


@pytest.mark.parametrize(
    ("bbox", "is_met"),
    [
        ("4,4,6,6", True),
        ("-1,-1,11,11", True),
        ("7,0,9,3", False),  # inside the line's box, beside the line
        ("10,10,12,12", True),  # its end alone
        ("11,0,12,10", False),
        ("4,4,0,6,6,100", True),  # with heights, which no segment has
        ("170,-10,5,10", True),  # across the date line
        ("170,-10,-170,10", False),
    ],
)
def test_a_line_is_in_a_box_when_it_goes_through_it(bbox, is_met):
    assert asked(bbox=bbox).meets(ROUND_ACROSS, ACROSS) == is_met


def test_a_point_is_in_a_box_or_on_its_edge():
    point, box = [13.2, 32.9], (13.2, 32.9, 13.2, 32.9)
    assert asked(bbox="13.2,32,14,33").meets(box, point)
    assert not asked(bbox="13.3,32,14,33").meets(box, point)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2009-07-01", (date(2009, 7, 1), date(2009, 7, 1))),
        ("2009-07-01T12:00:00Z", (date(2009, 7, 1), date(2009, 7, 1))),
        ("2009-07-01T12:00:00.5+02:00/2010-01-01", (date(2009, 7, 1), date(2010, 1, 1))),
        ("2009-07-01/..", (date(2009, 7, 1), None)),
        ("/2009-07-01", (None, date(2009, 7, 1))),
        ("../..", (None, None)),
    ],
)
def test_days_are_an_instant_or_an_interval(text, days):
    assert days_of(text) == days


def test_what_has_no_recorded_years_is_there_on_every_day():
    in_2009 = asked(datetime="2009-01-01/2009-12-31")
    assert in_2009.meets_days(None, None)
    assert in_2009.meets_days(date(2009, 12, 31), None)
    assert not in_2009.meets_days(date(2010, 1, 1), None)
    assert not in_2009.meets_days(None, date(2008, 12, 31))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"bbox": ["1,2,3"]}, "four numbers"),
        ({"bbox": ["1,2,3,x"]}, "four numbers"),
        ({"bbox": ["nan,0,1,1"]}, "four numbers"),
        ({"bbox": ["1e999,0,1,1"]}, "four numbers"),
        ({"bbox": ["0,0,181,1"]}, "longitudes"),
        ({"bbox": ["0,5,1,1"]}, "north"),
        ({"bbox": [""]}, "four numbers"),
        ({"bbox-crs": ["EPSG:3857"]}, "CRS84"),
        ({"datetime": ["2009"]}, "2009-07-01"),
        ({"datetime": ["2009-02-30"]}, "no such day"),
        ({"datetime": ["2010-01-01/2009-01-01"]}, "before it begins"),
        ({"datetime": ["2009-01-01/2010-01-01/2011-01-01"]}, "interval"),
        ({"datetime": [".."]}, "instant"),
        ({"limit": ["0"]}, "limit"),
        ({"limit": ["-1"]}, "limit"),
        ({"limit": ["ten"]}, "limit"),
        ({"limit": ["٢"]}, "limit"),
        ({"limit": ["9" * 5000]}, "limit"),
        ({"offset": ["1.5"]}, "offset"),
        ({"limit": ["1", "2"]}, "more than once"),
        ({"f": ["html"]}, "f:"),
        ({"layer": ["main"]}, "Unknown parameter"),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_reason(given, says):
    with pytest.raises(InvalidParameter, match=says):
        item_query(given)


def test_more_than_the_most_is_the_most():
    assert asked(limit="1000000").limit == MOST


def test_the_next_page_asks_the_same_of_what_follows():
    first = asked(bbox="0,0,10,10", limit="5", offset="5")
    assert item_query({"bbox": ["0,0,10,10"], "limit": ["5"], "offset": ["10"]}).query == first.at(10).query


def test_a_box_across_the_date_line_is_two():
    assert boxes_of("170,-10,-170,10") == ((170, -10, 180.0, 10), (-180.0, -10, -170, 10))
