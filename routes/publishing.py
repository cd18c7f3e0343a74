"""From the working rows of a dialogue to a map that readers see."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from access.viewer import narrowest
from atlas.models import Subject
from routes.models import FeatureKind, Layer, MapEdition, MapFeature, Reason, Segment, Stop

LANGUAGES = ("en", "fr", "ar")


@transaction.atomic
def publish_map(
    dialogue: str,
    *,
    year: int,
    first_year: int,
    last_year: int,
    titles: Mapping[str, str],
    audience: Sequence[str],
    by=None,
) -> MapEdition:
    """Publishes the segments, stops and reasons of a dialogue, as they stand, as its map of a year.

    `titles`: `title_en`, `title_fr`, `title_ar`. Raises ValidationError when there is such a map, or nothing to show.
    """
    if MapEdition.objects.filter(dialogue=dialogue, year=year).exists():
        raise ValidationError(_("There is a map of %(year)s already."), params={"year": year})
    edition = MapEdition(
        dialogue_id=dialogue, year=year, first_year=first_year, last_year=last_year,
        published_at=timezone.now(), published_by=by, audience=list(audience), **titles,
    )  # fmt: skip
    edition.full_clean(exclude=["dialogue", "published_by"])
    layers = {layer.pk: layer for layer in Layer.objects.filter(dialogue=dialogue)}
    features = [
        *(_of_stop(stop, layers[stop.layer_id]) for stop in _stops(dialogue)),
        *(_of_segment(segment, layers[segment.layer_id]) for segment in _segments(dialogue)),
        *map(_of_reason, Reason.objects.filter(dialogue=dialogue).select_related("route")),
    ]
    if not any(feature.kind == FeatureKind.SEGMENT for feature in features):
        raise ValidationError(_("There is no route segment to publish."))
    edition.save(force_insert=True)
    for feature in features:
        feature.edition = edition
        feature.audience = narrowest(edition.audience, feature.audience)
    MapFeature.objects.bulk_create(features, batch_size=500)
    return edition


def _stops(dialogue: str):
    return Stop.objects.filter(layer__dialogue=dialogue).select_related("place__country")


def _segments(dialogue: str):
    related = ("route", "start__place", "end__place", "start__layer", "end__layer")
    return Segment.objects.filter(layer__dialogue=dialogue).select_related(*related)


def _of_stop(stop: Stop, layer: Layer) -> MapFeature:
    properties = {
        "name": names_of(stop.place),
        "kind": stop.kind,
        "country": stop.place.country.iso3 if stop.place.country else None,
        "place": [stop.place.kind, stop.place.slug],
        **_years(stop),
    }
    return MapFeature(
        kind=FeatureKind.STOP, stop=stop, layer=layer.slug, geometry=stop.point, open_geometry=rounded(stop.point, layer.precision),
        properties=properties, audience=_audience(stop, layer),
    )  # fmt: skip


def _of_segment(segment: Segment, layer: Layer) -> MapFeature:
    properties = {
        "route": segment.route.slug,
        "from": names_of(segment.start.place),
        "to": names_of(segment.end.place),
        "stops": [segment.start_id, segment.end_id],
        "mode": segment.mode,
        "confidence": segment.confidence,
        "source": segment.source,
        "position": segment.position,
        **_years(segment),
    }
    ends = [_audience(stop, stop.layer) for stop in (segment.start, segment.end)]
    return MapFeature(
        kind=FeatureKind.SEGMENT, segment=segment, route=segment.route, layer=layer.slug, geometry=segment.line,
        open_geometry=rounded(segment.line, layer.precision), properties=properties,
        audience=narrowest(_audience(segment, layer), *ends),
    )  # fmt: skip


def _of_reason(reason: Reason) -> MapFeature:
    text = {language: getattr(reason, f"text_{language}") for language in LANGUAGES}
    properties = {"route": reason.route.slug, "date": reason.date, "text": text, "source": reason.source}
    return MapFeature(
        kind=FeatureKind.REASON, reason=reason, route=reason.route, layer="", properties=properties, audience=reason.audience
    )  # fmt: skip


def _audience(row: Stop | Segment, layer: Layer) -> list[str]:
    return list(layer.audience) if row.audience is None else narrowest(layer.audience, row.audience)


def _years(row: Stop | Segment) -> dict[str, str]:
    return {"since": row.first_year, "until": row.last_year}


def names_of(subject: Subject) -> dict[str, str]:
    return {language: getattr(subject, f"name_{language}") for language in LANGUAGES}


def rounded(geometry: Mapping, decimals: int) -> dict:
    """The geometry to so many decimals of a degree, each point once in a row."""
    if geometry["type"] == "Point":
        return {"type": "Point", "coordinates": [round(part, decimals) for part in geometry["coordinates"]]}
    points = [[round(part, decimals) for part in point] for point in geometry["coordinates"]]
    once = [point for before, point in zip([None, *points], points, strict=False) if point != before]
    return {"type": geometry["type"], "coordinates": once if len(once) > 1 else once * 2}
