"""The features of a map as a file of GeoJSON (RFC 7946), compressed once for all who see the same of it.

What a file holds depends on the edition, which never changes, on which of its features the reader may see, on language
and zoom. Its key is made of just these, so that nothing kept has to be taken back: who sees less has another key.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import brotli
from django.conf import settings
from django.contrib.postgres.aggregates import BoolAnd, StringAgg
from django.core.cache import cache
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import MD5, Cast
from django.utils.translation import get_language

from access import tokens
from access.viewer import Viewer
from routes.models import FeatureKind, MapEdition, MapFeature
from routes.page import in_language, segment_name
from routes.reading import features_seen
from routes.simplifying import simplified, tolerance_deg

ZOOMS = (4, 7)  # up to which each file is drawn; the map goes no closer than the last
DRAWN = (FeatureKind.SEGMENT, FeatureKind.STOP)
QUALITY = 9  # of Brotli: a file is compressed while its first reader waits


@dataclass(frozen=True)
class LayerFile:
    """The segments and stops of an edition that a viewer may see, in the active language, as drawn up to a zoom."""

    edition: MapEdition
    viewer: Viewer
    zoom: int

    @property
    def _features(self) -> QuerySet[MapFeature]:
        return features_seen(self.viewer, self.edition).filter(kind__in=DRAWN)

    @cached_property
    def _seen(self) -> dict:
        """One query: the features by their numbers, as none is ever changed, and whether everyone may see them all."""
        numbers = StringAgg(Cast("pk", CharField()), ",", order_by="pk")
        is_open = BoolAnd(Q(audience__contains=[tokens.PUBLIC]))
        return self._features.order_by().aggregate(digest=MD5(numbers), is_open=is_open)

    @property
    def is_restricted(self) -> bool:
        return tokens.PUBLIC not in self.edition.audience or self._seen["is_open"] is False

    @cached_property
    def key(self) -> str:
        parts = (self.edition.pk, self._seen["digest"], self.zoom, get_language(), settings.PAGE_GENERATION)
        return "layer:" + sha256(repr(parts).encode()).hexdigest()[:32]

    @property
    def etag(self) -> str:
        return f'W/"{self.key.removeprefix("layer:")}"'

    def encoded(self, encoding: str) -> bytes:
        """The file in `br` or `gzip`, or plain ('') for clients that take neither. Made when none is kept."""
        kept = cache.get(self.key)
        if kept is None:
            text = json.dumps(self.content(), ensure_ascii=False, separators=(",", ":")).encode()
            kept = {"br": brotli.compress(text, quality=QUALITY), "gzip": gzip.compress(text, mtime=0)}
            cache.set(self.key, kept)
        return kept[encoding] if encoding else gzip.decompress(kept["gzip"])

    def content(self) -> dict:
        """A FeatureCollection; coordinates are WGS 84 degrees, longitude first."""
        tolerance = tolerance_deg(self.zoom)
        return {"type": "FeatureCollection", "features": [_feature(row, tolerance) for row in self._features]}


def _feature(row: MapFeature, tolerance: float) -> dict:
    is_segment = row.kind == FeatureKind.SEGMENT
    coordinates = simplified(row.coordinates, tolerance) if is_segment else row.coordinates
    return {
        "type": "Feature",
        "id": f"{row.kind}-{row.segment_id if is_segment else row.stop_id}",
        "geometry": {"type": "LineString" if is_segment else "Point", "coordinates": coordinates},
        "properties": segment_properties(row) if is_segment else stop_properties(row),
    }


def segment_properties(row: MapFeature) -> dict:
    held = row.properties
    return {
        "kind": row.kind, "layer": row.layer, "name": segment_name(row), "route": held["route"], "mode": held["mode"],
        "confidence": held["confidence"], "stops": held["stops"], "since": held["since"], "until": held["until"],
        "remark": in_language(held["remark"]), "countries": row.countries,
    }  # fmt: skip


def stop_properties(row: MapFeature) -> dict:
    held = row.properties
    return {
        "kind": row.kind, "layer": row.layer, "name": in_language(held["name"]), "stop": held["kind"],
        "since": held["since"], "until": held["until"], "remark": in_language(held["remark"]), "countries": row.countries,
    }  # fmt: skip
