"""The content of the page of route maps: what its script shows, and what its twin of text and tables says.

Both are made of the same rows, so that they cannot differ. The script's part is JSON; numbers and dates that a person
reads are written here, in the page's language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atlas import wording
from atlas.models import Subject, SubjectKind
from indicators.models import Observation
from routes.figures import AreaFigures, nationalities_in
from routes.models import Confidence, Layer, MapFeature, Mode, StopKind
from routes.reading import RouteMap
from routes.widths import width_px

Links = Mapping[tuple[str, str], str]  # (kind, slug) of a subject → the address of what this reader may open

# Colours of the routes in static/css/tokens.css, told apart by the colour-blind, and by name on the map.
COLOURS = {
    "central-mediterranean": "cm",
    "west-mediterranean": "wm",
    "west-africa": "wa",
    "east-africa": "ea",
    "east-mediterranean": "em",
}


def colour_of(route: str) -> str:
    return COLOURS.get(route, "ink")


def in_language(texts: Mapping[str, str]) -> str:
    """A published text in the page's language, else in English."""
    return texts.get(get_language() or "en") or texts["en"]


def segment_name(segment: MapFeature) -> str:
    return _("%(start)s to %(end)s") % {
        "start": in_language(segment.properties["from"]),
        "end": in_language(segment.properties["to"]),
    }


def segment_says(segment: MapFeature) -> str:
    """By sea, indicative: how a segment is travelled, and how well it is known; with its years where they are recorded."""
    held = segment.properties
    words = [Mode(held["mode"]).label, Confidence(held["confidence"]).label, years_said(held)]
    return _(", ").join(str(word) for word in words if word)


def years_said(properties: Mapping[str, str]) -> str:
    """“from 2006”, “until 2009”, “2006 to 2009”; empty where no year is recorded."""
    since, until = wording.period(properties["since"]), wording.period(properties["until"])
    if since and until:
        return _("%(since)s to %(until)s") % {"since": since, "until": until}
    if since:
        return _("since %(since)s") % {"since": since}
    return _("until %(until)s") % {"until": until} if until else ""


# The twin.


@dataclass(frozen=True)
class AreaInYear:
    """What is known of a reporting area in a year."""

    area: Subject
    figure: Observation | None
    quarters: list[Observation]
    borders: dict[str, Observation]
    nationalities: list[tuple[str, Observation]]
    deaths: Observation | None
    revisions: list[Observation]  # all that was said of the year, the latest first; empty when one thing was

    @property
    def has_details(self) -> bool:
        return bool(self.quarters or self.borders or self.nationalities or self.revisions)


@dataclass(frozen=True)
class RouteInYear:
    route: Subject
    number_of_segments: int
    area: AreaInYear | None
    reasons: list[MapFeature]


@dataclass(frozen=True)
class Year:
    """One step of the twin: each route, then each area beside which no route lies."""

    year: int
    routes: list[RouteInYear]
    areas: list[AreaInYear]


def years_of(route_map: RouteMap) -> list[Year]:
    names = names_of_nationalities(route_map.areas)
    return [
        Year(
            year,
            [_route_in_year(route_map, route, year, names) for route in route_map.routes],
            [
                row
                for area in route_map.areas_without_a_route
                if (row := _area_in_year(area, year, names)).figure or row.deaths
            ],
        )
        for year in route_map.years
    ]


def _route_in_year(route_map: RouteMap, route: Subject, year: int, names: Mapping[str, str]) -> RouteInYear:
    area = route_map.area_beside(route)
    return RouteInYear(
        route,
        len(route_map.segments_of(route, year)),
        _area_in_year(area, year, names) if area else None,
        [row for row in route_map.reasons_of(route) if row.properties["date"].startswith(str(year))],
    )


def _area_in_year(area: AreaFigures, year: int, names: Mapping[str, str]) -> AreaInYear:
    quarters = [area.newest(f"{year}-Q{quarter}") for quarter in range(1, 5)]
    revisions = area.revisions(str(year))
    nationalities = [
        (names.get(row.breakdown["nationality"], row.breakdown["nationality"]), row)
        for row in area.nationalities.get(str(year), ())
    ]
    return AreaInYear(
        area.area, area.in_year(year), [row for row in quarters if row], area.borders.get(str(year), {}),
        nationalities, area.deaths.get(str(year)), revisions if len(revisions) > 1 else [],
    )  # fmt: skip


def names_of_nationalities(areas: Iterable[AreaFigures]) -> dict[str, str]:
    """ISO code → the country's name, of those that have figures."""
    codes = nationalities_in(areas)
    return {iso3 or "": name for iso3, name in Subject.objects.filter(iso3__in=codes).values_list("iso3", "name")}


def segments_by_route(route_map: RouteMap) -> list[tuple[Subject, list[tuple[str, str]]]]:
    """Each route with its segments, and what is said of each."""
    return [
        (route, [(segment_name(row), segment_says(row)) for row in route_map.segments_of(route)])
        for route in route_map.routes
    ]


# What the script draws and tells.


def map_content(route_map: RouteMap, links: Links, layers: Mapping[int, str], names: Mapping[str, str]) -> dict:
    """The JSON of static/js/routes.js. `layers`: zoom → address of a file of `routes.layers`; `names`: of nationalities.

    Values and widths are by period: 2009, 2009-Q1.
    """
    return {
        "years": [route_map.edition.first_year, route_map.edition.last_year],
        "routes": [_route(route, route_map.area_beside(route), links) for route in route_map.routes],
        "layers": layers,
        "layerNames": dict(
            Layer.objects.filter(dialogue=route_map.dialogue, slug__in=route_map.layers).values_list("slug", "name")
        ),
        "places": {f"stop-{row.stop_id}": links.get(_place(row)) for row in route_map.stops},
        "areas": {row.area.slug: _area(row) for row in route_map.areas},
        "nationalities": names,
        "countries": _countries(route_map, links),
        "reasons": [_reason(row) for row in route_map.reasons],
        "words": _words(),
    }


