"""Publishes a dialogue's drawings: as a proof for the quality check, then as a map that readers see."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from access import tokens
from access.viewer import narrowest
from atlas.models import Dialogue, Subject
from routes.models import FeatureKind, Layer, MapEdition, MapFeature, Mode, Reason, Segment, SegmentDrawing, StopDrawing
from routes.quality_checks import agencies_that_checked, tell_agencies

# Coordinates of a line → ISO codes of the countries it crosses, in order: `routes.geometry.shapes.countries_of(dialogue).along`,
# whose libraries of geometry no page of a reader needs.
Crossing = Callable[[Sequence[Sequence[float]]], list[str]]


@dataclass(frozen=True)
class MapTitle:
    """What a map is called, when its information was gathered, and its years. `titles`: `title_en`, `title_fr`, `title_ar`."""

    year: int
    as_of: str
    first_year: int
    last_year: int
    titles: Mapping[str, str]


def publish_map(dialogue: str, titled: MapTitle, audience: Sequence[str], crossing: Crossing, by=None) -> MapEdition:
    """Publishes the drawings and reasons of a dialogue, as they stand, as the next map of a year.

    Names the agencies whose quality check holds for just this content. Raises ValidationError when there is nothing
    to show, or a title or a year is wrong.
    """
    return _put(dialogue, titled, audience, crossing, by, is_proof=False)


def make_proof(dialogue: str, titled: MapTitle, agencies: Iterable[str], crossing: Crossing, by=None) -> MapEdition:
    """The same for the agencies alone that are asked to check it, which a mail tells them.

    Raises ValidationError, also without an agency.
    """
    asked = sorted(agencies)
    if not asked:
        raise ValidationError(_("Name at least one agency."))
    proof = _put(dialogue, titled, [tokens.partner(slug) for slug in asked], crossing, by, is_proof=True)
    tell_agencies(proof)
    return proof


@transaction.atomic
def _put(
    dialogue: str, titled: MapTitle, audience: Sequence[str], crossing: Crossing, by, is_proof: bool
) -> MapEdition:
    Dialogue.objects.select_for_update().get(pk=dialogue)  # two who publish at once take their numbers in turn
    features = features_of(dialogue, crossing)
    if not any(feature.kind == FeatureKind.SEGMENT for feature in features):
        raise ValidationError(_("There is no route segment to publish."))
    digest = digest_of(features)
    edition = MapEdition(
        dialogue_id=dialogue, year=titled.year, as_of=titled.as_of, first_year=titled.first_year, last_year=titled.last_year,
        number=_next_number(dialogue, titled.year, is_proof), is_proof=is_proof, digest=digest,
        checked=[] if is_proof else agencies_that_checked(dialogue, digest),
        published_at=timezone.now(), published_by=by, audience=[*audience, tokens.secretariat(dialogue)], **titled.titles,
    )  # fmt: skip
    edition.full_clean(exclude=["dialogue", "published_by", "checked"])
    edition.save(force_insert=True)
    for feature in features:
        feature.edition = edition
    MapFeature.objects.bulk_create(features, batch_size=500)
    return edition


def _next_number(dialogue: str, year: int, is_proof: bool) -> int:
    earlier = MapEdition.objects.filter(dialogue=dialogue, year=year, is_proof=is_proof)
    return (earlier.aggregate(Max("number"))["number__max"] or 0) + 1


def features_of(dialogue: str, crossing: Crossing) -> list[MapFeature]:
    """What a map of this moment would show, not yet of any edition, in an order that does not change by itself."""
    layers = {layer.pk: layer for layer in Layer.objects.filter(dialogue=dialogue)}
    reasons = Reason.objects.filter(dialogue=dialogue).select_related("route").order_by("date", "route__slug")
    return [
        *(_of_stop(drawing, layers) for drawing in _stops(dialogue)),
        *(_of_segment(drawing, layers, crossing) for drawing in _segments(dialogue)),
        *map(_of_reason, reasons),
    ]


def digest_of(features: Iterable[MapFeature]) -> str:
    """Differs when anything differs that a reader of the map could be shown, or who could be."""
    content = [
        [row.kind, row.segment_id, row.stop_id, row.reason_id, row.layer, row.geometry, row.properties, row.audience]
        for row in features
    ]
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def _stops(dialogue: str):
    drawings = StopDrawing.objects.filter(stop__layer__dialogue=dialogue, is_shown=True)
    return drawings.select_related("stop__place__country").order_by(
        "stop__place__slug", "stop__kind", "stop__layer__position"
    )


def _segments(dialogue: str):
    related = [f"segment__{name}" for name in ("route", "start__place__country", "end__place__country")]
    drawings = SegmentDrawing.objects.filter(segment__layer__dialogue=dialogue, is_shown=True)
    return drawings.select_related(*related).order_by("segment__route__position", "segment__position", "segment_id")


def _of_stop(drawing: StopDrawing, layers: Mapping[int, Layer]) -> MapFeature:
    stop, layer = drawing.stop, layers[drawing.stop.layer_id]
    audience = _audience(layer, stop.audience)
    properties = {
        "name": names_of(stop.place),
        "kind": stop.kind,
        "place": [stop.place.kind, stop.place.slug],
        "remark": _in_each_language(drawing, "remark"),
        **_years(drawing),
    }
    return MapFeature(
        kind=FeatureKind.STOP, stop=stop, layer=layer.slug, properties=properties,
        countries=_codes([stop.place.country]), audience=audience,
        **_drawn(_as_precise_as_open(drawing.point, layer, audience)),
    )  # fmt: skip


def _of_segment(drawing: SegmentDrawing, layers: Mapping[int, Layer], crossing: Crossing) -> MapFeature:
    segment, layer = drawing.segment, layers[drawing.segment.layer_id]
    audience = _audience(
        layer,
        segment.audience,
        *(_audience(layers[stop.layer_id], stop.audience) for stop in (segment.start, segment.end)),
    )
    properties = {
        "route": segment.route.slug,
        "from": names_of(segment.start.place),
        "to": names_of(segment.end.place),
        "stops": [segment.start_id, segment.end_id],
        "mode": segment.mode,
        "confidence": drawing.confidence,
        "source": drawing.source,
        "position": segment.position,
        "remark": _in_each_language(drawing, "remark"),
        **_years(drawing),
    }
    return MapFeature(
        kind=FeatureKind.SEGMENT, segment=segment, route=segment.route, layer=layer.slug, properties=properties,
        countries=_on_the_way(segment, drawing, crossing), audience=audience,
        **_drawn(_as_precise_as_open(drawing.line, layer, audience)),
    )  # fmt: skip


def _of_reason(reason: Reason) -> MapFeature:
    text = _in_each_language(reason, "text")
    properties = {"route": reason.route.slug, "date": reason.date, "text": text, "source": reason.source}
    return MapFeature(
        kind=FeatureKind.REASON, reason=reason, route=reason.route, properties=properties, audience=sorted(reason.audience)
    )  # fmt: skip


def _audience(layer: Layer, *narrower: Sequence[str] | None) -> list[str]:
    return sorted(narrowest(layer.audience, *narrower))


def _as_precise_as_open(geometry: Mapping, layer: Layer, audience: Sequence[str]) -> Mapping:
    """What everyone may see is rounded before it is published: the exact position stays with the desk."""
    return rounded(geometry, layer.precision) if tokens.PUBLIC in audience else geometry


def _drawn(geometry: Mapping) -> dict[str, object]:
    """The geometry with the box round it."""
    points = [geometry["coordinates"]] if geometry["type"] == "Point" else geometry["coordinates"]
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    box = {"west": min(longitudes), "south": min(latitudes), "east": max(longitudes), "north": max(latitudes)}
    return {"geometry": geometry, **box}


def _on_the_way(segment: Segment, drawing: SegmentDrawing, crossing: Crossing) -> list[str]:
    """The countries of both ends, and by land those between them, where a source says which way the line takes.

    A line at sea is no stay in a country.
    """
    is_stated = segment.mode == Mode.LAND and bool(drawing.source) and not drawing.is_schematic
    between = crossing(drawing.line["coordinates"]) if is_stated else []
    first, last = _codes([segment.start.place.country]), _codes([segment.end.place.country])
    return list(dict.fromkeys([*first, *(code for code in between if code not in last), *last]))


def _codes(countries: Iterable[Subject | None]) -> list[str]:
    return [country.iso3 for country in countries if country and country.iso3]


def _years(drawing: StopDrawing | SegmentDrawing) -> dict[str, str]:
    return {"since": drawing.first_year, "until": drawing.last_year}


def names_of(subject: Subject) -> dict[str, str]:
    return _in_each_language(subject, "name")


def _in_each_language(row, field: str) -> dict[str, str]:
    return {language: getattr(row, f"{field}_{language}") or "" for language in settings.MODELTRANSLATION_LANGUAGES}


def rounded(geometry: Mapping, decimals: int) -> dict:
    """The geometry to so many decimals of a degree, each point once in a row."""
    if geometry["type"] == "Point":
        return {"type": "Point", "coordinates": [round(part, decimals) for part in geometry["coordinates"]]}
    points = [[round(part, decimals) for part in point] for point in geometry["coordinates"]]
    once = [point for before, point in zip([None, *points], points, strict=False) if point != before]
    return {"type": geometry["type"], "coordinates": once if len(once) > 1 else once * 2}
