"""Files of geodata: each format gives every vertex and attribute back, each bad file is told in a sentence."""

import json
import struct
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.importing import files
from routes.importing.files import read_file
from routes.importing.refusals import MESSAGES, Refused, said

NEAREST = 1e-6  # degrees
LINE = [[13.1802, 32.9022], [12.9, 34.25], [12.6089, 35.5028]]
WORDS = {
    "route": "central-mediterranean",
    "mode": "sea",
    "from_en": "Tripoli",
    "to_en": "Lampedusa",
    "note": "نقطة عبور",
}


def frame(lines=(LINE,), crs: str | None = "EPSG:4326", **more) -> geopandas.GeoDataFrame:
    shapes = [shapely.LineString(line) for line in lines]
    return geopandas.GeoDataFrame([WORDS | more] * len(shapes), geometry=shapes, crs=crs)


def written(folder: Path, ending: str, rows: geopandas.GeoDataFrame | None = None, **how) -> Path:
    """A file of these rows, as GDAL writes it; a Shapefile is zipped."""
    rows = frame() if rows is None else rows
    if ending == "zip":
        return zipped(folder, rows, **how)
    path = folder / f"rows.{ending}"
    drivers = {"geojson": "GeoJSON", "gpkg": "GPKG", "kml": "LIBKML", "gpx": "GPX"}
    if ending == "gpx":
        rows = rows.rename(columns={"note": "desc"})[["desc", "geometry"]]
        how |= {"layer": "routes"}
    rows.to_file(path, driver=drivers[ending], **how)
    return path


def zipped(folder: Path, rows: geopandas.GeoDataFrame, without=(), **how) -> Path:
    within = folder / "shape"
    within.mkdir()
    rows.to_file(within / "rows.shp", **how)
    path = folder / "rows.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for part in sorted(within.iterdir()):
            if part.suffix not in without:
                packed.write(part, f"map/{part.name}")
    return path


def refusal(path: Path, name: str = "") -> str:
    with pytest.raises(Refused) as caught:
        read_file(path, name or path.name)
    assert said(caught.value.as_json())
    return caught.value.code


# Each format gives back what was put in -------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "kml", "zip"])
def test_a_format_loses_no_vertex_and_no_attribute(tmp_path, ending):
    (row,) = read_file(written(tmp_path, ending), f"map.{ending}")
    assert row.is_line
    assert shapely.LineString(row.coordinates).equals_exact(shapely.LineString(LINE), NEAREST)
    assert {name: row.values[name] for name in WORDS} == WORDS


@pytest.mark.parametrize("layer", ["routes", "tracks"])
def test_gpx_loses_no_vertex_and_no_word(tmp_path, layer):
    rows = frame().rename(columns={"note": "desc"})[["desc", "geometry"]]
    if layer == "tracks":
        rows = rows.set_geometry(rows.geometry.map(lambda line: shapely.MultiLineString([line])))
    rows.to_file(tmp_path / "rows.gpx", driver="GPX", layer=layer)
    (row,) = read_file(tmp_path / "rows.gpx", "rows.gpx")
    assert shapely.LineString(row.coordinates).equals_exact(shapely.LineString(LINE), NEAREST)
    assert row.values["desc"] == WORDS["note"]


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32633", "EPSG:3035"])
@pytest.mark.parametrize("ending", ["gpkg", "zip"])
def test_other_coordinate_reference_systems_come_back_as_degrees(tmp_path, ending, crs):
    (row,) = read_file(written(tmp_path, ending, frame().to_crs(crs)), f"map.{ending}")
    assert shapely.LineString(row.coordinates).equals_exact(shapely.LineString(LINE), NEAREST)


def test_arabic_in_cp1256_is_read_where_the_file_says_so(tmp_path):
    (row,) = read_file(written(tmp_path, "zip", encoding="cp1256"), "map.zip")
    assert row.values["note"] == WORDS["note"]


def test_a_file_may_hold_points_and_lines(tmp_path):
    rows = frame()
    rows.loc[1] = [*WORDS.values(), shapely.Point(LINE[0])]
    assert [row.is_line for row in read_file(written(tmp_path, "geojson", rows), "map.geojson")] == [True, False]


def test_numbers_of_exported_rows_come_back(tmp_path):
    (row,) = read_file(written(tmp_path, "gpkg", frame(number=12)), "map.gpkg")
    assert row.number == 12


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(-20, 60), st.floats(0, 50)), min_size=2, max_size=40, unique=True))
def test_whatever_line_is_drawn_its_vertices_come_back_from_geojson(points):
    content = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": points}}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.geojson"
        path.write_text(json.dumps(content))
        try:
            (row,) = read_file(path, path.name)
        except Refused as refused:
            assert refused.code == "wrong_crs"  # all in one spot
        else:
            assert shapely.LineString(row.coordinates).equals_exact(shapely.LineString(points), NEAREST)


