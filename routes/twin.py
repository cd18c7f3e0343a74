"""The twin of the route map: each year in text and tables, composed of the figures and features that its reader sees.

Here every sentence is put together of what there is. The template writes them down, and asks for nothing that may be
missing because it is hidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from access.viewer import narrowest
from atlas import wording
from atlas.models import Subject
from indicators.models import Observation
from indicators.templatetags.figures import figure
from routes.figures import AreaFigures
from routes.models import MapFeature
from routes.page import (
    NONE_IN_PERIOD,
    NONE_OF_NATIONALITY,
    OF_NATIONALITY,
    at_borders,
    segment_name,
    segment_says,
)
from routes.reading import RouteMap


@dataclass(frozen=True)
class FigureDetail:
    """One more thing that is known of a figure: a number under its label, or a sentence; and who says so."""

    words: str
    readers: list[str]
    label: str = ""
    source: str = ""


@dataclass(frozen=True)
class TwinCell:
    """A cell of a table: words, and the tokens of those who may see of what they are made; None where that is nothing."""

    words: str
    readers: list[str] | None = None


@dataclass(frozen=True)
class AreaInYear:
    """What is known of a reporting area in a year, in words; whatever of it is there stands without the rest."""

    area: Subject
    detections: TwinCell
    deaths: TwinCell
    details: list[FigureDetail]


@dataclass(frozen=True)
class RouteInYear:
    """`detections` and `deaths` are of the area beside it, in words, and so are the details."""

    route: Subject
    segments: TwinCell
    detections: TwinCell
    deaths: TwinCell
    details: list[FigureDetail]
    reasons: list[MapFeature]


@dataclass(frozen=True)
class Year:
    """One step of the twin: each route, then each area beside which no route lies. `note`: what is not known of it."""

    year: int
    note: str
    routes: list[RouteInYear]
    areas: list[AreaInYear]


@dataclass(frozen=True)
class Twin:
    """`note`: of whom the figures are, where they are not of all."""

    note: str
    years: list[Year]


def twin_of(route_map: RouteMap, names: Mapping[str, str], nationality: str = "") -> Twin:
    """The twin for all nationalities or one. `names`: names of nationalities by ISO code."""
    name = names.get(nationality, "")
    years = [_year(route_map, year, names, nationality if name else "") for year in route_map.years]
    return Twin(OF_NATIONALITY % {"name": name} if name else "", years)


def _year(route_map: RouteMap, year: int, names: Mapping[str, str], nationality: str) -> Year:
    beside = [(route, route_map.area_beside(route)) for route in route_map.routes]
    others = route_map.areas_without_a_route
    if nationality:
        shown = [area for area in others if _of_nationality(area, year, nationality)]
        is_known = bool(shown) or any(_of_nationality(area, year, nationality) for _, area in beside)
        note = "" if is_known else NONE_IN_PERIOD % {"period": year, "name": names[nationality]}
    else:
        shown, note = [area for area in others if _is_known_in(area, year)], ""
    return Year(
        year, note,
        [_route_in_year(route_map, route, area, year, names, nationality) for route, area in beside],
        [
            AreaInYear(area.area, *_said(area, year, names, nationality, without=_("n/a")))
            for area in shown
        ],
    )  # fmt: skip


def _route_in_year(
    route_map: RouteMap, route: Subject, area: AreaFigures | None, year: int, names: Mapping[str, str], nationality: str
) -> RouteInYear:
    said = _said(area, year, names, nationality, without=_("indicative, no figure"))
    reasons = [row for row in route_map.reasons_of(route) if row.properties["date"].startswith(str(year))]
    segments = route_map.segments_of(route, year)
    number = TwinCell(str(len(segments)), narrowest(*(row.readers for row in segments)) if segments else None)
    return RouteInYear(route, number, *said, reasons)


def _said(
    area: AreaFigures | None, year: int, names: Mapping[str, str], nationality: str, without: str
) -> tuple[TwinCell, TwinCell, list[FigureDetail]]:
    """Detections, deaths and details."""
    if nationality:
        row = _of_nationality(area, year, nationality)
        return _said_of(row, str(NONE_OF_NATIONALITY)), TwinCell(_("n/a")), []
    if area is None:
        return TwinCell(without), TwinCell(_("n/a")), []
    deaths = _said_of(area.deaths.get(str(year)), _("n/a"))
    return _said_of(area.in_year(year), without), deaths, _details(area, year, names)


def _said_of(row: Observation | None, without: str) -> TwinCell:
    return TwinCell(figure(row), row.readers) if row else TwinCell(without)


def _of_nationality(area: AreaFigures | None, year: int, nationality: str) -> Observation | None:
    rows = area.nationalities.get(str(year), ()) if area else ()
    return next((row for row in rows if row.breakdown["nationality"] == nationality), None)


def _is_known_in(area: AreaFigures, year: int) -> bool:
    periods = {
        period[:4] for held in (area.detections, area.borders, area.nationalities, area.deaths) for period in held
    }
    return str(year) in periods


def _details(area: AreaFigures, year: int, names: Mapping[str, str]) -> list[FigureDetail]:
    """Details by quarter, border and nationality, then by when they were known."""
    quarters = [row for quarter in range(1, 5) if (row := area.newest(f"{year}-Q{quarter}"))]
    details = [FigureDetail(figure(row), row.readers, wording.period(row.period)) for row in quarters]
    if borders := area.borders.get(str(year)):
        details.append(FigureDetail(at_borders(borders), narrowest(*(row.readers for row in borders.values()))))
    for row in area.nationalities.get(str(year), ()):
        code = row.breakdown["nationality"]
        details.append(FigureDetail(figure(row), row.readers, names.get(code, code)))
    return details + _known_when(area.revisions(str(year)))


def _known_when(revisions: list[Observation]) -> list[FigureDetail]:
    """Nothing where one thing was said all the time."""
    words = _("%(number)s, as known on %(date)s")
    return [
        FigureDetail(
            words % {"number": figure(row), "date": wording.period(row.known_on)},
            row.readers,
            source=row.source.name if row.source else "",
        )
        for row in (revisions if len(revisions) > 1 else ())
    ]


@dataclass(frozen=True)
class NamedSegment:
    """`says`: how it is travelled, and how well it is known."""

    name: str
    says: str
    readers: list[str]


def segments_by_route(route_map: RouteMap) -> list[tuple[Subject, list[NamedSegment]]]:
    """Each route with its segments."""
    return [
        (
            route,
            [NamedSegment(segment_name(row), segment_says(row), row.readers) for row in route_map.segments_of(route)],
        )
        for route in route_map.routes
    ]
