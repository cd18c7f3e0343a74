"""The content of the page of route maps: what its script draws, and what its twin of text and tables says.

Both are made of the same rows, so that they cannot differ. The script's part is JSON; numbers and dates that a person
reads are written here, in the page's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access.viewer import Viewer
from atlas import wording
from atlas.models import Subject
from indicators.models import Observation
from routes.models import Confidence, MapFeature, Mode, StopKind
from routes.reading import AreaFigures, RouteMap, geometry_for, nationalities_in, width_px

# Colours of the routes in static/css/tokens.css, told apart by the colour-blind, and by name on the map.
COLOURS = {
    "central-mediterranean": "cm",
    "west-mediterranean": "wm",
    "west-africa": "wa",
    "east-africa": "ea",
    "east-mediterranean": "em",
}


def in_language(texts: Mapping[str, str]) -> str:
    """A published text in the page's language, else in English."""
    return texts.get(get_language() or "en") or texts["en"]


@dataclass(frozen=True)
class YearOfRoute:
    """One row of the twin: a route in a year."""

    route: Subject
    segments: list[str]
    figure: Observation | None
    deaths: Observation | None
    reasons: list[MapFeature]


def years_of(route_map: RouteMap) -> list[tuple[int, list[YearOfRoute]]]:
    """Each year of the map with a row for each route: what is drawn then, its area's figures, and what changed."""
    rows = []
    for year in route_map.years:
        of_year = []
        for route in route_map.routes:
            area = route_map.area_beside(route)
            of_year.append(
                YearOfRoute(
                    route,
                    [segment_name(row) for row in route_map.segments_of(route, year)],
                    area.in_year(year) if area else None,
                    area.deaths.get(str(year)) if area else None,
                    [row for row in route_map.reasons_of(route) if row.properties["date"].startswith(str(year))],
                )
            )
        rows.append((year, of_year))
    return rows


def segment_name(segment: MapFeature) -> str:
    return _("%(start)s to %(end)s") % {
        "start": in_language(segment.properties["from"]),
        "end": in_language(segment.properties["to"]),
    }


def map_content(route_map: RouteMap, viewer: Viewer, links: Mapping[tuple[str, str], str]) -> dict:
    """The JSON of static/js/routes.js. `links`: (kind, slug) of a subject → the address of what this reader may open.

    Coordinates are WGS 84 degrees, longitude first. Values and widths are by period: 2009, 2009-Q1.
    """
    dialogue = route_map.dialogue.pk
    return {
        "years": [route_map.edition.first_year, route_map.edition.last_year],
        "routes": [
            {
                "slug": route.slug, "name": route.name, "colour": COLOURS.get(route.slug, "ink"),
                "area": area.area.slug if (area := route_map.area_beside(route)) else None,
                "href": links.get((route.kind, route.slug)),
            }
            for route in route_map.routes
        ],
        "segments": [_segment(row, geometry_for(row, viewer, dialogue)) for row in route_map.segments],
        "stops": [_stop(row, geometry_for(row, viewer, dialogue), links) for row in route_map.stops],
        "areas": {row.area.slug: _area(row) for row in route_map.areas},
        "nationalities": _names_of_nationalities(route_map.areas),
        "reasons": [
            {
                "route": row.properties["route"], "date": row.properties["date"],
                "on": wording.period(row.properties["date"]), "text": in_language(row.properties["text"]),
                "source": row.properties["source"],
            }
            for row in route_map.reasons
        ],
        "words": _words(),
    }  # fmt: skip


def _segment(row: MapFeature, geometry: dict | None) -> dict:
    properties = row.properties
    return {
        "id": row.segment_id, "route": properties["route"], "name": segment_name(row),
        "mode": properties["mode"], "confidence": properties["confidence"], "stops": properties["stops"],
        "says": _says(row),
        "since": properties["since"], "until": properties["until"],
        "line": geometry["coordinates"] if geometry else [],
    }  # fmt: skip


def _says(segment: MapFeature) -> str:
    return f"{Mode(segment.properties['mode']).label}, {Confidence(segment.properties['confidence']).label}"


def _stop(row: MapFeature, geometry: dict | None, links: Mapping[tuple[str, str], str]) -> dict:
    properties = row.properties
    return {
        "id": row.stop_id, "name": in_language(properties["name"]), "kind": properties["kind"],
        "says": str(StopKind(properties["kind"]).label), "since": properties["since"], "until": properties["until"],
        "at": geometry["coordinates"] if geometry else [], "href": links.get(tuple(properties["place"])),
    }  # fmt: skip


def _area(figures: AreaFigures) -> dict:
    return {
        "name": figures.area.name,
        "route": figures.area.nearest_route.slug if figures.area.nearest_route else None,
        "detections": {period: _figure(figures, period) for period in sorted(figures.detections)},
        "borders": {
            year: {border: wording.number(row.value or 0, 0) for border, row in rows.items()}
            for year, rows in figures.borders.items()
        },
        "nationalities": {
            year: [[row.breakdown["nationality"], int(row.value or 0), wording.number(row.value or 0, 0)] for row in rows]
            for year, rows in figures.nationalities.items()
        },
        "deaths": {year: wording.number(row.value or 0, 0) for year, row in figures.deaths.items()},
    }  # fmt: skip


def _figure(figures: AreaFigures, period: str) -> dict:
    newest, *earlier = figures.revisions(period)
    shown: dict[str, object] = {
        "value": int(newest.value or 0),
        "text": wording.number(newest.value or 0, 0),
        "width": width_px(newest.value),
    }
    if earlier:
        shown["known"] = [
            {"on": wording.period(row.known_on), "text": wording.number(row.value or 0, 0), "source": row.source.name}
            for row in (newest, *earlier)
        ]
    return shown


def _names_of_nationalities(areas: list[AreaFigures]) -> dict[str, str]:
    names = dict(Subject.objects.filter(iso3__in=nationalities_in(areas)).values_list("iso3", "name"))
    return {iso3 or "": name for iso3, name in names.items()}


def segments_by_route(route_map: RouteMap) -> list[tuple[Subject, list[tuple[str, str]]]]:
    """Each route with its segments, and what is said of each: mode and confidence."""
    return [
        (route, [(segment_name(row), _says(row)) for row in route_map.segments_of(route)]) for route in route_map.routes
    ]


def places_on(stops: list[dict]) -> list[dict]:
    """The stops as places of static/js/map.js; a landing point has no name of its own."""
    return [
        {"name": stop["name"], "lon": stop["at"][0], "lat": stop["at"][1], "kind": kind, "href": stop["href"]}
        for stop in stops
        if stop["at"] and stop["kind"] != StopKind.LANDING
        for kind in ["hub" if stop["kind"] in (StopKind.HUB, StopKind.CROSSING) else "town"]
    ]


def _words() -> dict[str, str]:
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
        "revised": _("What was known when"),
        "asKnownOn": _("{number}, as known on {date}"),
        "changes": _("What changed"),
        "notRecorded": _("not recorded"),
        "profile": _("Profile of this route"),
    }
