"""Files of geodata: each format gives every vertex and attribute back, each bad file is told in a sentence."""

import json
import struct
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas
import pandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.importing import shapefile_zip
from routes.importing.errors import MESSAGES, ImportRefused, message_of
from routes.importing.files import read_file
from routes.importing.rows import LARGEST_UNPACKED_MB, MEGABYTE, Drawn
from tests.depth import examples

NEAREST = 1e-6  # degrees
LINE = [[13.1802, 32.9022], [12.9, 34.25], [12.6089, 35.5028]]
WORDS = {
    "route": "central-mediterranean",
    "mode": "sea",
    "from_en": "Tripoli",
    "to_en": "Lampedusa",
    "note": "نقطة عبور",
}


def rows_of(path: Path, name: str) -> list[Drawn]:
    return read_file(path, name).rows


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
    with pytest.raises(ImportRefused) as caught:
        rows_of(path, name or path.name)
    assert message_of(caught.value.as_json())
    return caught.value.code


# Each format gives back what was put in -------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "kml", "zip"])
def test_a_format_loses_no_vertex_and_no_attribute(tmp_path, ending):
    (row,) = rows_of(written(tmp_path, ending), f"map.{ending}")
    assert row.is_line
    assert shapely.LineString(row.coordinates).equals_exact(shapely.LineString(LINE), NEAREST)
    assert {name: row.values[name] for name in WORDS} == WORDS


@pytest.mark.parametrize("layer", ["routes", "tracks"])
def test_gpx_loses_no_vertex_and_no_word(tmp_path, layer):
    rows = frame().rename(columns={"note": "desc"})[["desc", "geometry"]]
    if layer == "tracks":
        rows = rows.set_geometry(rows.geometry.map(lambda line: shapely.MultiLineString([line])))
    rows.to_file(tmp_path / "rows.gpx", driver="GPX", layer=layer)
    (row,) = rows_of(tmp_path / "rows.gpx", "rows.gpx")
    assert shapely.LineString(row.coordinates).equals_exact(shapely.LineString(LINE), NEAREST)
    assert row.values["desc"] == WORDS["note"]


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32633", "EPSG:3035"])
@pytest.mark.parametrize("ending", ["gpkg", "zip"])
def test_other_coordinate_reference_systems_come_back_as_degrees(tmp_path, ending, crs):
    (row,) = rows_of(written(tmp_path, ending, frame().to_crs(crs)), f"map.{ending}")
    assert shapely.LineString(row.coordinates).equals_exact(shapely.LineString(LINE), NEAREST)


def test_arabic_in_cp1256_is_read_where_the_file_says_so(tmp_path):
    (row,) = rows_of(written(tmp_path, "zip", encoding="cp1256"), "map.zip")
    assert row.values["note"] == WORDS["note"]


def test_a_file_may_hold_points_and_lines(tmp_path):
    rows = frame()
    rows.loc[1] = [*WORDS.values(), shapely.Point(LINE[0])]
    assert [row.is_line for row in rows_of(written(tmp_path, "geojson", rows), "map.geojson")] == [True, False]


def test_numbers_of_exported_rows_come_back(tmp_path):
    (row,) = rows_of(written(tmp_path, "gpkg", frame(number=12)), "map.gpkg")
    assert row.number == 12


@pytest.mark.deep
@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(st.floats(-20, 60), st.floats(0, 50)), min_size=2, max_size=40, unique=True))
def test_whatever_line_is_drawn_its_vertices_come_back_from_geojson(points):
    content = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": points}}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.geojson"
        path.write_text(json.dumps(content))
        try:
            (row,) = rows_of(path, path.name)
        except ImportRefused as refused:
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


def test_arabic_in_cp1256_is_refused_where_a_format_has_utf8_alone(tmp_path):
    content = json.dumps({"type": "FeatureCollection", "features": [{"name": "سبها"}]}, ensure_ascii=False)
    for name, text in (("a.geojson", content), ("a.kml", "<kml><name>سبها</name></kml>"), ("a.gpx", "<gpx>سبها</gpx>")):
        (tmp_path / name).write_bytes(text.encode("cp1256"))
        assert refusal(tmp_path / name) == "encoding"


