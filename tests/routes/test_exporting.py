"""Files of a map lose no vertex and no attribute, and hold what their reader may see."""

import csv
import io
import json

import geopandas
import pytest
import shapely
from shapely.geometry import shape

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from routes.exporting import FORMATS, as_spreadsheet, well_known_text
from routes.models import SegmentDrawing
from routes.publishing import Titled, publish_map
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
FILE = "/en/maps/mtm/routes/editions/2025/1/routes.{}"
NEAREST = 1e-6  # degrees


def file_for(login: str, ending: str) -> bytes:
    response = browser_of(login).get(FILE.format(ending))
    assert response.status_code == 200
    assert f'filename="mtm-routes-2025-1.{ending}"' in response["Content-Disposition"]
    return response.content


def published(login: str = "stranger") -> dict[str, dict[int, dict]]:
    """The features of the GeoJSON file, by the type of their geometry and their number."""
    rows = json.loads(file_for(login, "geojson"))["features"]
    return {
        kind: {row["id"]: row for row in rows if row["geometry"]["type"] == kind} for kind in ("LineString", "Point")
    }


@pytest.mark.parametrize("ending", ["gpkg", "kml"])
@pytest.mark.parametrize("login", ["stranger", "official.mar"])
def test_a_file_for_maps_gives_back_every_vertex_and_attribute(tmp_path, ending, login):
    path = tmp_path / f"routes.{ending}"
    path.write_bytes(file_for(login, ending))
    for kind, layer in (("LineString", "segments"), ("Point", "stops")):
        wanted = published(login)[kind]
        frame = geopandas.read_file(path, layer=layer)
        assert frame.crs.to_epsg() == 4326
        assert set(frame["number"].astype(int)) == set(wanted)
        for _index, row in frame.iterrows():
            feature = wanted[int(row["number"])]
            assert shapely.force_2d(row.geometry).equals_exact(shape(feature["geometry"]), NEAREST)
            held = {name: row[name] if isinstance(row[name], str) else "" for name in feature["properties"]}
            assert held == feature["properties"]


def test_a_spreadsheet_gives_back_every_vertex_and_attribute():
    rows = list(csv.DictReader(io.StringIO(file_for("stranger", "csv").decode("utf-8-sig"))))
    wanted = [row for rows in published().values() for row in rows.values()]
    assert len(rows) == len(wanted)
    for row, feature in zip(rows, wanted, strict=True):
        assert shapely.from_wkt(row["geometry"]).equals_exact(shape(feature["geometry"]), 0)
        assert {name: row[name] for name in feature["properties"]} == feature["properties"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\u200f="])
def test_a_cell_that_a_program_would_run_is_a_text(begin):
    row = {"id": 1, "geometry": {"type": "Point", "coordinates": [0, 0]}, "properties": {"remark_en": f"{begin}1+1"}}
    assert f"'{begin}1+1" in as_spreadsheet([], [row]).decode()


def test_coordinates_are_written_whole():
    geometry = {"type": "LineString", "coordinates": [[-0.1234567, 1e-7], [12, 3.5]]}
    assert well_known_text(geometry) == "LINESTRING (-0.1234567 1e-07, 12 3.5)"
    assert shapely.from_wkt(well_known_text(geometry)).equals_exact(shape(geometry), 0)


@pytest.mark.parametrize("ending", FORMATS)
def test_what_a_reader_may_not_see_is_in_no_file_of_theirs(ending):
    with viewing(DESK):
        SegmentDrawing.objects.update(remark_en="cnry-remark")
        titles = {f"title_{language}": "Map" for language in ("en", "fr", "ar")}
        publish_map("mtm", Titled(2030, "2030", 2002, 2029, titles), ["secretariat:mtm"], crossing=lambda line: [])
    assert b"Evros river crossing" not in file_for("stranger", ending)
    assert b"Evros river crossing" in file_for("official.mar", ending)
    path = FILE.format(ending).replace("2025", "2030")
    assert browser_of("official.mar").get(path).status_code == 404
    assert b"cnry-remark" in browser_of("editor").get(path).content


def test_a_file_of_what_is_restricted_makes_a_line_of_the_log_and_one_of_what_is_open_none():
    for login in ("stranger", "official.ukr", "official.mar"):
        file_for(login, "csv")
    with viewing(DESK):
        lines = LogEntry.objects.filter(action="exported").values_list("person__email", "object")
        assert list(lines) == [("official.mar@imap.example", "mtm/routes/2025#1 csv")]


def test_a_format_that_there_is_not_is_not_found():
    assert browser_of("editor").get(FILE.format("exe")).status_code == 404
