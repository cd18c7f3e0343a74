"""Reads a file of geodata in the process that `untrusted.sandbox` starts for it. Knows neither Django nor the database.

What is no such file is refused before GDAL sees it, as GDAL tells formats by their content and some of them name other
files: each is known by its first bytes. Nothing of a zip is unpacked before its directory has been read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from routes.importing import gdal_files, geojson_file
from routes.importing.rows import MOST_POINTS, MOST_ROWS, NUMBER, Drawn, Feature, ImportRefused
from routes.importing.shapefile_zip import unpacked
from routes.importing.values import Columns

SQLITE, GEOPACKAGE = b"SQLite format 3\x00", (b"GPKG", b"GP10", b"GP11")  # at 0 and, as its application, at 68
WGS84 = "EPSG:4326"
WINDOW_DEG = (-40.0, -15.0, 100.0, 70.0)  # west, south, east, north of what any Dialogue's map shows, generously
LEAST_EXTENT_DEG = 0.001  # all of a file within a hundred metres: degrees that were read as metres
ALMOST_DEG = 1e-9
TYPES = ("Point", "LineString")
NUMBERED = re.compile(r"(?:[a-z]{1,20}[-_:/.])?(\d{1,16})")  # the number of a record, maybe after what it is of

# Of each layer of a file: the coordinate reference system that it says, and its features.
Layers = Iterator[tuple[Any, Iterable[Feature]]]


def read(data: bytes, ending: str) -> dict:
    """The rows of a file and its notes, or why it is refused; the working directory is its own."""
    path, notes = Path("brought"), []
    path.write_bytes(data)
    try:
        rows = _rows(READERS[ending](path, notes), notes)
        _refuse_elsewhere(rows)
    except ImportRefused as refused:
        return {"refused": refused.as_json()}
    return {"rows": [asdict(row) for row in rows], "notes": notes}


# Formats.


def _geojson(path: Path, notes: list[dict]) -> Layers:
    yield geojson_file.read(_utf8(path.read_bytes()))


def _geopackage(path: Path, notes: list[dict]) -> Layers:
    head = path.read_bytes()[:72]
    if not head.startswith(SQLITE) or head[68:72] not in GEOPACKAGE:
        raise ImportRefused("not_readable")
    gdal_files.only("GPKG")
    yield from gdal_files.layers(path.rename("rows.gpkg"))


def _kml(path: Path, notes: list[dict]) -> Layers:
    _refuse_strange_xml(path, "kml")
    gdal_files.only("LIBKML", "KML")
    yield from gdal_files.layers(path.rename("rows.kml"))


def _gpx(path: Path, notes: list[dict]) -> Layers:
    _refuse_strange_xml(path, "gpx")
    gdal_files.only("GPX")
    yield from gdal_files.layers(path.rename("rows.gpx"), gdal_files.GPX_LAYERS)


def _shapefile(path: Path, notes: list[dict]) -> Layers:
    """Each part is written under a name of ours."""
    codec, said = unpacked(path, Path())
    notes.extend(said)
    gdal_files.only("ESRI Shapefile")
    yield gdal_files.layer(Path("rows.shp"), codec=codec)


READERS = {
    ".geojson": _geojson, ".json": _geojson, ".gpkg": _geopackage, ".kml": _kml, ".gpx": _gpx, ".zip": _shapefile,
}  # fmt: skip


def _utf8(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefused("encoding") from None


def _refuse_strange_xml(path: Path, root: str) -> None:
    """Checks the root element, and refuses entities, which may grow without bounds or name files."""
    content = path.read_bytes()
    declared = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=[\"']([\w-]+)", content)
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8"):
        _utf8(content)
    begin = content[:4000].lstrip(b"\xef\xbb\xbf")
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE):
        raise ImportRefused("not_readable")
    first = re.search(rb"<(?![?!])(?:\w+:)?(\w+)", begin)
    if first is None or first[1].lower() != root.encode():
        raise ImportRefused("not_readable")


# Features to rows.


def _rows(layers: Layers, notes: list[dict]) -> list[Drawn]:
    """All rows of all layers, and what must be said of their columns."""
    rows: list[Drawn] = []
    points, columns = 0, Columns()
    for crs, features in layers:
        held = []
        for feature in features:
            held.append(feature)
            points += len(feature.points)
            if len(rows) + len(held) > MOST_ROWS or points > MOST_POINTS:
                raise ImportRefused("too_many", rows=MOST_ROWS, points=MOST_POINTS)
        _refuse_other_types(held)
        for feature, moved in zip(held, _in_degrees([feature.points for feature in held], crs), strict=True):
            rows.append(_row(feature, moved, columns))
    if not rows:
        raise ImportRefused("empty")
    notes.extend(columns.notes)
    return rows


def _refuse_other_types(features: list[Feature]) -> None:
    kinds = {feature.kind for feature in features if feature.kind}
    if not kinds <= set(TYPES):
        raise ImportRefused("mixed_types", types=", ".join(sorted(kinds)))
    if any(not feature.points for feature in features):
        raise ImportRefused("without_place")


def _in_degrees(lines: list[list], crs: Any) -> list[list[list[float]]]:
    """Longitude and latitude of all points; what is not WGS 84 is calculated at once."""
    if any(abs(height) > ALMOST_DEG for line in lines for point in line for height in point[2:3]):
        raise ImportRefused("has_heights")
    flat = [[float(part) for part in point[:2]] for line in lines for point in line]
    if flat and crs not in (4326, WGS84):
        flat = _calculated(flat, crs)
    if not all(-1e6 < part < 1e6 for point in flat for part in point):
        raise ImportRefused("wrong_crs")
    rest = iter(flat)
    return [[next(rest) for _point in line] for line in lines]


def _calculated(points: list[list[float]], crs: Any) -> list[list[float]]:
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    try:
        given = CRS.from_epsg(crs) if isinstance(crs, int) else CRS.from_user_input(crs)
        to_degrees = Transformer.from_crs(given, CRS.from_epsg(4326), always_xy=True)
        eastings, northings = zip(*points, strict=True)
        longitudes, latitudes = to_degrees.transform(eastings, northings)
    except (ProjError, ValueError):
        raise ImportRefused("wrong_crs") from None
    return [[float(lon), float(lat)] for lon, lat in zip(longitudes, latitudes, strict=True)]


def _row(feature: Feature, points: list[list[float]], columns: Columns) -> Drawn:
    values = columns.row(feature.values)
    number = NUMBERED.fullmatch(values.get(NUMBER, "").lower())
    is_line = feature.kind == "LineString"
    return Drawn(is_line, points if is_line else points[0], values, int(number[1]) if number else None)


def _refuse_elsewhere(rows: list[Drawn]) -> None:
    """Coordinates that are no degrees, or lie where no Dialogue has a map, or all in one spot."""
    longitudes, latitudes = ([point[axis] for row in rows for point in row.points] for axis in (0, 1))
    if max(map(abs, latitudes)) > 90 and max(map(abs, longitudes)) <= 90:
        raise ImportRefused("swapped")
    if max(map(abs, latitudes)) > 90 or max(map(abs, longitudes)) > 180:
        raise ImportRefused("wrong_crs")
    west, south, east, north = WINDOW_DEG
    if not any(west <= lon <= east and south <= lat <= north for lon, lat in zip(longitudes, latitudes, strict=True)):
        raise ImportRefused("wrong_crs")
    extent = max(max(longitudes) - min(longitudes), max(latitudes) - min(latitudes))
    if len(longitudes) > 1 and extent < LEAST_EXTENT_DEG:
        raise ImportRefused("wrong_crs")
