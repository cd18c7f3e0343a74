"""The files of layers: light, the same bytes for all who see the same, and no position more exact than it may be."""

import gzip
import json
import re

import brotli
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.tokens import PUBLIC
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from routes.layers import LayerFile, visible_layers_of
from routes.models import Layer, MapEdition, MapFeature, Segment, SegmentDrawing, Stop, StopDrawing
from routes.publishing import MapTitle, publish_map
from routes.reading import features_seen
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
FAR, NEAR = (f"/en/maps/mtm/routes/editions/2025/1/layers-{zoom}.geojson" for zoom in (4, 7))
FIRST_VIEW = 60_000  # bytes: the page, its lines, and the drawn countries
TITLES = {f"title_{language}": "Map" for language in ("en", "fr", "ar")}


def features(client: Client, path: str = FAR) -> dict[str, dict]:
    response = client.get(path)
    assert response.status_code == 200
    return {row["id"]: row for row in json.loads(response.content)["features"]}


def names(client: Client, path: str = FAR) -> set[str]:
    return {row["properties"]["name"] for row in features(client, path).values()}


def test_a_stranger_gets_what_is_open_and_an_official_the_crossing_too(reader):
    seen = {login: names(reader(login)) for login in ("stranger", "official.mar", "official.ukr", "unhcr")}
    assert seen["stranger"] == seen["official.ukr"]
    assert seen["official.mar"] == seen["unhcr"] == seen["stranger"] | {
        "Evros river crossing", "Istanbul to Evros river crossing", "Evros river crossing to Orestiada",
    }  # fmt: skip


def test_names_are_in_the_language_of_the_address(reader):
    assert "من طرابلس إلى لامبيدوزا" in names(reader("stranger"), FAR.replace("/en/", "/ar/"))


def test_the_browser_asks_again_and_is_told_that_nothing_changed(reader):
    client = reader("stranger")
    first = client.get(FAR)
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert client.get(FAR, headers={"If-None-Match": first["ETag"]}).status_code == 304
    official = reader("official.mar")
    assert official.get(FAR)["ETag"] != first["ETag"]
    assert official.get(FAR)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("narrowed", ["a layer", "a stop at an end", "a segment"])
def test_what_was_narrowed_since_a_map_was_published_counts_as_restricted(narrowed):
    """For the line of the log, the mark, and the name on a print alike."""
    reader = Viewer.of(["nominated"])
    edition = MapEdition.objects.get(dialogue="mtm", year=2025, number=1)
    with viewing(reader):
        assert not visible_layers_of(edition, reader).is_restricted
    with viewing(DESK):
        feature = next(row for row in features_seen(DESK, edition) if row.segment and PUBLIC in row.readers)
        row = {"a layer": feature.segment.layer, "a stop at an end": feature.segment.end, "a segment": feature.segment}
        type(row[narrowed]).objects.filter(pk=row[narrowed].pk).update(audience=["nominated"])
    with viewing(reader):
        assert PUBLIC not in features_seen(reader, edition).get(pk=feature.pk).readers
        assert visible_layers_of(edition, reader).is_restricted


def test_a_layer_with_something_restricted_is_noted_for_whoever_fetches_it_alone(reader):
    for login in ("stranger", "official.ukr", "official.mar"):
        reader(login).get(FAR)
    with viewing(DESK):
        lines = LogEntry.objects.values_list("person__email", "action", "object")
        assert list(lines) == [("official.mar@imap.example", "read", "mtm/routes/2025#1 layers")]


def test_all_who_see_the_same_get_the_bytes_that_were_made_once(reader, settings):
    in_process = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # no other test empties it meanwhile
    settings.CACHES = {"default": in_process}
    keys = set()
    edition = MapEdition.objects.get(year=2025)
    for viewer in (ANYONE, Viewer.of(["nominated"]), Viewer.of(["partner:morocco"])):
        with viewing(viewer):
            keys.add(LayerFile(visible_layers_of(edition, viewer), 4).key)
    assert len(keys) == 1
    reader("stranger").get(FAR)
    with CaptureQueriesContext(connection) as queries:
        reader("stranger").get(FAR)
    assert not any('"geometry"' in query["sql"] for query in queries), "it is not made again"


@pytest.mark.parametrize(
    ("accepted", "unpack"), [("br, gzip", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)]
)
def test_it_is_compressed_as_the_client_takes_it(reader, accepted, unpack):
    response = reader("stranger").get(FAR, headers={"Accept-Encoding": accepted})
    assert json.loads(unpack(response.content))["type"] == "FeatureCollection"
    assert response["Content-Type"] == "application/geo+json"


