"""A file of geodata as rows: one point or one line each, WGS 84 degrees, longitude first. Pure: no database.

What is no such file is refused before GDAL sees it, as GDAL tells formats by their content and some of them name other
files: each is known by its first bytes. Nothing of a zip is unpacked before its directory has been read.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from routes.importing.refusals import Refused

MEGABYTE = 1024 * 1024
LARGEST_MB, LARGEST_UNPACKED_MB = 20, 100
MOST_ROWS, MOST_POINTS = 20_000, 500_000
WGS84 = "EPSG:4326"
SQLITE, GEOPACKAGE = b"SQLite format 3\x00", (b"GPKG", b"GP10", b"GP11")  # at 0 and, as its application, at 68
SHAPEFILE = b"\x00\x00\x27\x0a"
SHAPEFILE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
GPX_LAYERS = ("waypoints", "routes", "tracks")
NUMBER = "number"
WINDOW_DEG = (-40.0, -15.0, 100.0, 70.0)  # west, south, east, north of what any Dialogue's map shows, generously
LEAST_EXTENT_DEG = 0.001  # all of a file within a hundred metres: degrees that were read as metres
ALMOST_DEG = 1e-9


@dataclass(frozen=True)
class Drawn:
    """A row of a file. `coordinates`: [lon, lat] of a point, a list of such of a line. `values`: its attributes as text."""

    is_line: bool
    coordinates: list
    values: Mapping[str, str] = field(default_factory=dict)
    number: int | None = None

    @property
    def points(self) -> list[list[float]]:
        return self.coordinates if self.is_line else [self.coordinates]


def read_file(path: Path, name: str) -> list[Drawn]:
    """The rows of a file, called `name` by whoever sent it. Raises Refused."""
    if path.stat().st_size > LARGEST_MB * MEGABYTE:
        raise Refused("too_large", megabytes=LARGEST_MB)
    ending = PurePosixPath(name.lower()).suffix
    reader = READERS.get(ending)
    if reader is None:
        raise Refused("unknown_format")
    with tempfile.TemporaryDirectory(prefix="imap-import-") as folder:
        rows = [row for frame in reader(path, Path(folder)) for row in _rows(frame)]
    if not rows:
        raise Refused("empty")
    _refuse_many(rows)
    _refuse_elsewhere(rows)
    return rows


# Formats: each gives frames of GeoPandas.


def _geojson(path: Path, folder: Path) -> Iterator:
    text = _utf8(path.read_bytes())
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("not_readable") from None
    if not isinstance(content, dict) or content.get("type") not in ("FeatureCollection", "Feature"):
        raise Refused("not_readable")
    if content.get("type") == "FeatureCollection" and not content.get("features"):
        raise Refused("empty")
    rows = folder / "rows.geojson"
    rows.write_text(json.dumps(_with_numbers(content), ensure_ascii=False))
    yield _frame(rows)


def _with_numbers(content: dict) -> dict:
    """The id of each feature as an attribute: a stop and a segment may have the same, and GDAL would give one another."""
    for one in content.get("features", [content]):
        if isinstance(one, dict) and isinstance(one.get("properties"), dict) and "id" in one:
            one["properties"].setdefault(NUMBER, one.pop("id"))
    return content


def _geopackage(path: Path, folder: Path) -> Iterator:
    head = path.read_bytes()[:72]
    if not head.startswith(SQLITE) or head[68:72] not in GEOPACKAGE:
        raise Refused("not_readable")
    yield from _frames(_copy(path, folder / "rows.gpkg"))


def _kml(path: Path, folder: Path) -> Iterator:
    _refuse_strange_xml(path, "kml")
    yield from _frames(_copy(path, folder / "rows.kml"))


def _gpx(path: Path, folder: Path) -> Iterator:
    _refuse_strange_xml(path, "gpx")
    yield from _frames(_copy(path, folder / "rows.gpx"), only=GPX_LAYERS)


def _shapefile(path: Path, folder: Path) -> Iterator:
    """Each part is written under a name of ours."""
    if not zipfile.is_zipfile(path):
        raise Refused("not_a_zip")
    try:
        with zipfile.ZipFile(path) as packed:
            parts = _parts(packed)
            for suffix, info in parts.items():
                _unpack(packed, info, folder / f"rows{suffix}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise Refused("not_readable") from None
    if not (folder / "rows.shp").read_bytes().startswith(SHAPEFILE):
        raise Refused("not_readable")
    if ".prj" not in parts:
        raise Refused("no_crs")
    if ".cpg" not in parts:
        _utf8((folder / "rows.dbf").read_bytes(), after=_length_of_head(folder / "rows.dbf"))
        (folder / "rows.cpg").write_text("UTF-8")
    yield _frame(folder / "rows.shp")


READERS = {
    ".geojson": _geojson, ".json": _geojson, ".gpkg": _geopackage, ".kml": _kml, ".gpx": _gpx, ".zip": _shapefile,
}  # fmt: skip


def _parts(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts of its one Shapefile, by their endings."""
    infos = [info for info in packed.infolist() if not info.is_dir()]
    for info in infos:
        way = PurePosixPath(info.filename.replace("\\", "/"))
        if way.is_absolute() or ".." in way.parts or re.match(r"[A-Za-z]:", info.filename):
            raise Refused("zip_leads_outside", name=info.filename[:80])
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED_MB * MEGABYTE:
        raise Refused("zip_too_large", megabytes=LARGEST_UNPACKED_MB)
    wanted = [info for info in infos if not info.filename.startswith("__MACOSX/")]
    found = [(PurePosixPath(info.filename.lower()).suffix, info) for info in wanted]
    parts = {suffix: info for suffix, info in found if suffix in SHAPEFILE_PARTS}
    shapes = [suffix for suffix, _info in found if suffix == ".shp"]
    if len(shapes) != 1 or not {".shp", ".shx", ".dbf"} <= set(parts):
        raise Refused("zip_without_shapefile")
    return parts


