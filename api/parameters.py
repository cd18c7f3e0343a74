"""The parameters of OGC API – Features – Part 1 (OGC 17-069r4, 7.15): bbox, datetime, limit, offset. Pure: no Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite

KNOWN = frozenset({"bbox", "datetime", "limit", "offset", "f"})
DEFAULT_LIMIT, MOST = 100, 1000
LAST_OFFSET = 10_000_000
OPEN = ("", "..")  # an end of an interval that is not given


class WrongParameter(ValueError):
    """What is wrong with a request, in English, as the standard's exceptions are."""


@dataclass(frozen=True)
class Wanted:
    """`bbox`: west, south, east, north in degrees, west greater than east over the antimeridian. `years`: both included."""

    bbox: tuple[float, float, float, float] | None = None
    years: tuple[int | None, int | None] | None = None
    limit: int = DEFAULT_LIMIT
    offset: int = 0


def read(parameters: Mapping[str, str]) -> Wanted:
    """Raises WrongParameter, also for a parameter that is not known (requirement /req/core/query-param-unknown)."""
    unknown = sorted(set(parameters) - KNOWN)
    if unknown:
        raise WrongParameter(f"The parameter “{unknown[0][:40]}” is not known.")
    if parameters.get("f", "json") not in ("json", "geojson"):
        raise WrongParameter("f is json.")
    return Wanted(
        _bbox(parameters["bbox"]) if "bbox" in parameters else None,
        _years(parameters["datetime"]) if "datetime" in parameters else None,
        min(_number("limit", parameters.get("limit", str(DEFAULT_LIMIT)), least=1), MOST),
        _number("offset", parameters.get("offset", "0"), least=0),
    )


def _number(name: str, text: str, least: int) -> int:
    if not text.isascii() or not text.isdecimal() or not least <= int(text[:20]) <= LAST_OFFSET:
        raise WrongParameter(f"{name} is a whole number from {least} on.")
    return int(text)


def _bbox(text: str) -> tuple[float, float, float, float]:
    """Four numbers, or six with heights, which mean nothing here."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(isfinite, numbers)) or numbers[1] > numbers[3]:
        raise WrongParameter("bbox is west,south,east,north in degrees, longitude first.")
    west, south, east, north = numbers
    return west, south, east, north


def _years(text: str) -> tuple[int | None, int | None]:
    """An instant, or an interval with a slash of which one end may be open."""
    parts = text.split("/")
    if len(parts) > 2 or all(part in OPEN for part in parts):
        raise WrongParameter("datetime is a day such as 2012-05-15, or an interval such as 2009-01-01/..")
    first, last = (_year(part) for part in (parts[0], parts[-1]))
    if first is not None and last is not None and first > last:
        raise WrongParameter("The interval ends before it begins.")
    return first, last


def _year(text: str) -> int | None:
    if text in OPEN:
        return None
    try:
        return date.fromisoformat(text[:10]).year
    except ValueError:
        raise WrongParameter("datetime is written as RFC 3339 does: 2012-05-15T00:00:00Z.") from None
