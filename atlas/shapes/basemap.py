"""The browser's base map: a window of the world, simplified for its zoom levels, as one small TopoJSON.

Every shared border is one arc: simplified once, sent once, so that neighbours never part or overlap.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas
import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from .boundaries import Boundary, line_kinds, parts_of
from .edges import Edge, Vertex, edges_of
from .places import label_point
from .reading import polygons_only

WINDOW = (-45.0, -20.0, 119.5, 74.0)  # west, south, east, north: what the four dialogues cover, and room beside it
EARTH_RADIUS_M = 6378137.0  # of Web Mercator, in which the browser draws
TOLERANCE_M = 2750.0  # about a pixel at zoom 6, at the equator of that projection
STEPS = 12_000  # of the grid from west to east: 1.5 km at the equator, two thirds of a pixel at zoom 6

Arc = tuple[Vertex, ...]


def basemap(
    countries: geopandas.GeoDataFrame,
    policy: Iterable[Boundary],
    codes: Mapping[str, str],
    *,
    window: tuple[float, float, float, float] = WINDOW,
    tolerance_m: float = TOLERANCE_M,
    steps: int = STEPS,
) -> dict[str, Any]:
    """TopoJSON (quantised, WGS 84, lon before lat) with two objects.

    `countries`: polygons, properties `code` and `label` ([lon, lat], where its name goes). `lines`: one MultiLineString
    per `kind`: border (solid), dashed (disputed), coast. Where the window cuts a country there is no line.
    """
    policy = list(policy)
    west, south, east, north = window
    parts = parts_of(countries, policy, codes)
    parts = parts[shapely.intersects(parts.geometry.values, shapely.box(*window))].reset_index(drop=True)
    drawn = _simplified(parts.geometry.values, tolerance_m)
    step = (east - west) / steps
    grid = [_on_grid(shapely.clip_by_rect(shape, *window), west, south, step) for shape in drawn]
    corner = (steps, round((north - south) / step))
    kinds = line_kinds(parts, policy)

    def kind_of(owners: tuple[int, ...], edge: Edge) -> str | None:
        if any(edge[0][axis] == edge[1][axis] in (0, corner[axis]) for axis in (0, 1)):
            return None
        (x1, y1), (x2, y2) = edge
        return kinds(owners, ((west + x1 * step, south + y1 * step), (west + x2 * step, south + y2 * step)))

    arcs = _Arcs(grid, kind_of)
    return {
        "type": "Topology",
        "bbox": list(window),
        "transform": {"scale": [step, step], "translate": [west, south]},
        "objects": {
            "countries": {
                "type": "GeometryCollection",
                "geometries": _countries(parts["code"], grid, drawn, arcs, window),
            },
            "lines": {"type": "GeometryCollection", "geometries": _lines(arcs)},
        },
        "arcs": arcs.deltas(),
    }


def _countries(codes: Iterable[str], grid: list, drawn: list, arcs: "_Arcs", window: tuple) -> list[dict[str, Any]]:
    """One MultiPolygon a code, of all its parts that the window shows."""
    by_code: dict[str, list[int]] = {}
    for position, code in enumerate(codes):
        if not grid[position].is_empty:
            by_code.setdefault(code, []).append(position)
    return [
        {
            "type": "MultiPolygon",
            "properties": {"code": code, "label": _label(drawn, positions, window)},
            "arcs": [polygon for position in positions for polygon in arcs.polygons(grid[position])],
        }
        for code, positions in sorted(by_code.items())
    ]


def _lines(arcs: "_Arcs") -> list[dict[str, Any]]:
    """One MultiLineString a kind of line."""
    return [
        {"type": "MultiLineString", "properties": {"kind": kind}, "arcs": [[index] for index in indexes]}
        for kind, indexes in sorted(arcs.by_kind().items())
    ]


class _Arcs:
    """The rings of polygons on the grid, cut into arcs wherever the neighbour or the kind of line changes."""

    def __init__(self, polygons: list[BaseGeometry], kind_of: Any) -> None:
        owners = edges_of(polygons)
        self._kinds = {edge: kind_of(sides, edge) for edge, sides in owners.items()}
        self._owners = owners
        self._degree: dict[Vertex, int] = {}
        for edge in owners:
            for vertex in edge:
                self._degree[vertex] = self._degree.get(vertex, 0) + 1
        self._index: dict[Arc, int] = {}

    def polygons(self, shape: BaseGeometry) -> list[list[list[int]]]:
        return [[self._ring(ring) for ring in shapely.get_rings(part)] for part in shapely.get_parts(shape)]

    def by_kind(self) -> dict[str, list[int]]:
        kinds: dict[str, list[int]] = {}
        for arc, index in self._index.items():
            if kind := self._kinds[_edge(arc[0], arc[1])]:
                kinds.setdefault(kind, []).append(index)
        return kinds

    def deltas(self) -> list[list[list[int]]]:
        steps = (np.diff(np.array(arc), axis=0, prepend=[[0, 0]]) for arc in self._index)
        return [step.astype(int).tolist() for step in steps]

    def _ring(self, ring: Any) -> list[int]:
        vertices = [tuple(vertex) for vertex in shapely.get_coordinates(ring).tolist()][:-1]
        around = zip([vertices[-1], *vertices[:-1]], vertices, [*vertices[1:], vertices[0]], strict=True)
        joints = [at for at, three in enumerate(around) if self._is_joint(*three)]
        start = joints[0] if joints else vertices.index(min(vertices))
        vertices = [*vertices[start:], *vertices[: start + 1]]
        ends = [joint - start for joint in joints[1:]] + [len(vertices) - 1]
        indexes, begin = [], 0
        for end in ends:
            indexes.append(self._arc(tuple(vertices[begin : end + 1])))
            begin = end
        return indexes

    def _is_joint(self, before: Vertex, vertex: Vertex, after: Vertex) -> bool:
        one, two = _edge(before, vertex), _edge(vertex, after)
        if self._degree[vertex] != 2 or self._kinds[one] != self._kinds[two]:
            return True
        return self._owners[one] != self._owners[two]

    def _arc(self, vertices: Arc) -> int:
        if vertices in self._index:
            return self._index[vertices]
        if vertices[::-1] in self._index:
            return ~self._index[vertices[::-1]]
        self._index[vertices] = len(self._index)
        return self._index[vertices]


def _edge(one: Vertex, other: Vertex) -> Edge:
    return (one, other) if one < other else (other, one)


def _simplified(shapes: Any, tolerance_m: float) -> list[BaseGeometry]:
    """Neighbours stay neighbours and no ring vanishes: GEOS's coverage simplification, after Visvalingam and Whyatt."""
    flat = shapely.transform(shapes, _mercator)
    return list(shapely.transform(shapely.coverage_simplify(flat, tolerance_m), _degrees))