# Bad files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "ending", "code"),
    [
        (lambda: frame().to_crs("EPSG:3857").set_crs("EPSG:4326", allow_override=True), "gpkg", "wrong_crs"),
        (lambda: frame().set_crs("EPSG:3857", allow_override=True), "gpkg", "wrong_crs"),
        (lambda: frame().set_crs("EPSG:32633", allow_override=True), "zip", "wrong_crs"),
        (lambda: frame(crs=None), "zip", "no_crs"),
        (lambda: frame([[[10.0, 170.0], [12.0, 120.0]]]), "geojson", "swapped"),
        (lambda: frame([[[13, 32, 100], [12, 35, 50]]]), "geojson", "has_heights"),
        (lambda: frame([[[13, 32, 100], [12, 35, 50]]]), "gpkg", "has_heights"),
        (lambda: frame([]), "gpkg", "empty"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(tmp_path, rows, ending, code):
    made = rows()
    if code == "no_crs":
        made = made.set_crs(None, allow_override=True)
    assert refusal(written(tmp_path, ending, made)) == code


def test_a_shapefile_without_its_prj_is_refused(tmp_path):
    assert refusal(zipped(tmp_path, frame(), without=(".prj",))) == "no_crs"


def test_arabic_in_cp1256_is_refused_where_nothing_says_so(tmp_path):
    path = zipped(tmp_path, frame(), without=(".cpg",), encoding="cp1256")
    assert refusal(path) == "encoding"
    content = json.dumps({"type": "FeatureCollection", "features": [{"name": "سبها"}]}, ensure_ascii=False)
    for name, text in (("a.geojson", content), ("a.kml", "<kml><name>سبها</name></kml>"), ("a.gpx", "<gpx>سبها</gpx>")):
        (tmp_path / name).write_bytes(text.encode("cp1256"))
        assert refusal(tmp_path / name) == "encoding"


def test_mixed_types_are_named(tmp_path):
    rows = frame()
    rows.loc[1] = [*WORDS.values(), shapely.box(0, 0, 10, 10)]
    path = written(tmp_path, "geojson", rows)
    with pytest.raises(Refused) as caught:
        read_file(path, path.name)
    assert "LineString, Polygon" in said(caught.value.as_json())


@pytest.mark.parametrize("shape", [shapely.MultiLineString([LINE, [[0, 0], [1, 1]]]), shapely.box(0, 0, 1, 1)])
def test_several_parts_and_areas_are_refused(tmp_path, shape):
    assert refusal(written(tmp_path, "gpkg", frame().set_geometry([shape], crs="EPSG:4326"))) == "mixed_types"


def test_an_empty_collection_is_told(tmp_path):
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    assert refusal(tmp_path / "a.geojson") == "empty"


def test_what_is_called_zip_must_be_one(tmp_path):
    (tmp_path / "a.zip").write_text("no zip")
    assert refusal(tmp_path / "a.zip") == "not_a_zip"


def packed(folder: Path, parts: dict[str, bytes]) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return path


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    bomb = packed(
        tmp_path,
        {"rows.shp": b"\0" * (files.LARGEST_UNPACKED_MB + 1) * files.MEGABYTE, "rows.shx": b"", "rows.dbf": b""},
    )
    assert bomb.stat().st_size < files.MEGABYTE
    monkeypatch.setattr(files, "_unpack", None)
    assert refusal(bomb) == "zip_too_large"


def test_a_zip_that_lies_about_its_size_is_stopped(tmp_path):
    bomb = packed(
        tmp_path, {"rows.shp": b"\0" * 4 * files.MEGABYTE, "rows.shx": b"x", "rows.dbf": b"x", "rows.prj": b"x"}
    )
    lied = bomb.read_bytes().replace(struct.pack("<I", 4 * files.MEGABYTE), struct.pack("<I", 10))
    bomb.write_bytes(lied)
    assert refusal(bomb) in ("zip_too_large", "not_readable")


@pytest.mark.parametrize(
    "name", ["../../etc/rows.shp", "/etc/rows.shp", "..\\rows.shp", "C:\\rows.shp", "a/../../rows.shp"]
)
def test_a_zip_that_leads_outside_is_not_unpacked(tmp_path, name):
    assert refusal(packed(tmp_path, {name: b"x", "rows.shx": b"x", "rows.dbf": b"x"})) == "zip_leads_outside"
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_zip_holds_one_whole_shapefile(tmp_path):
    assert refusal(packed(tmp_path, {"readme.txt": b"x"})) == "zip_without_shapefile"
    assert (
        refusal(packed(tmp_path, {"a.shp": b"", "b.shp": b"", "a.shx": b"", "a.dbf": b""})) == "zip_without_shapefile"
    )


def test_a_large_file_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "a.geojson"
    with path.open("wb") as made:
        made.truncate(100 * files.MEGABYTE)
    monkeypatch.setattr(Path, "read_bytes", None)
    assert refusal(path) == "too_large"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", b"{"),
        ("a.geojson", b"[" * 100_000),
        ("a.geojson", b'{"type": "Topology"}'),
        ("a.gpkg", b"SQLite format 3\x00" + b"\0" * 200),
        ("a.gpkg", b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'),
        ("a.kml", b'<OGRVRTDataSource/>'),
        ("a.kml", b'<!DOCTYPE k [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><kml>&c;</kml>'),
        ("a.kml", b'<!DOCTYPE k [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml>&a;</kml>'),
        ("a.gpx", b"<gpx"),
    ],
)  # fmt: skip
def test_what_is_not_what_its_name_says_is_not_given_to_gdal(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name) in ("not_readable", "empty")


@pytest.mark.parametrize("name", ["a.exe", "a", "a.vrt", "a.shp", "a.geojson.exe"])
def test_other_endings_are_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert refusal(tmp_path / name) == "unknown_format"


def test_every_refusal_has_a_sentence():
    for code, sentence in MESSAGES.items():
        assert str(sentence).strip(), code
