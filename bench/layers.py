"""Layers of route maps: their bytes, what making and looking one up takes, and requests a second beside a bare view."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter

from django.core.cache import cache

from access.viewer import ANYONE
from access.viewing import viewing
from bench import client
from bench.databases import Databases, environment_for, use
from bench.maps import SIZES, YEAR, layer_of
from bench.pages import Reader
from bench.readers import headers_of
from bench.report import at_least
from bench.serving import web_server
from bench.throughput import Case, bare_view, in_turn
from routes.layers import ZOOMS, LayerFile, visible_layers_of
from routes.models import MapEdition

ROUNDS = 5
# A layer of 200 KB for everyone, as the fastest of the peers sends it: 436 requests a second where A was 2,415 and B 908.
LEAST = {Reader.PUBLIC: 0.18, Reader.OFFICIAL: 0.48}
LARGE = 500  # segments: their layer is about as long as that one


@dataclass(frozen=True)
class LayerCost:
    """Of one file. `plain`, `gzip`, `br`: bytes. Seconds: to make it, and to look it up once it is kept."""

    segments: int
    zoom: int
    plain: int
    gzip: int
    br: int
    made: float
    kept: float


def cost_of_layers(made: Databases) -> list[LayerCost]:
    """In this process, for everyone."""
    use(made.maps)
    with viewing(ANYONE):
        editions = {size: MapEdition.objects.get(year=YEAR[Reader.PUBLIC], number=size) for size in SIZES}
        return [_cost(editions[size], size, zoom) for size, zoom in product(SIZES, ZOOMS)]


def _cost(edition: MapEdition, segments: int, zoom: int) -> LayerCost:
    made, kept = [], []
    for _ in range(ROUNDS):
        cache.clear()
        made.append(_seconds(edition, zoom))
        kept.append(_seconds(edition, zoom))
    file = LayerFile(visible_layers_of(edition, ANYONE), zoom)
    sizes = [len(file.encoded(encoding)) for encoding in ("", "gzip", "br")]
    return LayerCost(segments, zoom, *sizes, median(made), median(kept))


def _seconds(edition: MapEdition, zoom: int) -> float:
    began = perf_counter()
    LayerFile(visible_layers_of(edition, ANYONE), zoom).encoded("br")
    return perf_counter() - began


Layers = dict[tuple[Reader, int], tuple[Case, Case]]


def rates_of_layers(home: Path, made: Databases, rounds: int, seconds: float) -> Layers:
    """The layer of the far view for each reader and size, beside a bare view that answers with as many bytes."""
    with (
        web_server(home, "imap.wsgi:application", "imap.settings", "/readyz", **environment_for(made.maps)) as portal,
        web_server(home, "bench.wsgi:application", "bench.settings", "/bare/1/", **environment_for(made.maps)) as bare,
    ):
        use(made.maps)
        layers: Layers = {}
        for reader, size in product(Reader, SIZES):
            path, headers = layer_of(reader, size, ZOOMS[0]), headers_of(reader)
            length = len(client.fetch(portal.port, path, headers).body)
            case = Case(f"{reader}, {size} segments", portal, path, headers)
            layers[reader, size] = case, bare_view(bare, reader, length)
        in_turn([case for pair in layers.values() for case in pair], rounds, seconds)
    return layers


def layers_table(costs: list[LayerCost], rates: Layers) -> Iterable[str]:
    """Bytes; seconds as multiples of finding the smallest one that is kept."""
    least = min(cost.kept for cost in costs)
    yield "Layers of route maps: bytes, time as a multiple"
    yield f"{'':<24}{'plain':>11}{'gzip':>10}{'br':>10}{'a segment':>11}{'made':>9}{'kept':>8}"
    for cost in costs:
        yield (
            f"  {cost.segments:>5,} segments, zoom {cost.zoom}{cost.plain:>11,}{cost.gzip:>10,}{cost.br:>10,}"
            f"{cost.br / cost.segments:>11.0f}{cost.made / least:>8.1f}×{cost.kept / least:>7.1f}×"
        )
    yield "Layers of route maps: requests a second, a bare view with as many bytes = 1"
    for (reader, size), (case, bare) in rates.items():
        yield f"  {f'{size:,} segments, {reader}':<40}{case.ratio_to(bare):>8.2f} {bare.name}"


def layer_targets(rates: Layers) -> Iterable[str]:
    for reader, least in LEAST.items():
        case, bare = rates[reader, LARGE]
        yield at_least(f"layer of about 200 KB, {reader}", case.ratio_to(bare), least, f" {bare.name}")
