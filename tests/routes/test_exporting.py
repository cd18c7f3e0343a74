"""Files of a map lose no vertex and no attribute, and hold what their reader may see."""

import csv
import html
import io
import json
import re
import sqlite3
import zipfile
from xml.etree import ElementTree

import geopandas
import pytest
import shapely
from shapely.geometry import shape

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from atlas.models import Dialogue
from routes.exports.files import FORMATS, as_spreadsheet, well_known_text
from routes.models import MapFeature, Segment, SegmentDrawing
from routes.publishing import MapTitle, publish_map
from tests.conftest import browser_of
from tests.readers import body_of

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
        kind: {int(row["id"].partition("-")[2]): row for row in rows if row["geometry"]["type"] == kind}
        for kind in ("LineString", "Point")
    }


def unpacked(login: str, ending: str) -> bytes:
    return body_of(browser_of(login).get(FILE.format(ending)))


def spreadsheet_for(login: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file_for(login, "csv.zip"))) as files:
        return files.read("routes.csv")


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
    rows = list(csv.DictReader(io.StringIO(spreadsheet_for("stranger").decode("utf-8-sig"))))
    wanted = [row for rows in published().values() for row in rows.values()]
    assert len(rows) == len(wanted)
    assert len({row["id"] for row in rows}) == len(rows)
    for row, feature in zip(rows, wanted, strict=True):
        assert shapely.from_wkt(row["WKT"]).equals_exact(shape(feature["geometry"]), 0)
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
        publish_map("mtm", MapTitle(2030, "2030", 2002, 2029, titles), ["secretariat:mtm"], crossing=lambda line: [])
    assert b"Evros river crossing" not in unpacked("stranger", ending)
    assert b"Evros river crossing" in unpacked("official.mar", ending)
    path = FILE.format(ending).replace("2025", "2030")
    assert browser_of("official.mar").get(path).status_code == 404
    assert b"cnry-remark" in body_of(browser_of("editor").get(path))


def test_a_file_of_what_is_restricted_makes_a_line_of_the_log_and_one_of_what_is_open_none():
    for login in ("stranger", "official.ukr", "official.mar"):
        file_for(login, "csv.zip")
    with viewing(DESK):
        lines = LogEntry.objects.filter(action="exported").values_list("person__email", "object")
        assert list(lines) == [("official.mar@imap.example", "mtm/routes/2025#1 csv.zip")]


def test_a_format_that_there_is_not_is_not_found():
    assert browser_of("editor").get(FILE.format("exe")).status_code == 404


# What goes with it ----------------------------------------------------------------------------------------------------


def told_by(path, ending: str) -> str:
    """What a file says of itself, where its format has a place for it."""
    if ending == "geojson":
        held = json.loads(path.read_bytes())
        return json.dumps({name: value for name, value in held.items() if name != "features"}, ensure_ascii=False)
    if ending == "csv.zip":
        with zipfile.ZipFile(path) as files:
            return files.read("README.txt").decode("utf-8-sig")
    if ending == "kml":
        document = ElementTree.fromstring(path.read_bytes()).find("{http://www.opengis.net/kml/2.2}Document")
        return "\n".join(
            document.findtext(f"{{http://www.opengis.net/kml/2.2}}{name}") for name in ("name", "description")
        )
    with sqlite3.connect(path) as database:
        (metadata,) = database.execute("SELECT group_concat(metadata) FROM gpkg_metadata").fetchone()
        (described,) = database.execute("SELECT group_concat(description) FROM gpkg_contents").fetchone()
    return html.unescape(metadata) + described


SAID = {
    "en": [
        "MTM",
        "Information as of June 2025",
        "Frontex|MTM Map",
        "licence",
        "official endorsement",
        "/editions/2025/1/",
    ],
    "fr": ["MTM", "juin 2025", "Frontex|MTM Map", "licence", "reconnaissance ni acceptation", "/editions/2025/1/"],
    "ar": ["MTM", "حزيران/يونيو 2025", "Frontex|MTM Map", "ترخيص", "إقرار أو قبول رسمي", "/editions/2025/1/"],
}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("language", SAID)
def test_a_file_says_what_it_is_in_the_language_asked_for(tmp_path, ending, language):
    path = tmp_path / f"routes.{ending}"
    path.write_bytes(browser_of("stranger").get(FILE.replace("/en/", f"/{language}/").format(ending)).content)
    told = told_by(path, ending)
    for words in SAID[language]:
        assert re.search(words, told), words


def test_the_licence_that_a_dialogue_states_stands_in_its_files():
    Dialogue.objects.filter(slug="mtm").update(licence_en="CC BY 4.0, Secretariat of the MTM Dialogue")
    assert json.loads(file_for("stranger", "geojson"))["licence"] == "CC BY 4.0, Secretariat of the MTM Dialogue"


def test_sources_of_what_a_reader_may_not_see_are_not_named():
    with viewing(DESK):
        rows = MapFeature.objects.filter(edition__year=2025, kind="segment")
        kept, hidden = rows[0].segment, rows[1].segment
        Segment.objects.exclude(pk__in=[kept.pk]).update(audience=["secretariat:mtm"])
    seen = {
        row["properties"]["source"]
        for row in json.loads(file_for("stranger", "geojson"))["features"]
        if "source" in row["properties"]
    }
    assert hidden.pk != kept.pk
    assert set(json.loads(file_for("stranger", "geojson"))["sources"]) == seen - {""}


def test_the_address_of_the_plain_table_leads_to_the_one_with_its_notice():
    answer = browser_of("stranger").get(FILE.format("csv"))
    assert (answer.status_code, answer["Location"]) == (301, FILE.format("csv.zip"))


def test_every_feature_of_a_file_has_an_id_of_its_own_that_stays():
    ids = [row["id"] for row in json.loads(file_for("stranger", "geojson"))["features"]]
    assert len(set(ids)) == len(ids)
    assert {identifier.partition("-")[0] for identifier in ids} == {"segment", "stop"}