def _mercator(degrees: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(degrees[:, 0]), np.radians(np.clip(degrees[:, 1], -85, 85))
    return EARTH_RADIUS_M * np.column_stack([lon, np.log(np.tan(math.pi / 4 + lat / 2))])


def _degrees(metres: np.ndarray) -> np.ndarray:
    lon, lat = metres[:, 0] / EARTH_RADIUS_M, 2 * np.arctan(np.exp(metres[:, 1] / EARTH_RADIUS_M)) - math.pi / 2
    return np.degrees(np.column_stack([lon, lat]))


def _on_grid(shape: BaseGeometry, west: float, south: float, step: float) -> BaseGeometry:
    """The shape in whole steps from the window's corner; parts and holes too small for three corners are left out."""

    def rounded(ring: Any) -> list[Vertex]:
        cells = np.rint((shapely.get_coordinates(ring) - (west, south)) / step).astype(int).tolist()
        return _without_spikes([tuple(cell) for cell in cells[:-1]])

    parts = []
    for part in shapely.get_parts(shape):
        outline = rounded(part.exterior)
        if len(outline) > 2:
            parts.append(Polygon(outline, [hole for ring in part.interiors if len(hole := rounded(ring)) > 2]))
    return MultiPolygon(parts)


def _without_spikes(ring: list[Vertex]) -> list[Vertex]:
    """The ring without repeated corners and without edges that go out and straight back."""
    before = -1
    while len(ring) != before:
        before = len(ring)
        ring = [vertex for at, vertex in enumerate(ring) if vertex != ring[at - 1]]
        ring = [vertex for at, vertex in enumerate(ring) if ring[at - 1] != ring[at + 1 - len(ring)]]
    return ring


def _label(shapes: list[BaseGeometry], positions: list[int], window: tuple[float, float, float, float]) -> list[float]:
    area = shapely.coverage_union_all([shapes[position] for position in positions])
    point = label_point(polygons_only(shapely.clip_by_rect(area, *window)))
    return [round(point.x, 2), round(point.y, 2)]
