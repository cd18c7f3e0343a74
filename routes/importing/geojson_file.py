"""GeoJSON (RFC 7946), read without GDAL.

GDAL guesses types of the values (a remark "12:30" becomes a time), follows a `crs` to wherever it links, takes other formats
that stand inside for what they are, and its memory grows with rows times columns. JSON needs none of that.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from routes.importing.rows import NUMBER, Feature, ImportRefused

DEPTHS = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
WGS84_NAMES = re.compile(r"(?:urn:ogc:def:crs:)?OGC:(?:1\.3)?:?CRS84|WGS ?84", re.IGNORECASE)
EPSG_NAME = re.compile(r"(?:urn:(?:ogc|x-ogc):def:crs:)?EPSG:[\d.]{0,8}:?(\d{4,6})", re.IGNORECASE)
WGS84_CODE = 4326
NAME_SHOWN = 80  # letters of a name that a refusal repeats


def read(text: str) -> tuple[int, Iterator[Feature]]:
    """EPSG code of the coordinates (longitude or easting first), and the features. Raises Refused."""
    try:
        content = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError):
        raise ImportRefused("not_readable") from None
    if not isinstance(content, dict) or content.get("type") not in ("FeatureCollection", "Feature"):
        raise ImportRefused("not_readable")
    features = content.get("features") if content["type"] == "FeatureCollection" else [content]
    if not isinstance(features, list):
        raise ImportRefused("not_readable")
    if not features:
        raise ImportRefused("empty")
    return _code(content.get("crs")), (_feature(feature) for feature in features)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the file; JSON lets it say a name twice, and whichever was read would be a guess."""
    held = dict(pairs)
    if len(held) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ImportRefused("name_twice", name=twice[:NAME_SHOWN])
    return held


def _code(crs: Any) -> int:
    """EPSG code of a named coordinate reference system. Links and definitions are not followed."""
    if crs is None:
        return WGS84_CODE
    properties = crs.get("properties") if isinstance(crs, Mapping) and crs.get("type") == "name" else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if not isinstance(name, str):
        raise ImportRefused("unknown_crs")
    if WGS84_NAMES.fullmatch(name):
        return WGS84_CODE
    named = EPSG_NAME.fullmatch(name)
    if named is None:
        raise ImportRefused("unknown_crs")
    return int(named[1])


def _feature(feature: Any) -> Feature:
    """The id as an attribute, too."""
    if not isinstance(feature, dict):
        raise ImportRefused("not_readable")
    values = feature.get("properties") or {}
    if not isinstance(values, dict):
        raise ImportRefused("not_readable")
    if isinstance(feature.get("id"), str | int):
        values = {NUMBER: feature["id"], **values}
    kind, points = _geometry(feature.get("geometry"))
    return Feature(kind, points, values)


def _geometry(geometry: Any) -> tuple[str | None, list]:
    """The kind and its points; of several parts that are one, the one."""
    if geometry is None:
        return None, []
    if not isinstance(geometry, dict):
        raise ImportRefused("not_readable")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list):
            raise ImportRefused("not_readable")
        return _geometry(parts[0]) if len(parts) == 1 and _is_simple(parts[0]) else (kind, [])
    if kind not in DEPTHS:
        raise ImportRefused("not_readable")
    coordinates = geometry.get("coordinates")
    if kind in ("MultiPoint", "MultiLineString") and isinstance(coordinates, list) and len(coordinates) == 1:
        kind, coordinates = kind.removeprefix("Multi"), coordinates[0]
    if kind == "Point":
        return kind, [_point(coordinates)] if coordinates else []
    if kind == "LineString":
        if not isinstance(coordinates, list) or len(coordinates) == 1:
            raise ImportRefused("not_readable")
        return kind, [_point(point) for point in coordinates]
    return kind, []  # of a kind that is refused by its name


def _is_simple(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") in ("Point", "LineString")


def _point(point: Any) -> list[float]:
    if not isinstance(point, list) or not 2 <= len(point) <= 4:
        raise ImportRefused("not_readable")
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in point):
        raise ImportRefused("not_readable")
    try:
        return [float(part) for part in point[:3]]
    except OverflowError:
        raise ImportRefused("wrong_crs") from None
