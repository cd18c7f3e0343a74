"""Loads the routes: stops and segments from chains of towns, reasons of changes, and a first map of them.

What is there already is left as it is: the secretariat moves lines and stops.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from accounts.audiences.presets import audience_of
from atlas.basemaps import SHAPES
from atlas.loading import Loading, TableRow, read_csv, read_toml
from atlas.loading.loading import Entry
from atlas.models import Subject, SubjectKind
from atlas.shapes import read_countries
from routes.geometry.country_crossings import LEAST_KM, Countries
from routes.geometry.paths import DECIMALS, HARBOUR_KM, KM_PER_DEGREE, NoPath, Position, outside_km, path_between
from routes.geometry.shapes import countries_of
from routes.models import (
    Confidence,
    Layer,
    MapEdition,
    Mode,
    Reason,
    Segment,
    SegmentDrawing,
    Stop,
    StopDrawing,
    StopKind,
    Story,
    StoryStep,
)
from routes.publishing import MapTitle, publish_map

DIALOGUE, THEME = "mtm", "irregular-mixed-migration"
MAIN = "main"  # the layer of all that no other takes
CROSSINGS = {"evros-river-crossing"}
MAP_OF_2012 = "MTM Map on Irregular and Mixed Migration Routes, 2012"


def load_routes(data: Path, loading: Loading) -> None:
    worded = read_toml(data / "world" / "routes.toml")
    layers = loading.put(
        Layer,
        "dialogue_id slug",
        ((row, _layer(row)) for row in worded["layer"]),
        keep="audience precision name_en name_fr name_ar position",
    )
    layer = {slug: row for (_dialogue, slug), row in layers.items()}
    builder = _Builder(data, worded["route"], layer, loading)
    builder.build()
    loading.put(Reason, "dialogue_id route_id date", _reasons(data, worded["reason"], builder.routes))
    _publish(data, worded["map"], layer[MAIN], loading)
    _stories(worded["story"], layer, builder.routes, loading)


def _publish(data: Path, rows: list[TableRow], main: Layer, loading: Loading) -> None:
    published = set(MapEdition.objects.filter(dialogue=DIALOGUE, is_proof=False).values_list("year", flat=True))
    wanted = [row for row in rows if row["year"] not in published]
    loading.note("map editions", "skipped", len(rows) - len(wanted))
    if not wanted:
        return
    crossing = countries_of(DIALOGUE, data).along
    for row in wanted:
        titled = MapTitle(row["year"], row["as_of"], row["first_year"], row["last_year"], row.translated("title"))
        publish_map(DIALOGUE, titled, main.audience, crossing)
        loading.note("map editions", "added")


def _stories(rows: list[TableRow], layer: dict[str, Layer], routes: dict[str, Subject], loading: Loading) -> None:
    """A story that is there already is left as it is: the secretariat composes it."""
    for position, row in enumerate(rows, 1):
        if Story.objects.filter(dialogue=DIALOGUE, slug=row["slug"]).exists():
            loading.note("guided stories", "skipped")
            continue
        audience = audience_of(row["preset"], DIALOGUE, THEME)
        words = row.translated("title") | row.translated("introduction")
        belongs = {"dialogue_id": DIALOGUE, "theme_id": THEME, "audience": audience}
        story = Story.objects.create(slug=row["slug"], position=position, **belongs, **words)
        for number, values in enumerate(row["step"], 1):
            _step(story, number, TableRow(row.file, row.line, values), layer, routes)
        loading.note("guided stories", "added")


def _step(story: Story, number: int, row: TableRow, layer: dict[str, Layer], routes: dict[str, Subject]) -> None:
    latitude, longitude, zoom = row["view"]
    route = row.choice("route", routes) if row.get("route") else None
    step = StoryStep.objects.create(
        story=story, position=number, year=row["year"], quarter=row.get("quarter", None), route=route,
        latitude=latitude, longitude=longitude, zoom=zoom, **row.translated("heading"), **row.translated("text"),
    )  # fmt: skip
    step.layers.set(layer[slug] for slug in row.get("layers", []))


def _layer(row: TableRow) -> dict:
    values = {name: row[name] for name in ("slug", "precision", "position")}
    audience = audience_of(row["preset"], DIALOGUE, THEME)
    return values | {"dialogue_id": DIALOGUE, "theme_id": THEME, "audience": audience} | row.translated("name")


def _reasons(data: Path, worded: list[TableRow], routes: dict[str, Subject]) -> Iterator[Entry]:
    texts = {(row["date"], row["route"]): row for row in worded}
    for row in read_csv(data / "facts" / "route_events.csv", "date route event source"):
        text = texts.get((row["date"], row["route"]))
        if text is None:
            row.refuse(f"data/world/routes.toml has no words for what happened in {row['date']}.")
        values = {"dialogue_id": DIALOGUE, "route_id": row.choice("route", routes).pk, "date": row["date"]}
        audience = audience_of("public", DIALOGUE, THEME)
        yield row, values | text.translated("text") | {"source": row["source"], "audience": audience}


class _Builder:
    """Goes along the chains, making each stop and each segment once."""

    def __init__(self, data: Path, worded: list[TableRow], layer: dict[str, Layer], loading: Loading) -> None:
        self.rows = list(read_csv(data / "facts" / "routes.csv", "slug chain"))
        self.by_sea = {row["slug"]: set(row["by_sea"]) for row in worded}
        self.named = {row["slug"]: row for row in read_csv(data / "facts" / "places.csv", "slug named_on_the_2012_map")}
        self.data, self.shapes, self.layer, self.loading = data, data / SHAPES, layer, loading
        self.routes = {route.slug: route for route in Subject.objects.filter(kind=SubjectKind.ROUTE)}
        places = Subject.objects.filter(kind__in=(SubjectKind.HUB, SubjectKind.CITY)).select_related("country")
        self.places = dict(zip(places.values_list("name_en", flat=True), places, strict=True))
        known = Stop.objects.filter(layer__dialogue=DIALOGUE).select_related("place__country", "drawing")
        in_order = sorted(known, key=lambda stop: hasattr(stop, "drawing"))  # of two at a place, the one that is drawn
        self.stops = {(stop.place_id, stop.kind == StopKind.LANDING): stop for stop in in_order}
        self.at = {stop.pk: tuple(stop.drawing.point["coordinates"]) for stop in known if hasattr(stop, "drawing")}
        self.segments = set(Segment.objects.values_list("route_id", "start_id", "end_id"))
        self._land: BaseGeometry | None = None

    @property
    def land(self) -> BaseGeometry:
        """Read when something is to be drawn: a second load draws nothing."""
        if self._land is None:
            self._land = shapely.union_all(read_countries(self.shapes).geometry.values)
            shapely.prepare(self._land)
        return self._land

    @cached_property
    def countries(self) -> Countries:
        """Countries under the boundary policy of the dialogue."""
        return countries_of(DIALOGUE, self.data)

    def build(self) -> None:
        for row in self.rows:
            route = row.choice("slug", self.routes)
            legs = [leg for branch in row["chain"].split(";") for leg in self._legs(row, branch)]
            for position, (start, end) in enumerate(dict.fromkeys(legs)):
                is_sea = f"{start.slug} > {end.slug}" in self.by_sea[route.slug]
                self._join(row, route, position, start, end, is_sea)

    def _legs(self, row: TableRow, branch: str) -> Iterator[tuple[Subject, Subject]]:
        names = [name.strip() for name in branch.split(">")]
        unknown = [name for name in names if name not in self.places]
        if unknown:
            row.refuse(f"“{unknown[0]}” is not among the places.")
        towns = [self.places[name] for name in names]
        yield from pairwise(towns)

    def _join(self, row: TableRow, route: Subject, position: int, start: Subject, end: Subject, is_sea: bool) -> None:
        """One segment; by sea to or from a town inland, one to its landing point and one between the two."""
        if not is_sea:
            self._segment(row, route, position, self._stop(start), self._stop(end), Mode.LAND)
            return
        quay, pier = self._harbour(start), self._harbour(end)
        if quay != self._stop(start):
            self._segment(row, route, position, self._stop(start), quay, Mode.LAND)
        self._segment(row, route, position, quay, pier, Mode.SEA)
        if pier != self._stop(end):
            self._segment(row, route, position, pier, self._stop(end), Mode.LAND)

    def _stop(self, place: Subject) -> Stop:
        kind = StopKind.HUB if place.kind == SubjectKind.HUB else StopKind.TOWN
        if place.slug in CROSSINGS:
            kind = StopKind.CROSSING
        elif kind == StopKind.TOWN and any(
            place.slug in leg.split(" > ") for legs in self.by_sea.values() for leg in legs
        ):
            kind = StopKind.PORT
        return self._made(place, kind, tuple(place.point["coordinates"]))

    def _harbour(self, place: Subject) -> Stop:
        """The stop itself where it lies at the coast, else the nearest point of the coast."""
        known = self.stops.get((place.pk, True))
        if known and known.pk in self.at:
            return known
        point = Point(place.point["coordinates"])
        coast = self.land.boundary
        landing = coast.interpolate(coast.project(point))
        is_inland = point.distance(landing) * KM_PER_DEGREE > HARBOUR_KM and self.land.contains(point)
        if not is_inland:
            return self._stop(place)
        return self._made(place, StopKind.LANDING, (round(landing.x, DECIMALS), round(landing.y, DECIMALS)))

    def _made(self, place: Subject, kind: StopKind, at: Position) -> Stop:
        """The stop; one that the desk has made without drawing it gets its position."""
        key = (place.pk, kind == StopKind.LANDING)
        if key not in self.stops:
            layer = self.layer["crossings" if kind == StopKind.CROSSING else MAIN]
            self.stops[key] = Stop.objects.create(layer=layer, place=place, kind=kind)
            self.loading.note("stops", "added")
        stop = self.stops[key]
        if stop.pk not in self.at:
            StopDrawing.objects.create(stop=stop, point={"type": "Point", "coordinates": list(at)})
            self.at[stop.pk] = at
        return stop

    def _segment(self, row: TableRow, route: Subject, position: int, start: Stop, end: Stop, mode: Mode) -> None:
        if (route.pk, start.pk, end.pk) in self.segments:
            self.loading.note("route segments", "skipped")
            return
        try:
            line = self._line(start, end, mode)
        except NoPath as error:
            row.refuse(f"{error}.")
        segment = Segment.objects.create(
            layer=self.layer[MAIN], route=route, start=start, end=end, mode=mode, position=position
        )
        coordinates = [list(point) for point in line.coords]
        confidence = self._confidence(start, end)
        SegmentDrawing.objects.create(
            segment=segment, line={"type": "LineString", "coordinates": coordinates},
            confidence=confidence, source="" if confidence == Confidence.PRESUMED else MAP_OF_2012,
        )  # fmt: skip
        self.segments.add((route.pk, start.pk, end.pk))
        self.loading.note("route segments", "added")

    def _line(self, start: Stop, end: Stop, mode: Mode) -> LineString:
        """A line by land within the states of its two ends, if a way exists: a picture claims no third state."""
        ends = self.at[start.pk], self.at[end.pk]
        states = [stop.place.country.iso3 if stop.place.country else None for stop in (start, end)]
        own = None if mode == Mode.SEA else self.countries.area_of(*states)
        if own is not None:
            line = path_between(*ends, own, is_sea=False)
            if outside_km(line, own) < 2 * LEAST_KM:  # the shapes are coarse where three states meet
                return line
        return path_between(*ends, self.land, is_sea=mode == Mode.SEA)

    def _confidence(self, start: Stop, end: Stop) -> Confidence:
        """Confidence by how many of the segment's ends the published map of 2012 names."""
        named = sum(self.named[stop.place.slug]["named_on_the_2012_map"] == "yes" for stop in (start, end))
        return (Confidence.PRESUMED, Confidence.INDICATIVE, Confidence.DOCUMENTED)[named]
