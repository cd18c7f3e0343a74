"""What each row of a file would do: make something new, change what there is, nothing, or be refused with its reason.

A row names its record by number, as exported files do, or by what it is: a stop by its place and kind, a segment by its
route, its ends and its mode. A number counts only where the rest agrees, as it may come from another installation.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from django.conf import settings
from django.db.models import Q

from access.viewer import Viewer
from atlas.models import Subject, SubjectKind
from atlas.periods import is_partial_date
from routes.geometry.paths import distance_km
from routes.importing.errors import ImportRefused
from routes.importing.rows import Drawn
from routes.models import Confidence, Layer, Mode, Segment, SegmentDrawing, Stop, StopDrawing, StopKind
from routes.publishing import rounded

NEAR_KM = 25.0  # from the end of a line to the stop that is meant, where the line names none
FAR_KM = 100.0  # from where a named place lies: farther, the row is wrong
WHOLE_DAY = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?")
DECIMALS = 7  # a centimetre, as the files of maps have it


class Effect(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class RowDiff:
    """The effect of one row. `record`: the stop or segment changed; `fields`: of its drawing; `keys`: of a new one."""

    effect: Effect
    is_line: bool
    name: str
    coordinates: list
    record: int | None = None
    fields: Mapping = field(default_factory=dict)
    keys: Mapping = field(default_factory=dict)
    why: Mapping | None = None

    def as_json(self) -> dict:
        return {
            "effect": self.effect.value, "is_line": self.is_line, "name": self.name, "coordinates": self.coordinates,
            "record": self.record, "fields": dict(self.fields), "keys": dict(self.keys), "why": self.why,
        }  # fmt: skip


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that do not say it themselves: slugs of a layer and a route, and a mode."""

    layer: str = ""
    route: str = ""
    mode: str = ""


def digest_of(outcomes: Iterable[RowDiff]) -> str:
    """Differs when anything differs that a confirmation was given for."""
    content = json.dumps([outcome.as_json() for outcome in outcomes], sort_keys=True)
    return sha256(content.encode()).hexdigest()


class DialogueRecords:
    """The records of a dialogue as they stand, looked up by what files call them. Six questions."""

    def __init__(self, dialogue: str) -> None:
        self.sayable = Subject.objects.sayable_to(Viewer.secretariat_of(dialogue))
        self.layers = {layer.slug: layer for layer in Layer.objects.filter(dialogue=dialogue)}
        self.layer_of = {layer.pk: layer for layer in self.layers.values()}
        self.routes = {route.slug: route for route in self.sayable.filter(kind=SubjectKind.ROUTE)}
        stops = Stop.objects.filter(layer__dialogue=dialogue).select_related("place")
        segments = Segment.objects.filter(layer__dialogue=dialogue)
        self.stops = {stop.pk: stop for stop in stops}
        self.segments = {segment.pk: segment for segment in segments}
        self.points = {row.stop_id: row for row in StopDrawing.objects.filter(stop__in=self.stops)}
        self.lines = {row.segment_id: row for row in SegmentDrawing.objects.filter(segment__in=self.segments)}
        self.stops_called: dict[str, list[Stop]] = defaultdict(list)
        for stop in self.stops.values():
            for name in _names(stop.place):
                self.stops_called[name].append(stop)
        self._places: dict[str, Subject] | None = None

    def layer(self, row: Drawn, defaults: Defaults) -> Layer:
        text = row.values.get("layer") or defaults.layer
        if text not in self.layers:
            raise ImportRefused("unknown_layer", text=text)
        return self.layers[text]

    def place(self, row: Drawn) -> Subject:
        text = row.values.get("place") or row.values.get("name_en") or row.values.get("name") or ""
        found = self.places.get(text.casefold())
        if found is None:
            raise ImportRefused("unknown_place", text=text[:80])
        return found

    @property
    def places(self) -> dict[str, Subject]:
        """Every hub and town that the dialogue may be told of, by each of its names, for stops that are not there yet."""
        if self._places is None:
            kinds = Q(kind__in=(SubjectKind.HUB, SubjectKind.CITY))
            self._places = {name: place for place in self.sayable.filter(kinds) for name in _names(place)}
        return self._places

    def at(self, stop: Stop) -> list[float] | None:
        drawing = self.points.get(stop.pk)
        return list(drawing.point["coordinates"]) if drawing else None


def _names(place: Subject) -> set[str]:
    names = (getattr(place, f"name_{language}") for language in settings.MODELTRANSLATION_LANGUAGES)
    return {name.casefold() for name in (place.slug, *names) if name}


