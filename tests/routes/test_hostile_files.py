"""Files that pretend to be geodata and name other files or hosts, or cost more than they may: neither file nor host is touched."""

import io
import json
import resource
import sqlite3
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
import shapely

from routes.importing.errors import ImportRefused
from routes.importing.files import read_file
from tests.sentinels import SECRET, Watch, watched

MIB = 1024 * 1024


def vrt(source: str) -> str:
    return (
        f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{source}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"  # in single quotes, which JSON leaves as they are
    )


def geojson(properties: dict | None = None, **members) -> bytes:
    point = {"type": "Point", "coordinates": [13.18, 32.9]}
    feature = {"type": "Feature", "properties": properties or {"name": "Tripoli"}, "geometry": point}
    return json.dumps({"type": "FeatureCollection", **members, "features": [feature]}).encode()


def kml(within: str = "", root: str = "") -> bytes:
    mark = "<Placemark><name>Tripoli</name><Point><coordinates>13.18,32.9</coordinates></Point></Placemark>"
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"{root}><Document>{within}{mark}</Document></kml>'.encode()


def gpx(within: str = "", root: str = "") -> bytes:
    return (
        f'<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x"{root}>{within}'
        '<wpt lat="32.9" lon="13.18"><name>Tripoli</name></wpt></gpx>'
    ).encode()


def frame() -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"name": ["Tripoli"]}, geometry=[shapely.Point(13.18, 32.9)], crs="EPSG:4326")


def geopackage(folder: Path, *statements: str) -> bytes:
    """A GeoPackage in whose database these statements were run."""
    path = folder / "made.gpkg"
    frame().to_file(path, driver="GPKG", layer="towns")
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            database.execute(statement)
    database.close()
    return path.read_bytes()


