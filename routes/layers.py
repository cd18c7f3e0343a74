"""The features of a map as GeoJSON (RFC 7946), compressed once for all who see the same of it.

What a file holds depends on the edition, which never changes, on which of its features the reader may see, on language
and zoom. Its key is made of just these, so that nothing kept has to be taken back: who sees less has another key.
Which features those are is remembered in this process as long as nothing has changed (`atlas.change_counters`).
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
from routes.geometry.simplification import simplified, tolerance_deg
from routes.models import FeatureKind, MapEdition, MapFeature
from routes.page import in_language, segment_name
from routes.reading import RECORDS, features_seen
from untrusted.characters import clean_deep

ZOOMS = (4, 7)  # up to which each file is drawn; the map goes no closer than the last
DRAWN = (FeatureKind.SEGMENT, FeatureKind.STOP)
# As `MapFeature.readers` says it, asked of the database.
IS_OPEN = Q(audience__contains=[tokens.PUBLIC])
for path in sorted(
    {"__".join(names[:depth]) for names in (path.split("__") for path in RECORDS) for depth in (1, 2, 3)}
):
    IS_OPEN &= Q(**{f"{path}__isnull": True}) | Q(**{f"{path}__audience__contains": [tokens.PUBLIC]})
QUALITY = 9  # of Brotli: a file is compressed while its first reader waits


@dataclass(frozen=True)
class VisibleLayers:
    """What a viewer sees of an edition: its features by their numbers, as none is ever changed."""

    viewer: Viewer
    edition_id: int
    log_name: str
    digest: str
    is_restricted: bool

    @property
    def features(self) -> QuerySet[MapFeature]:
        return features_seen(self.viewer, self.edition_id).filter(kind__in=DRAWN)


def visible_layers_of(edition: MapEdition, viewer: Viewer) -> VisibleLayers:
    """One query."""
    numbers = StringAgg(Cast("pk", CharField()), ",", order_by="pk")
    features = features_seen(viewer, edition.pk).filter(kind__in=DRAWN).order_by()
    seen = features.aggregate(digest=MD5(numbers), is_open=BoolAnd(IS_OPEN))
    audiences = (edition.audience, edition.dialogue.audience)
    is_restricted = any(tokens.PUBLIC not in audience for audience in audiences) or seen["is_open"] is False
    return VisibleLayers(viewer, edition.pk, edition.log_name, seen["digest"] or "", is_restricted)


@dataclass(frozen=True)
class LayerFile:
    """The segments and stops of a sight, in the active language, as drawn up to a zoom."""

    sight: VisibleLayers
    zoom: int

    @cached_property
    def key(self) -> str:
        parts = (self.sight.edition_id, self.sight.digest, self.zoom, get_language(), settings.PAGE_GENERATION)
        return "layer:" + sha256(repr(parts).encode()).hexdigest()[:32]

    @property
    def etag(self) -> str:
        return f'W/"{self.key.removeprefix("layer:")}"'

    def kept(self, encoding: str) -> bytes | None:
        """The file in `br` or `gzip`, or plain ('') for clients that take neither; None when none is kept."""
        held = cache.get(f"{self.key}:{encoding or 'gzip'}")
        return gzip.decompress(held) if held and not encoding else held

    def encoded(self, encoding: str) -> bytes:
        """The same, made when none is kept."""
        kept = self.kept(encoding)
        if kept is not None:
            return kept
        text = json.dumps(clean_deep(self.content()), ensure_ascii=False, separators=(",", ":")).encode()
        made = {"br": brotli.compress(text, quality=QUALITY), "gzip": gzip.compress(text, mtime=0)}
        cache.set_many({f"{self.key}:{name}": held for name, held in made.items()})
        return made.get(encoding, text)

    def content(self) -> dict:
        """A FeatureCollection; coordinates are WGS 84 degrees, longitude first."""
        tolerance = tolerance_deg(self.zoom)
        return {"type": "FeatureCollection", "features": [_feature(row, tolerance) for row in self.sight.features]}


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