def compare(rows: Sequence[Drawn], known: DialogueRecords, defaults: Defaults) -> list[RowDiff]:
    """One outcome for each row, in their order. Nothing is changed."""
    outcomes, seen = [], set()
    for row in rows:
        try:
            outcome = _of_line(row, known, defaults) if row.is_line else _of_point(row, known, defaults)
            target = (row.is_line, outcome.record or json.dumps(dict(outcome.keys), sort_keys=True))
            if target in seen:
                raise ImportRefused("twice")
            seen.add(target)
        except ImportRefused as refused:
            outcome = RowDiff(
                Effect.REFUSED, row.is_line, _called(row), _precise(row.coordinates), why=refused.as_json()
            )
        outcomes.append(outcome)
    return outcomes


def _called(row: Drawn) -> str:
    held = row.values
    ends = [held.get("from_en", ""), held.get("to_en", "")]
    return " – ".join(ends) if any(ends) else held.get("name_en") or held.get("name") or held.get("place") or ""


# Stops.


def _of_point(row: Drawn, known: DialogueRecords, defaults: Defaults) -> RowDiff:
    _refuse_outside(row)
    stop, place, kind = _stop_meant(row, known)
    expected = known.at(stop) if stop else place.point["coordinates"] if place.point else None
    _refuse_far(row.coordinates, expected)
    coordinates = _precise(row.coordinates)
    if stop is None:
        layer = known.layer(row, defaults)
        keys = {"layer": layer.pk, "place": place.pk, "kind": kind}
        return RowDiff(Effect.NEW, False, str(place), coordinates, fields=_fields(row), keys=keys)
    drawing = known.points.get(stop.pk)
    return _beside(row, stop, drawing, drawing.point if drawing else None, coordinates, known)


def _stop_meant(row: Drawn, known: DialogueRecords) -> tuple[Stop | None, Subject, str]:
    """The stop that a row is about, None where it is a new one; its place; its kind."""
    numbered = known.stops.get(row.number or 0)
    texts = {text.casefold() for name in ("place", "name_en", "name") if (text := row.values.get(name))}
    kind = row.values.get("kind", "")
    if kind and kind not in StopKind.values:
        raise ImportRefused("unknown_kind")
    if numbered and texts & _names(numbered.place) and kind in ("", numbered.kind):
        return numbered, numbered.place, numbered.kind
    place = known.place(row)
    here = [stop for stop in known.stops.values() if stop.place_id == place.pk and kind in ("", stop.kind)]
    if len(here) > 1:
        raise ImportRefused("several")
    default = StopKind.HUB if place.kind == SubjectKind.HUB else StopKind.TOWN
    return (here[0] if here else None), place, kind or default


# Segments.


def _of_line(row: Drawn, known: DialogueRecords, defaults: Defaults) -> RowDiff:
    _refuse_outside(row)
    _refuse_shape(row)
    numbered = known.segments.get(row.number or 0)
    route, mode = _route_meant(row, known, defaults), _mode_meant(row, defaults)
    if numbered and _is_meant(row, numbered, known, route, mode):
        segment: Segment | None = numbered
        start, end = known.stops[numbered.start_id], known.stops[numbered.end_id]
    else:
        start, end = (_end_meant(row, known, which) for which in ("from", "to"))
        same = [
            other for other in known.segments.values()
            if (other.route_id, other.start_id, other.end_id, other.mode) == (route.pk, start.pk, end.pk, mode)
        ]  # fmt: skip
        segment = same[0] if same else None
    if start.pk == end.pk:
        raise ImportRefused("nowhere")
    for point, stop in ((row.coordinates[0], start), (row.coordinates[-1], end)):
        _refuse_far(point, known.at(stop))
    coordinates = _precise(row.coordinates)
    if segment is None:
        layer = known.layer(row, defaults)
        keys = {"layer": layer.pk, "route": route.pk, "start": start.pk, "end": end.pk, "mode": mode}
        name = f"{start.place} – {end.place}"
        return RowDiff(Effect.NEW, True, name, coordinates, fields=_fields(row), keys=keys)
    drawing = known.lines.get(segment.pk)
    return _beside(row, segment, drawing, drawing.line if drawing else None, coordinates, known)


def _route_meant(row: Drawn, known: DialogueRecords, defaults: Defaults) -> Subject:
    text = row.values.get("route") or defaults.route
    if not text:
        raise ImportRefused("no_route")
    if text not in known.routes:
        raise ImportRefused("unknown_route", text=text[:80])
    return known.routes[text]


def _mode_meant(row: Drawn, defaults: Defaults) -> str:
    mode = row.values.get("mode") or defaults.mode
    if mode not in Mode.values:
        raise ImportRefused("unknown_mode")
    return mode