def test_far_lines_have_fewer_points_than_near_ones(reader):
    far, near = features(reader("stranger"), FAR), features(reader("stranger"), NEAR)
    assert far.keys() == near.keys()
    points = [sum(len(row["geometry"]["coordinates"]) for row in rows.values()) for rows in (far, near)]
    assert points[0] < 0.7 * points[1]


def test_the_first_view_of_the_map_is_light(reader):
    """The lines and all that the script draws and tells."""
    client = reader("stranger")
    lines = client.get(FAR, headers={"Accept-Encoding": "br"}).content
    page = client.get("/en/maps/mtm/routes/").content
    content = re.search(rb'id="routes-content"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    assert len(lines) + len(brotli.compress(content)) < FIRST_VIEW / 3


@pytest.mark.parametrize(
    "path", [FAR.replace("2025/1", "2025/2"), FAR.replace("-4", "-9"), FAR.replace("mtm", "rabat-process")]
)
def test_a_layer_that_is_not_there_is_not_found(reader, path):
    assert reader("editor").get(path).status_code == 404


# Positions -----------------------------------------------------------------------------------------------------------


def published_with(**positions: list[float]) -> None:
    """Publishes a map of 2030 after moving stops, by the slug of their place."""
    with viewing(DESK):
        for slug, at in positions.items():
            StopDrawing.objects.filter(stop__place__slug=slug).update(point={"type": "Point", "coordinates": at})
        publish_map("mtm", MapTitle(2030, "2030", 2030, 2030, TITLES), ["public"], crossing=lambda line: [])


EXACT = {"agadez": [7.9912345, 16.9712345], "evros-river-crossing": [26.4098765, 41.2098765]}
READERS = ("stranger", "official.mar", "official.ukr", "editor", "frontex", "observer.las")


def test_no_reader_gets_an_exact_position_of_an_open_layer(reader):
    """Rounded to about a kilometre before it is published: not on the page, in a file, in the database for readers."""
    published_with(**EXACT)
    for login in READERS:
        for path in ("/en/maps/mtm/routes/", FAR.replace("2025", "2030"), NEAR.replace("2025", "2030")):
            text = reader(login).get(path).content.decode()
            assert "7.9912" not in text
            assert "16.9712" not in text
    for viewer in (ANYONE, Viewer.of(["nominated", "dialogue:mtm:irregular-mixed-migration", "partner:morocco"])):
        with viewing(viewer):
            assert not StopDrawing.objects.exists()
            assert not SegmentDrawing.objects.exists()
            assert not MapFeature.objects.filter(geometry__icontains="7.9912").exists()


def test_a_restricted_layer_keeps_its_exact_position_for_its_readers(reader):
    published_with(**EXACT)
    rows = features(reader("official.mar"), NEAR.replace("2025", "2030")).values()
    at = {
        row["properties"]["name"]: row["geometry"]["coordinates"] for row in rows if row["geometry"]["type"] == "Point"
    }
    assert at["Evros river crossing"] == EXACT["evros-river-crossing"]
    assert at["Agadez"] == [7.99, 16.97]


def test_each_layer_rounds_as_it_says(reader):
    with viewing(DESK):
        Layer.objects.filter(slug="main").update(precision=0)
    published_with(**EXACT)
    at = {
        row["properties"]["name"]: row["geometry"]["coordinates"]
        for row in features(reader("stranger"), FAR.replace("2025", "2030")).values()
    }
    assert at["Agadez"] == [8, 17]


# Narrowing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("narrow", ["layer", "stop", "segment"])
def test_what_is_narrowed_leaves_all_maps_at_once(reader, narrow):
    """Those published before, the files that were made before, and the segments that lead to it."""
    client = reader("stranger")
    for path in (FAR, FAR.replace("2025", "2012")):
        assert "Agadez to Dirkou" in names(client, path)
    alone = ["secretariat:mtm"]
    with viewing(DESK):
        if narrow == "layer":
            Layer.objects.filter(slug="main").update(audience=alone)
        elif narrow == "stop":
            Stop.objects.filter(place__slug="agadez").update(audience=alone)
        else:
            Segment.objects.filter(start__place__slug="agadez").update(audience=alone)
    for path in (FAR, FAR.replace("2025", "2012")):
        assert "Agadez to Dirkou" not in names(client, path)
    assert b"Agadez to Dirkou" not in client.get("/en/maps/mtm/routes/").content
    assert b"Agadez to Dirkou" in browser_of("editor").get("/en/maps/mtm/routes/").content