def test_mixed_types_are_named(tmp_path):
    rows = frame()
    rows.loc[1] = [*WORDS.values(), shapely.box(0, 0, 10, 10)]
    path = written(tmp_path, "geojson", rows)
    with pytest.raises(ImportRefused) as caught:
        rows_of(path, path.name)
    assert "LineString, Polygon" in message_of(caught.value.as_json())


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
        {"rows.shp": b"\0" * (LARGEST_UNPACKED_MB + 1) * MEGABYTE, "rows.shx": b"", "rows.dbf": b""},
    )
    assert bomb.stat().st_size < MEGABYTE
    assert refusal(bomb) == "zip_too_large"
    monkeypatch.setattr(shapefile_zip, "_unpack", None)
    with pytest.raises(ImportRefused):
        shapefile_zip.unpacked(bomb, tmp_path)


def test_a_zip_that_lies_about_its_size_is_stopped(tmp_path):
    bomb = packed(tmp_path, {"rows.shp": b"\0" * 4 * MEGABYTE, "rows.shx": b"x", "rows.dbf": b"x", "rows.prj": b"x"})
    lied = bomb.read_bytes().replace(struct.pack("<I", 4 * MEGABYTE), struct.pack("<I", 10))
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
        made.truncate(100 * MEGABYTE)
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


def test_an_object_that_says_a_name_twice_is_refused_rather_than_guessed(tmp_path):
    feature = '{"type": "Feature", "properties": {"mode": "sea", "mode": "land"}, "geometry": null}'
    path = tmp_path / "rows.geojson"
    path.write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}')
    assert refusal(path) == "name_twice"


def test_every_refusal_has_a_sentence():
    for code, sentence in MESSAGES.items():
        assert str(sentence).strip(), code


# What the letters of a file say is what is read ----------------------------------------------------------------------------

CASES = Path(__file__).parent / "files"
ARABIC, FRENCH = ["أغاديس", "سبها"], ["Yaoundé", "Bouaké"]


def names_in(rows: list[Drawn]) -> list[str]:
    return [row.values["name"] for row in rows]


@pytest.mark.parametrize(
    ("case", "column", "expected"),
    [
        ("01-full-date.geojson", "since", ["2011-02-20"]),
        ("02-remark-like-a-time.geojson", "remark_en", ["12:30"]),
        ("03-list-property.geojson", "tags", ["a, b"]),
        ("06-vertical-tab.geojson", "remark_en", ["first line\nsecond line"]),
        ("07-stray-dbf.zip", "name", ["Agadez", "Sebha"]),
        ("08-stray-applefile.zip", "name", ["Agadez", "Sebha"]),
        ("09-cpg-65001.zip", "name", ARABIC),
        ("10-cpg-ansi-1256.zip", "name", ARABIC),
        ("11-cpg-empty.zip", "name", ARABIC),
    ],
)
def test_a_file_is_read_as_its_reader_reads_it(case, column, expected):
    assert [row.values[column] for row in rows_of(CASES / case, case)] == expected


def test_half_a_letter_is_told():
    assert refusal(CASES / "05-lone-surrogate.geojson") == "half_letters"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2011-02", "2011-02"),
        ("2011-02-20T00:00:00", "2011-02-20T00:00:00"),
        ("20/02/2011", "20/02/2011"),
        ("12:30:15", "12:30:15"),
        ("None", "None"),
        ("nan", "nan"),
        ("NaT", "NaT"),
        ("<NA>", "<NA>"),
        ("007", "007"),
        ("1e5", "1e5"),
        ("true", "true"),
        (2011, "2011"),
        (2011.0, "2011"),
        (0.1, "0.1"),
        (12345678901234567890, "12345678901234567890"),
        (True, "true"),
        (None, ""),
        ([], ""),
        (["a", None, 2], "a, 2"),
        ({"a": 1}, '{"a": 1}'),
        ("a\x00b\x0cc\x85d\ufffee\x7f", "ab\nc\nde"),
        ("\u200f\u200dسبها\ttab\r\nline", "\u200f\u200dسبها\ttab\r\nline"),
    ],
)
def test_text_stays_text_and_a_number_is_written_as_it_is(tmp_path, value, text):
    feature = {"type": "Feature", "properties": {"a": value}, "geometry": {"type": "Point", "coordinates": [13, 32]}}
    (tmp_path / "a.geojson").write_text(json.dumps(feature))
    (row,) = rows_of(tmp_path / "a.geojson", "a.geojson")
    assert row.values == {"a": text}


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"a": [["b"]]}, "nested"),
        ({"a": ["b"] * 101}, "nested"),
        ({"\udc00": "a"}, "half_letters"),
        ({"a": ["\ud800"]}, "half_letters"),
        ({"a": {"b": "\ud800"}}, "half_letters"),
    ],
)
def test_what_is_no_text_is_told(tmp_path, properties, code):
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [13, 32]}}
    (tmp_path / "a.geojson").write_text(json.dumps(feature))
    assert refusal(tmp_path / "a.geojson") == code


