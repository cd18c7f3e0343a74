"""Which countries a line crosses, in the order of its way. Pure: no Django.

Lines and shapes are WGS 84 degrees, longitude first. Where countries end is the boundary policy's word, which the shapes
come with (`atlas.shapes.apply_boundaries`).
"""

from collections.abc import Iterable, Sequence

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from routes.geometry.paths import length_km

LEAST_KM = 10.0  # less than this is the width of the pencil, not a stay


class Countries:
    """Shapes of countries by their code, looked up by where they are."""

    def __init__(self, codes: Sequence[str | None], shapes: Sequence[BaseGeometry]) -> None:
        self.codes, self.shapes = list(codes), list(shapes)
        self.tree = shapely.STRtree(self.shapes)

    def area_of(self, *codes: str | None) -> BaseGeometry | None:
        """The area of these countries together; None where one of them has no shape of its own."""
        if not set(codes) <= set(self.codes) - {None}:
            return None
        return shapely.union_all([shape for code, shape in zip(self.codes, self.shapes, strict=True) if code in codes])

    def along(self, coordinates: Iterable[Sequence[float]]) -> list[str]:
        """Codes of the countries in which a line lies for LEAST_KM or more, the first one first."""
        line = LineString(list(coordinates))
        stays = []
        for index in self.tree.query(line, predicate="intersects"):
            code, inside = self.codes[index], line.intersection(self.shapes[index])
            if code and length_km(inside) >= LEAST_KM:
                stays.append((_enters(line, inside), code))
        return [code for _, code in sorted(stays)]


def _enters(line: LineString, inside: BaseGeometry) -> float:
    """How far along the line its first point inside lies, in degrees."""
    return min(line.project(shapely.Point(point)) for point in shapely.get_coordinates(inside))
