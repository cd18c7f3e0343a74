"""The edges of polygons that share vertices: which polygons own each, and the chains they form."""

from collections.abc import Iterable
from itertools import pairwise

import shapely
from shapely.geometry import MultiLineString
from shapely.geometry.base import BaseGeometry

Vertex = tuple[float, float]
Edge = tuple[Vertex, Vertex]


def edges_of(polygons: Iterable[BaseGeometry]) -> dict[Edge, tuple[int, ...]]:
    """Each edge, its smaller end first, with the positions of the polygons it bounds: two on land, one on a coast."""
    owners: dict[Edge, tuple[int, ...]] = {}
    for position, polygon in enumerate(polygons):
        for ring in shapely.get_rings(shapely.get_parts(polygon)):
            vertices = list(map(tuple, shapely.get_coordinates(ring).tolist()))
            for edge in pairwise(vertices):
                key = edge if edge[0] < edge[1] else (edge[1], edge[0])
                have = owners.get(key, ())
                if position not in have:
                    owners[key] = (*have, position)
    return owners


def merged_lines(edges: Iterable[Edge]) -> MultiLineString:
    """Edges joined to lines as long as they go."""
    merged = shapely.line_merge(MultiLineString(list(edges)))
    return MultiLineString(list(shapely.get_parts(merged)))