def _place(stop: MapFeature) -> tuple[str, str]:
    kind, slug = stop.properties["place"]
    return kind, slug


def _route(route: Subject, area: AreaFigures | None, links: Links) -> dict:
    return {
        "slug": route.slug, "name": route.name, "colour": colour_of(route.slug),
        "area": area.area.slug if area else None, "href": links.get((route.kind, route.slug)),
    }  # fmt: skip


def _reason(row: MapFeature) -> dict:
    held = row.properties
    return {
        "route": held["route"], "date": held["date"], "on": wording.period(held["date"]),
        "text": in_language(held["text"]), "source": held["source"],
    }  # fmt: skip


def _countries(route_map: RouteMap, links: Links) -> dict[str, list[str | None]]:
    codes = {code for row in (*route_map.segments, *route_map.stops) for code in row.countries}
    countries = Subject.objects.filter(kind=SubjectKind.COUNTRY, iso3__in=codes)
    return {
        country.iso3 or "": [country.name, links.get((country.kind, country.slug))]
        for country in countries.only("iso3", "kind", "slug", "name")
    }


def _area(figures: AreaFigures) -> dict:
    return {
        "name": figures.area.name,
        "route": figures.area.nearest_route.slug if figures.area.nearest_route else None,
        "detections": {period: _figure(figures, period) for period in sorted(figures.detections)},
        "borders": {
            year: {border: _written(row) for border, row in rows.items()} for year, rows in figures.borders.items()
        },
        "nationalities": {
            year: {row.breakdown["nationality"]: [_written(row), width_px(row.value)] for row in rows}
            for year, rows in figures.nationalities.items()
        },
        "deaths": {year: _written(row) for year, row in figures.deaths.items()},
    }


def _written(row: Observation) -> str:
    return wording.number(row.value or 0, 0)


def _figure(figures: AreaFigures, period: str) -> dict:
    newest, *earlier = figures.revisions(period)
    shown: dict[str, object] = {
        "value": int(newest.value or 0),
        "text": _written(newest),
        "width": width_px(newest.value),
    }
    if earlier:
        shown["known"] = [
            {
                "on": wording.period(row.known_on),
                "text": _written(row),
                "source": row.source.name if row.source else "",
            }
            for row in (newest, *earlier)
        ]
    return shown


def places_on(stops: Iterable[MapFeature]) -> list[dict]:
    """The stops as places of static/js/map.js, which names them; a landing point has no name of its own."""
    return [
        {
            "id": f"stop-{stop.stop_id}", "name": in_language(stop.properties["name"]),
            "note": str(StopKind(stop.properties["kind"]).label),
            "lon": stop.coordinates[0], "lat": stop.coordinates[1],
            "kind": "hub" if stop.properties["kind"] in (StopKind.HUB, StopKind.CROSSING) else "town", "href": None,
        }
        for stop in stops
        if stop.properties["kind"] != StopKind.LANDING
    ]  # fmt: skip


LABEL_AT = (0.5, 0.3, 0.7)  # of a segment's points


def labels_of(route_map: RouteMap) -> list[dict]:
    """The name of each route in its colour, to be written beside one of its segments: points of the longest first."""
    labels = []
    for route in route_map.routes:
        lines = [row.coordinates for row in route_map.segments_of(route)]
        lines.sort(key=_extent, reverse=True)
        points = [line[int(len(line) * share)] for line in lines for share in LABEL_AT]
        classes = f"is-route is-{colour_of(route.slug)}"
        labels.append({"name": route.name, "at": [[lat, lon] for lon, lat in points], "className": classes})
    return labels


def _extent(line: list[list[float]]) -> float:
    return abs(line[0][0] - line[-1][0]) + abs(line[0][1] - line[-1][1])


def bounds_of(segments: Iterable[MapFeature]) -> list[list[float]]:
    """[[south, west], [north, east]] round all the lines, in degrees."""
    points = [point for row in segments for point in row.coordinates]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return [[min(latitudes), min(longitudes)], [max(latitudes), max(longitudes)]]


def _words() -> dict[str, object]:
    """The interface's words that the script writes; what stands in braces is filled in there."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "detections": _("detections"),
        "area": _("in the reporting area “{area}”"),
        "chart": _("Detections by year in the reporting area “{area}”"),
        "noFigure": _("indicative, no figure"),
        "borders": _("at land borders {land}, at sea borders {sea}"),
        "deaths": _("recorded deaths and disappearances: {number}"),
        "nationalities": _("By nationality, as far as published"),
        "revised": _("What was known when"),
        "asKnownOn": _("{number}, as known on {date}"),
        "changes": _("What changed"),
        "notRecorded": _("not recorded"),
        "profile": _("Profile of this route"),
        "placeProfile": _("Profile of this place"),
        "allRoutes": _("All routes"),
        "otherAreas": _("Areas without a route of their own"),
        "neverAdded": _("Reporting areas overlap: their figures are never added."),
        "countries": _("Countries on the way"),
        "segmentsHere": _("Route segments here"),
        "segments": _("Route segments"),
        "quarter": {str(number): str(wording.QUARTERS[str(number)]) for number in range(1, 5)},
        "modes": {mode.value: str(mode.label) for mode in Mode},
        "confidence": {word.value: str(word.label) for word in Confidence},
        "stops": {kind.value: str(kind.label) for kind in StopKind},
        "comma": _(", "),
        "failed": _("The routes could not be loaded. The tables below say the same."),
    }
