"""The part of a map about one subject: a route with the countries on its way, or the routes through a place."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from access.viewer import Viewer, narrowest
from atlas.models import Subject, SubjectKind
from routes.models import FeatureKind, MapEdition, MapFeature
from routes.reading import RECORDS, RouteMap, newest_editions


@dataclass(frozen=True)
class Part:
    """A map of what concerns one subject, and the countries on its way in the order of the branches."""

    map: RouteMap
    countries: list[Subject]


def route_on_the_way(whole: RouteMap, route: Subject, viewer: Viewer) -> Part | None:
    """One route of a map, with its area beside it; None when the viewer sees no segment of it."""
    return _part(whole, lambda segment: segment.route_id == route.pk, viewer)


def routes_through(whole: RouteMap, place: Subject, viewer: Viewer) -> Part | None:
    """The routes that pass a hub or a town, or cross a country, from end to end; None when the viewer sees none."""
    passing = {row.route_id for row in whole.segments if _touches(whole, row, place)}
    return _part(whole, lambda segment: segment.route_id in passing, viewer)


def _touches(whole: RouteMap, segment: MapFeature, place: Subject) -> bool:
    if place.kind == SubjectKind.COUNTRY:
        return place.iso3 in segment.countries
    here = {stop.stop_id for stop in whole.stops if tuple(stop.properties["place"]) == (place.kind, place.slug)}
    return not here.isdisjoint(segment.properties["stops"])


def _part(whole: RouteMap, concerns: Callable[[MapFeature], bool], viewer: Viewer) -> Part | None:
    segments = [row for row in whole.segments if concerns(row)]
    if not segments:
        return None
    routes = {row.route_id for row in segments}
    stops = {stop for row in segments for stop in row.properties["stops"]}
    narrowed = replace(
        whole,
        routes=[route for route in whole.routes if route.pk in routes],
        segments=segments,
        stops=[row for row in whole.stops if row.stop_id in stops],
        reasons=[row for row in whole.reasons if row.route_id in routes],
        areas=[row for row in whole.areas if row.area.nearest_route_id in routes],
    )
    return Part(narrowed, countries_on_the_way(segments, viewer))


def countries_on_the_way(segments: Iterable[MapFeature], viewer: Viewer) -> list[Subject]:
    """Each country once, in the order in which the branches come to it, of those that may be named to the viewer."""
    codes = list(dict.fromkeys(code for row in _in_order(segments) for code in row.countries))
    named = Subject.objects.sayable_to(viewer).filter(kind=SubjectKind.COUNTRY, iso3__in=codes)
    countries = {row.iso3: row for row in named}
    return [countries[code] for code in codes if code in countries]


def _in_order(segments: Iterable[MapFeature]) -> list[MapFeature]:
    return sorted(segments, key=lambda row: (row.route_id, row.properties["position"]))


@dataclass(frozen=True)
class RouteThrough:
    """A route, and the tokens of those who may see a segment of it there."""

    route: Subject
    readers: list[str]


@dataclass(frozen=True)
class Crossing:
    """The routes of a dialogue's newest map that cross a country."""

    edition: MapEdition
    routes: list[RouteThrough]


def crossings_of(viewer: Viewer, iso3: str | None) -> list[Crossing]:
    """Routes through a country by dialogue, by the segments that the viewer may see. Three queries."""
    if not iso3:
        return []
    editions = newest_editions(viewer)
    inside = MapFeature.objects.visible_to(viewer).filter(
        edition__in=[edition.pk for edition in editions], kind=FeatureKind.SEGMENT, countries__contains=[iso3]
    )
    by_edition: dict[int, dict[int | None, set[str]]] = defaultdict(dict)
    for row in inside.order_by().select_related(*RECORDS).defer("geometry", "properties"):
        by_edition[row.edition_id].setdefault(row.route_id, set()).update(row.readers)
    routes = list(Subject.objects.filter(kind=SubjectKind.ROUTE).order_by("position")) if by_edition else []
    return [
        Crossing(
            edition,
            [RouteThrough(row, sorted(narrowest(edition.readers, held[row.pk]))) for row in routes if row.pk in held],
        )
        for edition in editions
        if (held := by_edition.get(edition.pk))
    ]