def shapefile(folder: Path, *, link: Path | None = None, **parts: str) -> bytes:
    """A zipped Shapefile, of which some parts are replaced; `link`: what a symbolic link in it leads to."""
    frame().to_file(folder / "towns.shp")
    held = {name.suffix[1:]: name.read_bytes() for name in folder.glob("towns.*")} | {
        name: text.encode() for name, text in parts.items()
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in held.items():
            packed.writestr(f"towns.{name}", content)
        if link:
            symbolic = zipfile.ZipInfo("towns.cpg")
            symbolic.external_attr = 0o120777 << 16
            packed.writestr(symbolic, str(link))
    return made.getvalue()


VIEW = "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('{0}', 'features', '{0}', 4326)"
COLUMN = "INSERT INTO gpkg_geometry_columns VALUES ('{0}', 'geom', 'POINT', 4326, 0, 0)"
ENDLESS = """CREATE VIEW endless AS WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
    SELECT n AS fid, (SELECT geom FROM towns) AS geom FROM numbers"""
SYSTEM = "INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 99999, 'x', 99999, '{}', '')"

# Name of the file → its content, given what must not be touched and a folder to make it in.
PRETENDING: dict[str, tuple[str, Callable[[Watch, Path], bytes]]] = {
    "a source of data in a property": ("a.geojson", lambda w, f: geojson({"name": vrt(str(w.secret))})),
    "a source of data far away in a property": ("a.geojson", lambda w, f: geojson({"name": vrt(f"/vsicurl/{w.address}")})),
    "a source of data before the rest": ("a.geojson", lambda w, f: geojson(xx=vrt(str(w.secret)))),
    "a source of data instead": ("a.geojson", lambda w, f: vrt(str(w.secret)).encode()),
    "a linked system of coordinates": ("a.geojson", lambda w, f: geojson(crs={"type": "link", "properties": {"href": w.address}})),
    "a system of coordinates far away": ("a.geojson", lambda w, f: geojson(crs={"type": "name", "properties": {"name": w.address}})),
    "a system of coordinates with a grid": (
        "a.geojson", lambda w, f: geojson(crs={"type": "name", "properties": {"name": f"+proj=longlat +nadgrids={w.secret}"}}),
    ),
    "a service of features": ("a.geojson", lambda w, f: f"<OGRWFSDataSource><URL>{w.address}</URL></OGRWFSDataSource>".encode()),
    "a service of features in a property": (
        "a.geojson", lambda w, f: geojson({"name": f"<OGRWFSDataSource><URL>{w.address}</URL></OGRWFSDataSource>"}),
    ),
    "an address instead": ("a.geojson", lambda w, f: w.address.encode()),
    "a path instead": ("a.geojson", lambda w, f: str(w.secret).encode()),
    "a file system of GDAL instead": ("a.geojson", lambda w, f: f"/vsisubfile/0_100,{w.secret}".encode()),
    "a pipeline of GDAL": (
        "a.geojson",
        lambda w, f: json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {w.secret}"}).encode(),
    ),
    "further pages": ("a.geojson", lambda w, f: geojson(links=[{"rel": "next", "href": w.address}])),
    "features of a server of Esri": (
        "a.geojson", lambda w, f: json.dumps({"type": "Feature", "geometryType": "esriGeometryPoint", "features": [], "url": w.address}).encode(),
    ),
    "a source of data that is called KML": ("a.kml", lambda w, f: vrt(str(w.secret)).encode()),
    "a source of data within KML": ("a.kml", lambda w, f: kml(vrt(str(w.secret)))),
    "KML with a link of the network": ("a.kml", lambda w, f: kml(f"<NetworkLink><Link><href>{w.address}</href></Link></NetworkLink>")),
    "KML with a picture and styles": (
        "a.kml", lambda w, f: kml(f"<Style><IconStyle><Icon><href>{w.address}</href></Icon></IconStyle></Style><styleUrl>{w.address}#x</styleUrl>"),
    ),
    "KML with a schema far away": ("a.kml", lambda w, f: kml(f'<ExtendedData><SchemaData schemaUrl="{w.address}#x"/></ExtendedData>')),
    "KML that includes a file": (
        "a.kml", lambda w, f: kml(f'<xi:include href="{w.secret}" parse="text"/>', ' xmlns:xi="http://www.w3.org/2001/XInclude"'),
    ),
    "KML with an entity": ("a.kml", lambda w, f: f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{w.secret.as_uri()}">]>'.encode() + kml("<name>&x;</name>")),
    "KML with a definition far away": ("a.kml", lambda w, f: f'<!DOCTYPE kml SYSTEM "{w.address}">'.encode() + kml()),
    "KML with a style sheet": ("a.kml", lambda w, f: f'<?xml-stylesheet href="{w.address}" type="text/xsl"?>'.encode() + kml()),
    "KML in UTF-16 with an entity": (
        "a.kml",
        lambda w, f: ('<?xml version="1.0" encoding="UTF-16"?>' + f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{w.secret.as_uri()}">]><kml>&x;</kml>').encode("utf-16"),
    ),
    "GPX that includes a file": (
        "a.gpx", lambda w, f: gpx(f'<xi:include href="{w.secret}"/>', ' xmlns:xi="http://www.w3.org/2001/XInclude"'),
    ),
    "GPX with a schema far away": (
        "a.gpx",
        lambda w, f: gpx("", f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 {w.address}"'),
    ),
    "GPX with an entity": ("a.gpx", lambda w, f: f'<!DOCTYPE gpx [<!ENTITY x SYSTEM "{w.address}">]>'.encode() + gpx("<name>&x;</name>")),
    "a source of data that is called GeoPackage": ("a.gpkg", lambda w, f: vrt(str(w.secret)).encode()),
    "a GeoPackage with a table that is another file": (
        "a.gpkg", lambda w, f: geopackage(
            f,
            "INSERT INTO sqlite_master VALUES ('table', 'other', 'other', 0, "
            f"'CREATE VIRTUAL TABLE other USING VirtualOGR(''{w.secret}'')')",
            VIEW.format("other"), COLUMN.format("other"),
        ),
    ),
    "a GeoPackage with a table of a shape": (
        "a.gpkg", lambda w, f: geopackage(
            f,
            "INSERT INTO sqlite_master VALUES ('table', 'other', 'other', 0, "
            f"'CREATE VIRTUAL TABLE other USING VirtualShape(''{w.secret}'', UTF-8, 4326)')",
            VIEW.format("other"), COLUMN.format("other"),
        ),
    ),
    "a GeoPackage with a view that reads a file": (
        "a.gpkg", lambda w, f: geopackage(
            f, f"CREATE VIEW other AS SELECT 1 AS fid, geom, readfile('{w.secret}') AS name FROM towns", VIEW.format("other"), COLUMN.format("other")
        ),
    ),
    "a GeoPackage with a view that loads a library": (
        "a.gpkg", lambda w, f: geopackage(
            f, f"CREATE VIEW other AS SELECT 1 AS fid, geom, load_extension('{w.secret}') AS name FROM towns", VIEW.format("other"), COLUMN.format("other")
        ),
    ),
    "a GeoPackage whose system of coordinates names a grid": (
        "a.gpkg", lambda w, f: geopackage(
            f,
            SYSTEM.format(
                'BOUNDCRS[SOURCECRS[GEOGCRS["x",DATUM["x",ELLIPSOID["x",6378137,298.25]],CS[ellipsoidal,2],AXIS["lat",north],AXIS["lon",east],ANGLEUNIT["degree",0.0174532925199433]]],'
                'TARGETCRS[GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563]],CS[ellipsoidal,2],AXIS["lat",north],AXIS["lon",east],ANGLEUNIT["degree",0.0174532925199433]]],'
                f'ABRIDGEDTRANSFORMATION["x",METHOD["NTv2"],PARAMETERFILE["Latitude and longitude difference file","{w.secret}"]]]'
            ),
            "UPDATE gpkg_geometry_columns SET srs_id = 99999", "UPDATE gpkg_contents SET srs_id = 99999",
        ),
    ),
    "a Shapefile with a link to a file": ("a.zip", lambda w, f: shapefile(f, link=w.secret)),
    "a Shapefile whose system of coordinates is an address": ("a.zip", lambda w, f: shapefile(f, prj=w.address)),
    "a Shapefile whose system of coordinates is a file": ("a.zip", lambda w, f: shapefile(f, prj=f"ESRI::{w.secret}")),
    "a Shapefile whose system of coordinates names a grid": (
        "a.zip", lambda w, f: shapefile(f, prj=f"+proj=longlat +nadgrids={w.secret} +type=crs")
    ),
    "a Shapefile with a source of data beside it": ("a.zip", lambda w, f: shapefile(f, vrt=vrt(str(w.secret)), xml=vrt(w.address))),
}  # fmt: skip


@pytest.mark.parametrize("kind", PRETENDING)
def test_a_file_that_names_another_file_or_a_host_reaches_neither(tmp_path, kind):
    name, made = PRETENDING[kind]
    folder = tmp_path / "made"
    folder.mkdir()
    with watched(tmp_path) as watch:
        path = tmp_path / name
        path.write_bytes(made(watch, folder))
        try:
            said = str([dict(row.values) for row in read_file(path, name).rows])
        except ImportRefused as refused:
            said = str(refused.as_json())
        assert SECRET not in said
        assert not watch.was_opened
        assert not watch.was_called


# Cost -----------------------------------------------------------------------------------------------------------------


def features(count: int, properties: Callable[[int], dict]) -> bytes:
    point = {"type": "Point", "coordinates": [13.18, 32.9]}
    rows = [{"type": "Feature", "properties": properties(number), "geometry": point} for number in range(count)]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def wide(folder: Path) -> bytes:
    return geopackage(folder, *(f"ALTER TABLE towns ADD COLUMN c{number} TEXT" for number in range(300)))


COSTLY: dict[str, tuple[str, Callable[[Path], bytes], set[str]]] = {
    "other columns in each row": ("a.geojson", lambda f: features(10_000, lambda n: {f"c{n}": 1}), {"too_many_columns"}),
    "many columns in one row": ("a.geojson", lambda f: features(1, lambda n: {f"c{m}": 1 for m in range(100_000)}), {"too_many_columns"}),
    "too many rows": ("a.geojson", lambda f: features(20_001, lambda n: {}), {"too_many"}),
    "too many points": (
        "a.geojson",
        lambda f: json.dumps({"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[1, 2]] * 500_001}}).encode(),
        {"too_many"},
    ),
    "a deep list": ("a.geojson", lambda f: b'{"type": "FeatureCollection", "features": ' + b"[" * 10_000_000, {"not_readable", "too_hard"}),
    "a deep property": (
        "a.geojson", lambda f: b'{"type": "Feature", "properties": {"a": ' + b"[" * 900 + b"]" * 900 + b'}, "geometry": {"type": "Point", "coordinates": [1, 2]}}',
        {"nested", "not_readable"},
    ),
    "a long text": ("a.geojson", lambda f: features(1, lambda n: {"a": "x" * 10_000_000}), {"too_long"}),
    "a long name of a column": ("a.geojson", lambda f: features(1, lambda n: {"x" * 1_000_000: 1}), {"long_column"}),
    "a number of many digits": ("a.geojson", lambda f: b'{"type": "Feature", "properties": {"a": ' + b"9" * 1_000_000 + b"}}", {"not_readable"}),
    "a collection within collections": (
        "a.geojson", lambda f: b'{"type":"Feature","properties":{},"geometry":' + b'{"type":"GeometryCollection","geometries":[' * 300 + b"]}" * 300 + b"}",
        {"mixed_types", "not_readable"},
    ),
    "a view without an end": ("a.gpkg", lambda f: geopackage(f, ENDLESS, VIEW.format("endless"), COLUMN.format("endless")), {"too_hard", "too_many", "not_readable"}),
    "a view that counts without an end": (
        "a.gpkg",
        lambda f: geopackage(f, ENDLESS.replace("SELECT n AS fid", "SELECT count(*) AS fid"), VIEW.format("endless"), COLUMN.format("endless")),
        {"too_hard", "not_readable"},
    ),
    "a wide table": ("a.gpkg", wide, {"too_many_columns"}),
    "KML of many columns": (
        "a.kml", lambda f: kml("<Schema id='s'>" + "".join(f"<SimpleField type='string' name='c{n}'/>" for n in range(5000)) + "</Schema>"), {"too_many_columns"}
    ),
    "deep KML": ("a.kml", lambda f: kml("<Folder>" * 100_000), {"not_readable", "too_hard", "empty"}),
    "a zip of many parts": ("a.zip", lambda f: many_parts(), {"not_readable", "zip_without_shapefile"}),
}  # fmt: skip


def many_parts() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for number in range(5000):
            packed.writestr(f"{number}.shp", b"")
    return made.getvalue()


@pytest.mark.parametrize("kind", COSTLY)
def test_a_file_that_costs_too_much_is_refused_in_a_bounded_time_and_memory(tmp_path, kind, monkeypatch):
    from routes.importing import files
    from untrusted.sandbox import Bounds

    bounds = Bounds(memory_bytes=files.MOST_MEMORY, cpu_seconds=5, seconds=30, file_bytes=files.MOST_WRITTEN)
    name, made, codes = COSTLY[kind]
    path = tmp_path / name
    folder = tmp_path / "made"
    folder.mkdir()
    path.write_bytes(made(folder))
    began = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ImportRefused) as refused:
        read_file(path, name, bounds)
    assert refused.value.code in codes
    assert time.monotonic() - began < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024, "nothing is parsed in this process"
