"""The content of the page of route maps: what its script shows. Its twin of text and tables is `routes.twin`.

Both are made of the same rows, so that they cannot differ. The script's part is JSON; numbers and dates that a person
reads are written here, in the page's language.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from access.viewer import Viewer, is_narrower, narrowest
from accounts.audiences.badges import NARROWER
from atlas import wording
from atlas.models import Subject, SubjectKind
from indicators.models import Observation
from routes.figures import AreaFigures, nationalities_in
from routes.geometry.widths import width_px
from routes.models import Confidence, Layer, MapFeature, Mode, StopKind
from routes.reading import RouteMap

Links = Mapping[tuple[str, str], str]  # (kind, slug) of a subject → the address of what this reader may open

# Colours of the routes in static/css/tokens.css, told apart by the colour-blind, and by name on the map.
COLOURS = {
    "central-mediterranean": "cm",
    "west-mediterranean": "wm",
    "west-africa": "wa",
    "east-africa": "ea",
    "east-mediterranean": "em",
}

AT_BORDERS = {"land": gettext_lazy("at land borders %(number)s"), "sea": gettext_lazy("at sea borders %(number)s")}

OF_NATIONALITY = gettext_lazy("Only the detections of one nationality are shown: %(name)s.")
NONE_OF_NATIONALITY = gettext_lazy("no figure of this nationality")
NONE_IN_PERIOD = gettext_lazy(
    "There is no figure for %(period)s: %(name)s. The source names the most frequent nationalities only; this does not mean zero."
)


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
    """Mode and confidence of a segment in words, with its years where they are recorded."""
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


def names_of_nationalities(areas: Iterable[AreaFigures], viewer: Viewer) -> dict[str, str]:
    """ISO code → the country's name, of those that have figures and may be named to the viewer."""
    named = Subject.objects.sayable_to(viewer).filter(iso3__in=nationalities_in(areas))
    return {iso3 or "": name for iso3, name in named.values_list("iso3", "name")}


# What the script draws and tells.


def map_content(
    route_map: RouteMap,
    viewer: Viewer,
    links: Links,
    layers: Mapping[int, str],
    names: Mapping[str, str],
    nationality: str = "",
) -> dict:
    """The JSON of static/js/routes.js. `layers`: zoom → address of a file of `routes.layers`; `names`: of nationalities.

    `nationality`: the one that the page was asked for, whose figures alone its tables hold.

    Values and widths are by period: 2009, 2009-Q1.
    """
    shown = {route.pk: route.slug for route in route_map.routes}
    return {
        "years": [route_map.edition.first_year, route_map.edition.last_year],
        "routes": [_route(route, route_map.area_beside(route), links) for route in route_map.routes],
        "layers": layers,
        "layerNames": {slug: layer.name for slug, layer in layers_of(route_map).items()},
        "places": {f"stop-{row.stop_id}": links.get(_place(row)) for row in route_map.stops},
        "areas": {
            row.area.slug: _area(row, route_map.edition.readers) | {"route": shown.get(row.area.nearest_route_id or 0)}
            for row in route_map.areas
        },
        "nationalities": names,
        "nationality": nationality,
        "countries": _countries(route_map, viewer, links),
        "narrower": _narrower(route_map),
        "reasons": [_reason(row, route_map.edition.readers) for row in route_map.reasons],
        "words": _words(),
    }


def layers_of(route_map: RouteMap) -> dict[str, Layer]:
    """Layers of which the viewer sees anything, in today's order, by the slugs of the edition."""
    found = {row.layer: layer for row in (*route_map.segments, *route_map.stops) if (layer := row.layer_today)}
    return dict(sorted(found.items(), key=lambda item: item[1].position))


def _place(stop: MapFeature) -> tuple[str, str]:
    kind, slug = stop.properties["place"]
    return kind, slug


def _route(route: Subject, area: AreaFigures | None, links: Links) -> dict:
    return {
        "slug": route.slug, "name": route.name, "colour": colour_of(route.slug),
        "area": area.area.slug if area else None, "href": links.get((route.kind, route.slug)),
    }  # fmt: skip


def _reason(row: MapFeature, page_readers: Sequence[str]) -> dict:
    held = row.properties
    return {
        "route": held["route"], "date": held["date"], "on": wording.period(held["date"]),
        "text": in_language(held["text"]), "source": held["source"],
        "isNarrower": is_narrower(row.readers, page_readers),
    }  # fmt: skip


def _countries(route_map: RouteMap, viewer: Viewer, links: Links) -> dict[str, list[str | None]]:
    codes = {code for row in (*route_map.segments, *route_map.stops) for code in row.countries}
    countries = Subject.objects.sayable_to(viewer).filter(kind=SubjectKind.COUNTRY, iso3__in=codes)
    return {
        country.iso3 or "": [country.name, links.get((country.kind, country.slug))]
        for country in countries.only("iso3", "kind", "slug", "name")
    }


def _area(figures: AreaFigures, page_readers: Sequence[str]) -> dict:
    def shown(row: Observation) -> dict[str, object]:
        return _shown(row, page_readers)

    def detected(period: str) -> dict[str, object]:
        newest, *earlier = figures.revisions(period)
        return shown(newest) | ({"known": [_known(row, shown(row)) for row in (newest, *earlier)]} if earlier else {})

    def by_border(rows: Mapping[str, Observation]) -> dict[str, object]:
        readers = narrowest(*(row.readers for row in rows.values()))
        return {"text": at_borders(rows), "isNarrower": is_narrower(readers, page_readers)}

    return {
        "name": figures.area.name,
        "detections": {period: detected(period) for period in sorted(figures.detections)},
        "borders": {year: by_border(rows) for year, rows in figures.borders.items()},
        "nationalities": {
            year: {row.breakdown["nationality"]: shown(row) for row in rows}
            for year, rows in figures.nationalities.items()
        },
        "deaths": {year: shown(row) for year, row in figures.deaths.items()},
    }


def at_borders(figures: Mapping[str, Observation]) -> str:
    """“at land borders 1,200, at sea borders 3,000”, or the one that there is."""
    said = [words % {"number": _written(figures[border])} for border, words in AT_BORDERS.items() if border in figures]
    return _(", ").join(said)


def _written(row: Observation) -> str:
    return wording.number(row.value or 0, 0)


def _shown(row: Observation, page_readers: Sequence[str]) -> dict[str, object]:
    return {
        "value": int(row.value or 0), "text": _written(row), "width": width_px(row.value),
        "isNarrower": is_narrower(row.readers, page_readers),
    }  # fmt: skip


def _known(row: Observation, shown: dict[str, object]) -> dict[str, object]:
    said = {"on": wording.period(row.known_on), "source": row.source.name if row.source else ""}
    return {"text": shown["text"], "isNarrower": shown["isNarrower"], **said}


def _narrower(route_map: RouteMap) -> list[str]:
    """Drawn features that are restricted, by their ids in the layer file."""
    drawn = [(f"segment-{row.segment_id}", row) for row in route_map.segments]
    drawn += [(f"stop-{row.stop_id}", row) for row in route_map.stops]
    return [name for name, row in drawn if is_narrower(row.readers, route_map.edition.readers)]


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
        "notAvailable": _("n/a"),
        "ofNationality": OF_NATIONALITY % {"name": "{name}"},
        "noneOfNationality": str(NONE_OF_NATIONALITY),
        "noneInPeriod": NONE_IN_PERIOD % {"period": "{period}", "name": "{name}"},
        "withoutData": _("{choice} (no data for {period})"),
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
        "narrower": str(NARROWER),
        "failed": _("The routes could not be loaded. The tables below say the same."),
    }
