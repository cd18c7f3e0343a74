"""Query parameters for the items of a collection (OGC 17-069r4, 7.15).

Pure: no Django. Longitudes and latitudes are WGS 84 degrees, longitude first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from urllib.parse import urlencode

LIMIT, MOST = 1000, 10_000  # items of a page: unless told, and at most, whatever is asked for
FARTHEST = 10**9  # an offset beyond which no collection goes
INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)
WHOLE_NUMBER = re.compile(r"\d{1,10}", re.ASCII)
DECIMAL = re.compile(r"[+-]?(?:\d{1,12}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,2})?", re.ASCII)
OF_ITEMS = ("bbox", "bbox-crs", "datetime", "limit", "offset", "f")
OF_OTHERS = ("f",)
FORMATS = ("json", "geojson")
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

Box = Sequence[float]  # west, south, east, north


class InvalidParameter(ValueError):
    """A parameter that the standard answers with 400; its text says what is wrong, in English, as the standard is."""


@dataclass(frozen=True)
class ItemQuery:
    """`boxes`: any of which a feature is to meet, none for everywhere. `days`: first and last, None without an end."""

    boxes: tuple[Box, ...] = ()
    days: tuple[date | None, date | None] | None = None
    limit: int = LIMIT
    offset: int = 0
    given: tuple[tuple[str, str], ...] = ()

    def at(self, offset: int) -> "ItemQuery":
        return replace(self, offset=offset)

    @property
    def query(self) -> str:
        """The same question as the query of an address."""
        kept = [(name, value) for name, value in self.given if name != "offset"]
        return urlencode(kept + ([("offset", str(self.offset))] if self.offset else []))

    def meets_days(self, first: date | None, last: date | None) -> bool:
        """Whether something that is there from a day to a day is there in what is asked; what is not recorded is open."""
        if self.days is None:
            return True
        begins, ends = self.days
        return (ends is None or first is None or first <= ends) and (begins is None or last is None or last >= begins)

    def meets(self, box: Box, coordinates: Sequence) -> bool:
        """Whether a point or a line, whose box is told, lies in what is asked, at least in part."""
        return not self.boxes or any(_overlap(box, asked) and _meets(coordinates, asked) for asked in self.boxes)


def item_query(given: Mapping[str, Sequence[str]]) -> ItemQuery:
    """Reads the query of `/items`: each name with its values. Raises Refused."""
    held = single(given, OF_ITEMS)
    if held.get("bbox-crs", CRS84) != CRS84:
        raise InvalidParameter(f"bbox-crs: only {CRS84} is known.")
    return ItemQuery(
        boxes_of(held["bbox"]) if "bbox" in held else (),
        days_of(held["datetime"]) if "datetime" in held else None,
        min(_number(held, "limit", LIMIT, least=1), MOST),
        _number(held, "offset", 0, least=0),
        tuple(sorted(held.items())),
    )


def single(given: Mapping[str, Sequence[str]], known: Sequence[str]) -> dict[str, str]:
    """Each parameter once, and no other than these. Raises Refused."""
    for name, values in given.items():
        if name not in known:
            raise InvalidParameter(f"Unknown parameter. Known here: {', '.join(known)}.")
        if len(values) != 1:
            raise InvalidParameter(f"{name}: is given more than once.")
    held = {name: values[0] for name, values in given.items()}
    if held.get("f", FORMATS[0]) not in FORMATS:
        raise InvalidParameter(f"f: is one of {', '.join(FORMATS)}.")
    return held


def _number(held: Mapping[str, str], name: str, default: int, least: int) -> int:
    if name not in held:
        return default
    text = held[name]
    if not WHOLE_NUMBER.fullmatch(text) or not least <= int(text) <= FARTHEST:
        raise InvalidParameter(f"{name}: is a whole number from {least} to {FARTHEST}.")
    return int(text)


def boxes_of(text: str) -> tuple[Box, ...]:
    """`west,south,east,north`, or the same with heights, which nothing here has. Across the date line: two boxes."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (4, 6) or not all(map(DECIMAL.fullmatch, parts)):
        raise InvalidParameter("bbox: is west,south,east,north, four numbers in degrees.")
    numbers = list(map(float, parts))
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90):
        raise InvalidParameter("bbox: longitudes lie between -180 and 180, latitudes between -90 and 90.")
    if south > north:
        raise InvalidParameter("bbox: its south lies north of its north.")
    if west > east:
        return (west, south, 180.0, north), (-180.0, south, east, north)
    return ((west, south, east, north),)


def days_of(text: str) -> tuple[date | None, date | None]:
    """An instant, or `from/to` of which one may be open (`..` or empty). Times of day count as their day."""
    ends = text.split("/")
    if len(ends) > 2:
        raise InvalidParameter("datetime: is an instant, or an interval of two.")
    days = [_day(end) for end in ends]
    first, last = days[0], days[-1]
    if len(days) == 2 and first is None and last is None:
        return None, None
    if len(days) == 1 and first is None:
        raise InvalidParameter(
            "datetime: is an instant such as 2009-07-01 or 2009-07-01T00:00:00Z, or an interval of two."
        )
    if first and last and first > last:
        raise InvalidParameter("datetime: ends before it begins.")
    return first, last


def _day(text: str) -> date | None:
    if text in ("", ".."):
        return None
    if not INSTANT.fullmatch(text):
        raise InvalidParameter("datetime: an instant is written 2009-07-01 or 2009-07-01T00:00:00Z.")
    try:
        return datetime.fromisoformat(text.upper()).date()
    except ValueError:
        raise InvalidParameter("datetime: there is no such day or time.") from None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def _meets(coordinates: Sequence, box: Box) -> bool:
    """Of a point its longitude and latitude, of a line those of each of its points."""
    if not isinstance(coordinates[0], Sequence):
        return _overlap((*coordinates[:2], *coordinates[:2]), box)
    return any(_crosses(start, end, box) for start, end in pairwise(coordinates))


def _crosses(start: Sequence[float], end: Sequence[float], box: Box) -> bool:
    """Whether a straight stretch lies in a box, at least in part (Liang and Barsky, 1984)."""
    enters, leaves = 0.0, 1.0
    for low, high, begins, goes in (
        (box[0], box[2], start[0], end[0] - start[0]),
        (box[1], box[3], start[1], end[1] - start[1]),
    ):
        if goes == 0:
            if not low <= begins <= high:
                return False
            continue
        shares = sorted(((low - begins) / goes, (high - begins) / goes))
        enters, leaves = max(enters, shares[0]), min(leaves, shares[1])
    return enters <= leaves