def _unpack(packed: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """No further than its directory said: a header may lie."""
    with packed.open(info) as source, target.open("wb") as written:
        rest = info.file_size
        while chunk := source.read(min(MEGABYTE, rest + 1)):
            rest -= len(chunk)
            if rest < 0:
                raise Refused("zip_too_large", megabytes=LARGEST_UNPACKED_MB)
            written.write(chunk)


def _length_of_head(dbf: Path) -> int:
    """Bytes of the header of a dBASE table: a 16-bit number at 8."""
    return int.from_bytes(dbf.read_bytes()[8:10], "little")


def _copy(path: Path, target: Path) -> Path:
    target.write_bytes(path.read_bytes())
    return target


def _utf8(content: bytes, after: int = 0) -> str:
    try:
        return content[after:].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("encoding") from None


def _refuse_strange_xml(path: Path, root: str) -> None:
    """By its first element; entities are refused, as they may grow without bounds or name files."""
    content = path.read_bytes()
    declared = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=[\"']([\w-]+)", content)
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8"):
        _utf8(content)
    begin = content[:4000].lstrip(b"\xef\xbb\xbf")
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.IGNORECASE):
        raise Refused("not_readable")
    first = re.search(rb"<(?![?!])(?:\w+:)?(\w+)", begin)
    if first is None or first[1].lower() != root.encode():
        raise Refused("not_readable")


# Frames to rows.


def _frames(path: Path, only: tuple[str, ...] = ()) -> Iterator:
    import pyogrio

    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind]
    except Exception:
        raise Refused("not_readable") from None
    for layer in layers:
        if not only or layer in only:
            yield _frame(path, layer=layer)


def _frame(path: Path, **which):
    """A GeoDataFrame in degrees. Whatever GDAL says against the file, it cannot be read."""
    import geopandas

    try:
        frame = geopandas.read_file(path, **which)
    except UnicodeDecodeError:
        raise Refused("encoding") from None
    except Exception:
        raise Refused("not_readable") from None
    if "geometry" not in frame or not hasattr(frame, "to_crs"):
        raise Refused("not_readable")
    if len(frame) and frame.crs is None:
        raise Refused("no_crs")
    return frame


def _rows(frame) -> Iterator[Drawn]:
    if not len(frame):
        return
    degrees = _in_degrees(frame)
    columns = [name for name in frame.columns if name != "geometry"]
    shapes = [_single(shape) for shape in degrees.geometry]
    strange = sorted({shape.geom_type for shape in shapes if shape is not None and shape.geom_type not in TYPES})
    if strange:
        found = sorted({shape.geom_type for shape in shapes if shape is not None})
        raise Refused("mixed_types", types=", ".join(found))
    for shape, values in zip(shapes, frame[columns].to_dict("records"), strict=True):
        if shape is None or shape.is_empty:
            raise Refused("empty")
        yield _row(shape, {str(name).lower(): _text(value) for name, value in values.items()})


TYPES = ("Point", "LineString")


def _row(shape, values: dict[str, str]) -> Drawn:
    if shape.has_z and any(abs(point[2]) > ALMOST_DEG for point in shape.coords):
        raise Refused("has_heights")
    points = [[float(point[0]), float(point[1])] for point in shape.coords]
    if not all(-1e6 < part < 1e6 for point in points for part in point):
        raise Refused("wrong_crs")
    number = values.get(NUMBER, "")
    is_line = shape.geom_type == "LineString"
    return Drawn(is_line, points if is_line else points[0], values, int(number) if number.isdecimal() else None)


def _in_degrees(frame):
    from pyproj.exceptions import ProjError

    try:
        return frame.to_crs(WGS84)
    except (ProjError, ValueError):
        raise Refused("wrong_crs") from None


def _single(shape):
    """Of several parts that are one, the one: a track of GPX."""
    return shape.geoms[0] if shape is not None and hasattr(shape, "geoms") and len(shape.geoms) == 1 else shape


def _text(value) -> str:
    """An attribute as text; what is missing is empty, a whole number has no decimals."""
    if value is None or value != value:  # not a number is not itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if str(value) not in ("NaT", "<NA>", "None") else ""


def _refuse_many(rows: list[Drawn]) -> None:
    if len(rows) > MOST_ROWS or sum(len(row.points) for row in rows) > MOST_POINTS:
        raise Refused("too_many", rows=MOST_ROWS, points=MOST_POINTS)


def _refuse_elsewhere(rows: list[Drawn]) -> None:
    """Coordinates that are no degrees, or lie where no Dialogue has a map, or all in one spot."""
    longitudes, latitudes = ([point[axis] for row in rows for point in row.points] for axis in (0, 1))
    if max(map(abs, latitudes)) > 90 and max(map(abs, longitudes)) <= 90:
        raise Refused("swapped")
    if max(map(abs, latitudes)) > 90 or max(map(abs, longitudes)) > 180:
        raise Refused("wrong_crs")
    west, south, east, north = WINDOW_DEG
    if not any(west <= lon <= east and south <= lat <= north for lon, lat in zip(longitudes, latitudes, strict=True)):
        raise Refused("wrong_crs")
    extent = max(max(longitudes) - min(longitudes), max(latitudes) - min(latitudes))
    if len(longitudes) > 1 and extent < LEAST_EXTENT_DEG:
        raise Refused("wrong_crs")
