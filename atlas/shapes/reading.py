"""Reads country shapes from a TopoJSON file: decodes, checks and repairs them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

SMALLEST_PART_DEG2 = 1e-7  # about a thousand square metres: slivers left by a repair, no island of any file


class ShapesError(ValueError):
    """The shapes cannot be used; the message says which file or territory, and what is wrong with it."""


def read_countries(path: str | Path) -> geopandas.GeoDataFrame:
    """The object `countries` of a TopoJSON file, one row per shape, repaired.

    Columns: `numeric` (ISO 3166 numeric code, three digits, or None), `name` (as the file has it), `geometry`
    (MultiPolygon). The format names no reference system; the coordinates are taken as WGS 84 degrees (EPSG:4326).
    Raises ShapesError naming the file and the fault.
    """
    path = Path(path)
    try:
        return _decode(_load(path))
    except ShapesError as fault:
        raise ShapesError(f"{path.name}: {fault}") from fault


def polygons_only(geometry: BaseGeometry) -> MultiPolygon:
    """A valid MultiPolygon of the area of a geometry, without lines, points and slivers."""
    valid = geometry if geometry.is_valid else shapely.make_valid(geometry)
    return MultiPolygon([part for part in _polygons(valid) if part.area > SMALLEST_PART_DEG2])


def _polygons(geometry: BaseGeometry) -> Iterable[Polygon]:
    parts = shapely.get_parts(shapely.get_parts([geometry]))
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


def _load(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as fault:
        raise ShapesError(f"the file cannot be read ({fault.strerror}).") from fault
    except UnicodeDecodeError as fault:
        raise ShapesError("the file is not text in UTF-8.") from fault
    if not text.strip():
        raise ShapesError("the file is empty.")
    try:
        topology = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as fault:
        raise ShapesError(f"the file is not JSON ({fault}).") from fault
    if not isinstance(topology, dict) or topology.get("type") != "Topology":
        raise ShapesError("the file is JSON, but not TopoJSON (its type is not “Topology”).")
    return topology


def _decode(topology: dict[str, Any]) -> geopandas.GeoDataFrame:
    objects = topology.get("objects")
    if not isinstance(objects, dict) or not isinstance(objects.get("countries"), dict):
        raise ShapesError("the object “countries” is missing.")
    shapes = objects["countries"].get("geometries")
    if not isinstance(shapes, list) or not shapes:
        raise ShapesError("the object “countries” holds no shapes.")
    arcs = _arcs(topology)
    rows = [_row(shape, arcs) for shape in shapes]
    frame = geopandas.GeoDataFrame(rows, columns=["numeric", "name", "geometry"], crs="EPSG:4326")
    frame["numeric"] = frame["numeric"].astype(object).where(frame["numeric"].notna(), None)
    frame = frame[~frame.geometry.is_empty].reset_index(drop=True)
    if frame.empty:
        raise ShapesError("none of the shapes has an area.")
    return frame


def _arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    raw, transform = topology.get("arcs"), topology.get("transform")
    if not isinstance(raw, list) or not raw:
        raise ShapesError("the file has no arcs.")
    try:
        arcs = [np.array(arc, dtype=float)[:, :2] for arc in raw]
        if transform is not None:
            scale, offset = np.array(transform["scale"], float), np.array(transform["translate"], float)
            arcs = [arc.cumsum(axis=0) * scale + offset for arc in arcs]
        every = np.concatenate(arcs)
        fits = np.isfinite(every).all() and (np.abs(every) <= (180.001, 90.001)).all()
    except (TypeError, ValueError, KeyError, IndexError) as fault:
        raise ShapesError("the arcs or their transform are not lists of coordinates.") from fault
    if not fits:
        raise ShapesError("the coordinates are not degrees of longitude and latitude.")
    return arcs


def _row(shape: Any, arcs: list[np.ndarray]) -> tuple[str | None, str, MultiPolygon]:
    properties = shape.get("properties") if isinstance(shape, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name:
        raise ShapesError("a shape has no name.")
    kind = shape.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise ShapesError(f"the shape of {name} is a {kind}, not a polygon.")
    polygons = [shape.get("arcs")] if kind == "Polygon" else shape.get("arcs")
    try:
        parts = [_polygon([_ring(indexes, arcs) for indexes in rings]) for rings in polygons]
    except IndexError as fault:
        raise ShapesError(f"the shape of {name} uses an arc that the file does not have.") from fault
    except (TypeError, ValueError) as fault:
        raise ShapesError(f"the shape of {name} is broken ({fault}).") from fault
    return _numeric(shape.get("id")), name, polygons_only(shapely.union_all(parts))


def _numeric(identifier: Any) -> str | None:
    text = str(identifier) if identifier is not None else ""
    return text.zfill(3) if text.isdigit() else None


def _ring(indexes: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    pieces: list[np.ndarray] = []
    for index in indexes:  # ~index: the arc backwards
        position = index if index >= 0 else ~index
        arc = arcs[position] if index >= 0 else arcs[position][::-1]
        pieces.append(arc[1:] if pieces else arc)
    return np.concatenate(pieces)


def _polygon(rings: list[np.ndarray]) -> BaseGeometry:
    """A polygon; one that crosses the 180th meridian is cut there (the file lets its ring jump across the world)."""
    unrolled = [_unrolled(ring) for ring in rings]
    polygon = polygons_only(Polygon(unrolled[0], unrolled[1:]))
    west, _, east, _ = polygon.bounds if not polygon.is_empty else (0, 0, 0, 0)
    if west >= -180.001 and east <= 180.001:
        return polygon
    world = [shapely.box(-180 + turn, -90, 180 + turn, 90) for turn in (-360, 0, 360)]
    turns = zip(world, (360, 0, -360), strict=True)
    return shapely.union_all([translate(polygon.intersection(part), xoff=shift) for part, shift in turns])


def _unrolled(ring: np.ndarray) -> np.ndarray:
    steps = np.diff(ring[:, 0])
    shift = np.concatenate([[0], np.cumsum(np.where(steps > 180, -360, np.where(steps < -180, 360, 0)))])
    if shift[-1]:  # round a pole: Antarctica
        return ring
    return ring + np.column_stack([shift, np.zeros(len(ring))])
