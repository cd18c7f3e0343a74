"""GeoPackage, KML, GPX and Shapefile, through GDAL, of which nothing is left but the one driver that the file's name asks for.

Only for the process that `untrusted.sandbox` starts.
"""

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from routes.importing.rows import MOST_COLUMNS, MOST_POINTS, MOST_ROWS, Feature, ImportRefused

GPX_LAYERS = ("waypoints", "routes", "tracks")
MOST_LAYERS = 50
BYTES = "ISO-8859-1"  # has a letter for each byte
LIBRARY = re.compile(r"(/\S*libgdal\S*)$", re.MULTILINE)


def only(*names: str) -> None:
    """Takes all other drivers from GDAL, for this process. Raises RuntimeError when some are left."""
    import pyogrio

    gdal = ctypes.CDLL(_library())
    gdal.GDALGetDriver.restype = gdal.GDALGetDescription.restype = ctypes.c_void_p
    gdal.GDALGetDescription.argtypes = gdal.GDALDeregisterDriver.argtypes = [ctypes.c_void_p]
    for number in reversed(range(gdal.GDALGetDriverCount())):
        driver = gdal.GDALGetDriver(number)
        if ctypes.string_at(gdal.GDALGetDescription(driver)).decode() not in names:
            gdal.GDALDeregisterDriver(driver)
    if not set(pyogrio.list_drivers()) <= set(names):
        raise RuntimeError("GDAL has more drivers than it should")


def _library() -> str:
    """The file of the GDAL that this process has loaded."""
    found = LIBRARY.search(Path("/proc/self/maps").read_text()) if Path("/proc/self/maps").exists() else None
    if found:
        return found[1]
    import pyogrio

    inside = Path(pyogrio.__file__).parent
    folders = (inside.parent / "pyogrio.libs", inside / ".dylibs")  # Linux, macOS
    return next(str(path) for folder in folders for path in sorted(folder.glob("libgdal*")))


def layers(path: Path, wanted: tuple[str, ...] = ()) -> Iterator[tuple[Any, Iterator[Feature]]]:
    """Coordinate reference system (as GDAL writes it) and features of each layer with geometry. Raises ImportRefused."""
    import pyogrio

    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind]
    except (pyogrio.errors.DataSourceError, UnicodeDecodeError):
        raise ImportRefused("not_readable") from None
    for name in names[:MOST_LAYERS]:
        if not wanted or name in wanted:
            yield layer(path, name)


def layer(path: Path, name: str | None = None, codec: str = "") -> tuple[Any, Iterator[Feature]]:
    """`codec`: of Python, in which the texts are; GDAL, which knows fewer, then gives their bytes as Latin-1."""
    import pyogrio

    options = ({"layer": name} if name else {}) | ({"encoding": BYTES} if codec else {})
    try:
        about = pyogrio.read_info(path, **options)
        if len(about["fields"]) > MOST_COLUMNS:
            raise ImportRefused("too_many_columns", most=MOST_COLUMNS)
        held = pyogrio.raw.read(path, datetime_as_string=True, max_features=MOST_ROWS + 1, **options)
    except UnicodeDecodeError:
        raise ImportRefused("encoding") from None
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FieldError, ValueError):
        raise ImportRefused("not_readable") from None
    about, _ids, shapes, columns = held
    if shapes is None:
        raise ImportRefused("not_readable")
    if len(shapes) and about["crs"] is None:
        raise ImportRefused("no_crs")
    return about["crs"], _features(shapes, list(about["fields"]), columns, codec)


def _features(shapes: Any, names: list[str], columns: list, codec: str) -> Iterator[Feature]:
    if len(shapes) > MOST_ROWS:
        raise ImportRefused("too_many", rows=MOST_ROWS, points=MOST_POINTS)
    import shapely

    try:
        geometries = shapely.from_wkb(shapes)
    except shapely.errors.GEOSException:
        raise ImportRefused("not_readable") from None
    names = [_decoded(name, codec) for name in names]
    for number, geometry in enumerate(geometries):
        values = {name: _plain(column[number], codec) for name, column in zip(names, columns, strict=True)}
        yield Feature(*_points(geometry), values)


def _points(geometry: Any) -> tuple[str | None, list]:
    """The kind and its points; of several parts that are one, the one: a track of GPX."""
    if geometry is None:
        return None, []
    if hasattr(geometry, "geoms") and len(geometry.geoms) == 1:
        geometry = geometry.geoms[0]
    if geometry.geom_type not in ("Point", "LineString"):
        return geometry.geom_type, []
    return geometry.geom_type, [list(point) for point in geometry.coords]


def _plain(value: Any, codec: str) -> Any:
    """Values of numpy as Python's own; dates come as text."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, bytes):
        return value.hex()
    return _decoded(value, codec) if isinstance(value, str) else value


def _decoded(text: str, codec: str) -> str:
    try:
        return text.encode(BYTES).decode(codec) if codec else text
    except UnicodeError:
        raise ImportRefused("encoding") from None
