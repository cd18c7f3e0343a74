"""Simplifies lines as far as nobody can see at a zoom level. Pure: no Django, no geometry library."""

from collections.abc import Sequence
from math import hypot

Point = Sequence[float]

TILE_PX = 256  # the width of the world at zoom 0, in Web Mercator
HALF_A_PIXEL = 0.5


def tolerance_deg(zoom: int) -> float:
    """Half a pixel at a zoom, in degrees of longitude."""
    return HALF_A_PIXEL * 360 / (TILE_PX * 2**zoom)


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The points of a line that lie farther than `tolerance` from the line without them (Douglas and Peucker, 1973).

    Its ends stay. Degrees in, degrees out.
    """
    kept = {0, len(line) - 1}
    parts = [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        index, distance = _farthest(line, first, last)
        if distance > tolerance:
            kept.add(index)
            parts += [(first, index), (index, last)]
    return [line[index] for index in sorted(kept)]


def _farthest(line: Sequence[Point], first: int, last: int) -> tuple[int, float]:
    """Index of the point between two others that lies farthest from the straight line, and its distance."""
    return max(
        ((index, _distance(line[index], line[first], line[last])) for index in range(first + 1, last)),
        key=lambda found: found[1],
        default=(first, 0.0),
    )


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (x0, y0), (x1, y1) = point[:2], start[:2], end[:2]
    across, up = x1 - x0, y1 - y0
    length = across * across + up * up
    share = 0.0 if length == 0 else max(0.0, min(1.0, ((x - x0) * across + (y - y0) * up) / length))
    return hypot(x - x0 - share * across, y - y0 - share * up)