@pytest.mark.parametrize("ending", ["gpkg", "zip", "kml"])
def test_dates_and_times_of_tables_keep_their_writing(tmp_path, ending):
    rows = frame(since=pandas.Timestamp("2011-02-20").date(), remark="12:30", nothing="None")
    (row,) = rows_of(written(tmp_path, ending, rows), f"a.{ending}")
    assert row.values["since"].replace("/", "-") == "2011-02-20"
    assert (row.values["remark"], row.values["nothing"]) == ("12:30", "None")


WRITTEN_AS = {"cp720": "cp1256", "koi8-r": "cp1251"}  # GDAL writes no table in these


def replaced(path: Path, old: bytes, new: bytes) -> Path:
    """The zip with other bytes in its parts."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).replace(old, new) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


def named_zip(folder: Path, names: list[str], encoding: str, cpg: str | bytes | None) -> Path:
    rows = geopandas.GeoDataFrame(
        {"name": names}, geometry=[shapely.Point(8, 17), shapely.Point(14, 27)], crs="EPSG:4326"
    )
    path = zipped(folder, rows, without=(".cpg",), encoding=WRITTEN_AS.get(encoding, encoding))
    for name in names if encoding in WRITTEN_AS else ():
        path = replaced(path, name.encode(WRITTEN_AS[encoding]), name.encode(encoding))
    if cpg is not None:
        with zipfile.ZipFile(path, "a") as packed:
            packed.writestr("map/rows.cpg", cpg)
    return path


@pytest.mark.parametrize(
    ("names", "encoding", "cpg"),
    [
        (ARABIC, "utf-8", "65001"), (ARABIC, "utf-8", "\ufeffUTF-8\r\n"), (ARABIC, "utf-8", "utf8"), (ARABIC, "utf-8", None),
        (ARABIC, "utf-8", "OEM"), (ARABIC, "utf-8", "windows-31337"), (ARABIC, "utf-8", b"\xff\xfe\x00"),
        (ARABIC, "cp1256", "1256"), (ARABIC, "cp1256", "Windows-1256"), (ARABIC, "cp1256", "CP1256"), (ARABIC, "cp1256", "cp_1256"),
        (ARABIC, "cp1256", ""), (ARABIC, "cp1256", "OEM"), (ARABIC, "cp1256", None), (ARABIC, "cp1256", "nobody knows"),
        (ARABIC, "cp720", "720"), (ARABIC, "iso8859-6", "ISO 88596"), (ARABIC, "iso8859-6", "ISO-8859-6"),
        (FRENCH, "cp1252", "ANSI 1252"), (FRENCH, "cp1252", None), (FRENCH, "cp850", "850"), (FRENCH, "iso8859-15", "88591 5"),
        (["Москва", "Тунис"], "cp1251", "ANSI 1251"), (["Şanlıurfa", "Iğdır"], "cp1254", "1254"),
    ],
)  # fmt: skip
def test_a_code_page_is_known_by_any_of_its_names_or_by_the_letters(tmp_path, names, encoding, cpg):
    assert names_in(rows_of(named_zip(tmp_path, names, encoding, cpg), "a.zip")) == names


@pytest.mark.parametrize(
    ("names", "encoding", "cpg"),
    [
        (ARABIC, "cp1256", "UTF-8"), (ARABIC, "cp720", None), (["Москва", "Тунис"], "cp1251", ""),
        (["Москва", "Тунис"], "koi8-r", None), (["Şanlıurfa", "Iğdır"], "cp1254", None), (["Ελλάδα", "Κύπρος"], "cp1253", "OEM"),
    ],
)  # fmt: skip
def test_letters_that_nothing_names_are_refused_rather_than_guessed(tmp_path, names, encoding, cpg):
    assert refusal(named_zip(tmp_path, names, encoding, cpg), "a.zip") == "encoding"


# What belongs together, and what is left out ------------------------------------------------------------------------------


def with_strangers(folder: Path, **strangers: bytes) -> Path:
    path = named_zip(folder, ["Agadez", "Sebha"], "utf-8", "UTF-8")
    with zipfile.ZipFile(path, "a") as packed:
        for name, content in strangers.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path


@pytest.mark.parametrize(
    "stranger",
    [
        "map__other_dot_dbf",
        "other_dot_dbf",
        "rows_dot_dbf",
        "map__rows2_dot_prj",
        "a__rows_dot_cpg",
        "map__readme_dot_txt",
    ],
)
def test_parts_of_another_stem_or_folder_are_named_and_left_out(tmp_path, stranger):
    brought = read_file(with_strangers(tmp_path, **{stranger: b"x" * 300}), "a.zip")
    assert names_in(brought.rows) == ["Agadez", "Sebha"]
    (note,) = brought.notes
    assert stranger.replace("__", "/").replace("_dot_", ".") in message_of(note)


def test_indexes_and_descriptions_of_the_same_stem_need_no_word(tmp_path):
    brought = read_file(with_strangers(tmp_path, map__rows_dot_qix=b"x", map__rows_dot_shp_dot_xml=b"x"), "a.zip")
    assert brought.notes == []


def test_a_part_that_is_there_twice_is_refused(tmp_path):
    assert refusal(with_strangers(tmp_path, map__ROWS_dot_DBF=b"x" * 300), "a.zip") == "zip_part_twice"


def test_columns_that_differ_in_capitals_alone_are_said(tmp_path):
    brought = read_file(written(tmp_path, "geojson", frame(Name="Agadez", name="Sebha")), "a.geojson")
    assert names_in(brought.rows) == ["Sebha"]
    assert [message_of(note) for note in brought.notes] == [
        "The columns name, Name differ in capital letters alone and say different things: name was read."
    ]


def test_columns_that_say_the_same_need_no_word(tmp_path):
    brought = read_file(written(tmp_path, "geojson", frame(Name="Agadez", name="Agadez", NAME="")), "a.geojson")
    assert (names_in(brought.rows), brought.notes) == (["Agadez"], [])


@pytest.mark.parametrize(
    ("crs", "code"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, None),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}, None),
        ({"type": "name", "properties": {"name": "EPSG:3857"}}, None),
        (None, None),
        ({"type": "name", "properties": {"name": "EPSG:999999"}}, "wrong_crs"),
        ({"type": "link", "properties": {"href": "http://crs.example/4326"}}, "unknown_crs"),
        ({"type": "name", "properties": {"name": "+proj=longlat"}}, "unknown_crs"),
        ({"type": "EPSG", "properties": {"code": 4326}}, "unknown_crs"),
        ("EPSG:4326", "unknown_crs"),
    ],
)
def test_a_system_of_coordinates_of_geojson_is_named_by_its_number_or_refused(tmp_path, crs, code):
    is_metres = isinstance(crs, dict) and "3857" in str(crs)
    point = [1467196.0, 3882000.0] if is_metres else [13.18, 32.9]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": point}}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    if code:
        assert refusal(path) == code
    else:
        (row,) = rows_of(path, path.name)
        assert row.coordinates == pytest.approx([13.18, 32.9], abs=0.01)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "without_place"),
        ({"type": "Point", "coordinates": []}, "without_place"),
        ({"type": "Point", "coordinates": ["13", "32"]}, "not_readable"),
        ({"type": "Point", "coordinates": [None, 1]}, "not_readable"),
        ({"type": "Point", "coordinates": [float("nan"), 1]}, "wrong_crs"),
        ({"type": "Point", "coordinates": 5}, "not_readable"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "not_readable"),
        ({"type": "LineString", "coordinates": {"a": 1}}, "not_readable"),
        ({"type": "Circle", "coordinates": [1, 2]}, "not_readable"),
        ({"type": "GeometryCollection", "geometries": 3}, "not_readable"),
        ({"type": "GeometryCollection", "geometries": []}, "mixed_types"),
        ("Point", "not_readable"),
    ],
)
def test_a_geometry_that_is_none_is_told(tmp_path, geometry, code):
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": geometry}))
    assert refusal(path) == code
