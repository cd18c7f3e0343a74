"""Maps of 50, 500 and 5,000 segments, for everyone and for a dialogue alone: made once, beside the loaded world."""

import random
from collections.abc import Iterator
from itertools import permutations, product

from access import tokens
from access.viewer import Viewer
from access.viewing import viewing
from accounts.audiences.presets import Preset, audience_of
from bench.pages import Reader
from routes.models import FeatureKind, MapEdition, MapFeature, Mode, Segment, Stop

SIZES = (50, 500, 5000)
DIALOGUE, THEME = "mtm", "irregular-mixed-migration"
YEAR = {Reader.PUBLIC: 2090, Reader.OFFICIAL: 2091}
AUDIENCE = {Reader.PUBLIC: [tokens.PUBLIC], Reader.OFFICIAL: audience_of(Preset.THEME, DIALOGUE, THEME)}
SEED = 1  # the same lines in each run
SHIFT_DEG = 2.0  # so that no line is the copy of another, which would compress to nothing
BATCH = 1000


def page_of(reader: Reader, size: int) -> str:
    return f"/en/maps/{DIALOGUE}/routes/editions/{YEAR[reader]}/{size}/"


def layer_of(reader: Reader, size: int, zoom: int) -> str:
    return f"{page_of(reader, size)}layers-{zoom}.geojson"


def draw() -> None:
    """Adds the maps to the database that Django speaks to: the lines of its newest one, each time moved a little."""
    with viewing(Viewer.secretariat_of(DIALOGUE)):
        newest = MapEdition.objects.filter(dialogue=DIALOGUE, is_proof=False).order_by("-year", "-number").first()
        if newest is None:
            raise SystemExit("There is no map to measure.")
        lines = list(newest.features.filter(kind=FeatureKind.SEGMENT, audience__contains=[tokens.PUBLIC]))
        segments = Segment.objects.bulk_create(_segments(lines), batch_size=BATCH)
        for reader, size in product(Reader, SIZES):
            edition = MapEdition.objects.get(pk=newest.pk)
            edition.pk, edition.year, edition.number = None, YEAR[reader], size
            edition.audience = AUDIENCE[reader]
            edition.save(force_insert=True)
            chance = random.Random(SEED)
            MapFeature.objects.bulk_create(
                (_moved(lines[index % len(lines)], segments[index], edition, chance) for index in range(size)),
                batch_size=BATCH,
            )


def _segments(lines: list[MapFeature]) -> Iterator[Segment]:
    """As many as the largest map has, each between two stops of its own: the records that say who may see the lines."""
    layer = lines[0].segment.layer
    stops = list(Stop.objects.filter(layer=layer).order_by("pk"))
    taken = set(Segment.objects.values_list("route", "start", "end", "mode"))
    pairs = {route: product(permutations(stops, 2), Mode) for route in {line.route_id for line in lines}}
    for index in range(max(SIZES)):
        route = lines[index % len(lines)].route_id
        (start, end), mode = next(
            (pair, mode) for pair, mode in pairs[route] if (route, pair[0].pk, pair[1].pk, mode) not in taken
        )
        yield Segment(layer=layer, route_id=route, start=start, end=end, mode=mode)


def _moved(line: MapFeature, segment: Segment, edition: MapEdition, chance: random.Random) -> MapFeature:
    across, up = (chance.uniform(-SHIFT_DEG, SHIFT_DEG) for _ in range(2))
    coordinates = [[round(lon + across, 2), round(lat + up, 2)] for lon, lat in line.coordinates]
    return MapFeature(
        edition=edition, kind=line.kind, segment=segment, route_id=line.route_id, layer=line.layer,
        geometry={"type": "LineString", "coordinates": coordinates}, properties=line.properties,
        countries=line.countries, audience=edition.audience,
    )  # fmt: skip