def _is_meant(row: Drawn, segment: Segment, known: DialogueRecords, route: Subject, mode: str) -> bool:
    """Whether the segment of this number is what the rest of the row says."""
    ends = ((known.stops[segment.start_id], "from_en"), (known.stops[segment.end_id], "to_en"))
    named = [row.values[column].casefold() in _names(stop.place) for stop, column in ends if row.values.get(column)]
    return len(named) == 2 and all(named) and segment.route_id == route.pk and segment.mode == mode


def _end_meant(row: Drawn, known: DialogueRecords, which: str) -> Stop:
    """The stop that a line names, else the nearest one to its end."""
    point = row.coordinates[0 if which == "from" else -1]
    text = row.values.get(f"{which}_en") or row.values.get(which) or ""
    named = known.stops_called.get(text.casefold(), []) if text else list(known.stops.values())
    if text and not named:
        raise ImportRefused("unknown_stop", text=text[:80])
    if len(named) == 1:
        return named[0]
    near = sorted((distance_km(point, at), stop.pk) for stop in named if (at := known.at(stop)))
    if not near or near[0][0] > NEAR_KM:
        raise ImportRefused("several") if text else ImportRefused("no_stop_near", km=int(NEAR_KM))
    return known.stops[near[0][1]]


# What both have.


def _beside(row: Drawn, record, drawing, drawn: Mapping | None, coordinates: list, known: DialogueRecords) -> RowDiff:
    """What a row would change of a record that is there."""
    layer, name, shared = known.layer_of[record.layer_id], str(record), {"record": record.pk}
    if row.values.get("layer", layer.slug) not in ("", layer.slug):
        raise ImportRefused("other_layer")
    if drawn is None:
        return RowDiff(Effect.CHANGED, row.is_line, name, coordinates, fields=_fields(row), **shared)
    as_it_is = drawn["coordinates"]
    # An open file holds rounded positions: taken back in, they must not replace the exact ones.
    as_exported = rounded(drawn, layer.precision)["coordinates"]
    if coordinates in (_precise(as_it_is), _precise(as_exported)):
        coordinates = as_it_is
    changed = {name: value for name, value in _fields(row).items() if (getattr(drawing, name) or "") != value}
    is_moved = coordinates != as_it_is
    effect = Effect.CHANGED if changed or is_moved else Effect.SAME
    return RowDiff(effect, row.is_line, name, coordinates, fields=changed, **shared)


COLUMNS = {"since": "first_year", "until": "last_year"} | {
    f"remark_{code}": f"remark_{code}" for code in settings.MODELTRANSLATION_LANGUAGES
}
OF_LINES = {"confidence": "confidence", "source": "source"}


def _fields(row: Drawn) -> dict[str, str]:
    """The columns of a drawing that the file has; one that it has not stays as it is."""
    columns = COLUMNS | (OF_LINES if row.is_line else {})
    held = {name: row.values[column] for column, name in columns.items() if column in row.values}
    for name in held.keys() & {"first_year", "last_year"}:
        held[name] = _as_date(held[name])
    for name in ("first_year", "last_year"):
        if held.get(name) and not is_partial_date(held[name]):
            raise ImportRefused("wrong_date", text=held[name][:40])
    if held.get("confidence", Confidence.PRESUMED) not in Confidence.values:
        raise ImportRefused("unknown_confidence")
    return held


def _as_date(text: str) -> str:
    """A day as this portal writes it: files have it with slashes, or with a midnight that nobody meant."""
    whole = WHOLE_DAY.fullmatch(text)
    return "-".join(whole.groups()) if whole else text


def _precise(coordinates: list) -> list:
    """Rounds to a centimetre, beyond which GDAL's formats differ."""
    if coordinates and isinstance(coordinates[0], list | tuple):
        return [[round(part, DECIMALS) for part in point] for point in coordinates]
    return [round(part, DECIMALS) for part in coordinates]


def _refuse_outside(row: Drawn) -> None:
    if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in row.points):
        raise ImportRefused("outside")


def _refuse_shape(row: Drawn) -> None:
    """A line that goes nowhere, or crosses itself."""
    from shapely.geometry import LineString

    if len({tuple(point) for point in row.coordinates}) < 2:
        raise ImportRefused("no_length")
    if not LineString(row.coordinates).is_simple:
        raise ImportRefused("crosses_itself")


def _refuse_far(point: Sequence[float], expected: Sequence[float] | None) -> None:
    if expected is None:
        return
    away_km = distance_km(point, expected)
    if away_km <= FAR_KM:
        return
    if distance_km(point[::-1], expected) <= FAR_KM:
        raise ImportRefused("swapped")
    raise ImportRefused("far", km=round(away_km))
