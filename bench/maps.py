"""Layers of route maps of 50, 500 and 5,000 segments: their bytes, and what making, finding and sending one takes."""

import random
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from django.core.cache import cache
from django.db import transaction

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from routes.layers import ZOOMS, LayerFile
from routes.models import FeatureKind, MapEdition, MapFeature

SIZES = (50, 500, 5000)
DIALOGUE, YEAR = "mtm", 2090
SEED = 1  # the same lines in each run
SHIFT_DEG = 2.0  # so that no line is the copy of another, which would compress to nothing
ROUNDS = 5


@dataclass(frozen=True)
class LayerCost:
    """Of one file. `plain`, `gzip`, `br`: bytes. Seconds: to make it, and to find it once it is kept."""

    segments: int
    zoom: int
    plain: int
    gzip: int
    br: int
    made: float
    kept: float


def cost_of_layers() -> list[LayerCost]:
    """In the database that Django speaks to, which is left as it was."""
    costs = []
    with viewing(Viewer.secretariat_of(DIALOGUE)), transaction.atomic():
        for size in SIZES:
            edition = _map_of(size)
            with viewing(ANYONE):
                costs += [_cost(edition, size, zoom) for zoom in ZOOMS]
        transaction.set_rollback(True)
    return costs


def _map_of(size: int) -> MapEdition:
    """A map with so many segments: those of the newest one, each time moved a little."""
    newest = MapEdition.objects.filter(dialogue=DIALOGUE, is_proof=False).order_by("-year", "-number").first()
    if newest is None:
        raise SystemExit("There is no map to measure.")
    lines = list(newest.features.filter(kind=FeatureKind.SEGMENT, audience__contains=["public"]))
    edition = MapEdition.objects.get(pk=newest.pk)
    edition.pk, edition.year, edition.number = None, YEAR, size
    edition.save(force_insert=True)
    chance = random.Random(SEED)
    MapFeature.objects.bulk_create(_moved(lines[index % len(lines)], edition, chance) for index in range(size))
    return edition


def _moved(line: MapFeature, edition: MapEdition, chance: random.Random) -> MapFeature:
    across, up = (chance.uniform(-SHIFT_DEG, SHIFT_DEG) for _ in range(2))
    coordinates = [[round(lon + across, 2), round(lat + up, 2)] for lon, lat in line.coordinates]
    return MapFeature(
        edition=edition, kind=line.kind, segment_id=line.segment_id, route_id=line.route_id, layer=line.layer,
        geometry={"type": "LineString", "coordinates": coordinates}, properties=line.properties,
        countries=line.countries, audience=line.audience,
    )  # fmt: skip


def _cost(edition: MapEdition, segments: int, zoom: int) -> LayerCost:
    made, kept = [], []
    for _ in range(ROUNDS):
        cache.delete(LayerFile(edition, ANYONE, zoom).key)
        made.append(_seconds(edition, zoom))
        kept.append(_seconds(edition, zoom))
    file = LayerFile(edition, ANYONE, zoom)
    sizes = [len(file.encoded(encoding)) for encoding in ("", "gzip", "br")]
    return LayerCost(segments, zoom, *sizes, median(made), median(kept))


def _seconds(edition: MapEdition, zoom: int) -> float:
    began = perf_counter()
    LayerFile(edition, ANYONE, zoom).encoded("br")
    return perf_counter() - began


def layers_table(costs: list[LayerCost]) -> list[str]:
    """Bytes, and seconds as multiples of finding the smallest one that is kept."""
    least = min(cost.kept for cost in costs)
    head = f"{'':<24}{'plain':>11}{'gzip':>10}{'br':>10}{'a segment':>11}{'made':>9}{'kept':>8}"
    return ["Layers of route maps: bytes, time as a multiple", head] + [
        f"  {cost.segments:>5,} segments, zoom {cost.zoom}{cost.plain:>11,}{cost.gzip:>10,}{cost.br:>10,}"
        f"{cost.br / cost.segments:>11.0f}{cost.made / least:>8.1f}×{cost.kept / least:>7.1f}×"
        for cost in costs
    ]
