"""Draws a line between two places along sea or land and rounds it: a picture of a way, not a survey of it.

Pure: no Django. Coordinates are WGS 84 degrees, longitude first. A path is sought on a grid (A*), drawn taut, and its
corners are cut (Chaikin), each step only as far as it stays on its own side of the coast.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

import numpy as np
import shapely
from shapely.affinity import scale
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

Position = tuple[float, float]

KM_PER_DEGREE = 111.195  # of latitude, on a sphere of 6371 km
COAST_KM = 25.0  # so near to its ends a path may be on the wrong side of the coast: towns lie inland of their harbours
HARBOUR_KM = 10.0  # so near it may begin
FINEST_DEG = 0.03
CELLS_ACROSS = 180
WRONG_SIDE_COSTS = 40.0
DECIMALS = 4  # of a degree: about ten metres


class NoPath(ValueError):
    """The two places are not joined by land, or not by sea."""


@dataclass(frozen=True)
class Grid:
    """Cells of `step` degrees from (`west`, `south`); `passable[row, column]`."""

    west: float
    south: float
    step: float
    passable: np.ndarray

    def cell(self, position: Position) -> tuple[int, int]:
        rows, columns = self.passable.shape
        row, column = int((position[1] - self.south) / self.step), int((position[0] - self.west) / self.step)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def centre(self, cell: tuple[int, int]) -> Position:
        return self.west + (cell[1] + 0.5) * self.step, self.south + (cell[0] + 0.5) * self.step


def path_between(start: Position, end: Position, land: BaseGeometry, *, is_sea: bool) -> LineString:
    """A rounded line from `start` to `end` by sea or by land. `land`: the area of all land, EPSG:4326.

    Beyond COAST_KM of its ends no part of a path by sea lies on land. Raises NoPath when there is no way.
    """
    near = _window(start, end)
    harbours = shapely.union_all([_disc(start, HARBOUR_KM), _disc(end, HARBOUR_KM)])
    side = shapely.union(near.difference(land) if is_sea else near.intersection(land), harbours)
    shapely.prepare(side)
    grid = _grid(near.bounds, side)
    cells = _cheapest(grid, grid.cell(start), grid.cell(end))
    taut = _taut([start, *(grid.centre(cell) for cell in cells[1:-1]), end], side)
    line = LineString(_rounded(taut, side))
    if is_sea and wrong_side_km(line, land) > 0:
        raise NoPath(f"there is no way by sea from {start} to {end}")
    return LineString([(round(x, DECIMALS), round(y, DECIMALS)) for x, y in line.coords])


def wrong_side_km(line: LineString, land: BaseGeometry) -> float:
    """How many kilometres of a path by sea lie on land, farther than COAST_KM from both its ends."""
    ends = shapely.union_all([_disc(line.coords[0], COAST_KM), _disc(line.coords[-1], COAST_KM)])
    return length_km(line.intersection(land).difference(ends))


def outside_km(line: LineString, area: BaseGeometry) -> float:
    """How many kilometres of a path lie outside an area, farther than COAST_KM from both its ends."""
    ends = shapely.union_all([_disc(line.coords[0], COAST_KM), _disc(line.coords[-1], COAST_KM)])
    return length_km(line.difference(area).difference(ends))


def _disc(centre: Sequence[float], radius_km: float) -> BaseGeometry:
    """The points within a distance, as degrees."""
    disc = Point(centre).buffer(radius_km / KM_PER_DEGREE)
    return scale(disc, xfact=1 / max(cos(radians(centre[1])), 0.1), origin=Point(centre))


def length_km(geometry: BaseGeometry) -> float:
    """Length of all lines in a geometry, in km; points have none."""
    total = 0.0
    for part in shapely.get_parts(geometry):
        if isinstance(part, LineString):
            total += sum(distance_km(a[:2], b[:2]) for a, b in zip(part.coords, part.coords[1:], strict=False))
    return total


def distance_km(a: Sequence[float], b: Sequence[float]) -> float:
    """Distance in km on the tangent plane between two points; within 1 % over the lengths of segments."""
    middle = radians((a[1] + b[1]) / 2)
    return KM_PER_DEGREE * hypot((a[0] - b[0]) * cos(middle), a[1] - b[1])


def _window(start: Position, end: Position) -> BaseGeometry:
    """The box round both ends, with room for a way round."""
    room = max(1.0, 0.6 * max(abs(start[0] - end[0]), abs(start[1] - end[1])))
    xs, ys = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return shapely.box(xs[0] - room, ys[0] - room, xs[1] + room, ys[1] + room)


def _grid(bounds: tuple[float, float, float, float], side: BaseGeometry) -> Grid:
    west, south, east, north = bounds
    step = max(FINEST_DEG, max(east - west, north - south) / CELLS_ACROSS)
    xs, ys = np.arange(west, east, step) + step / 2, np.arange(south, north, step) + step / 2
    grid_x, grid_y = np.meshgrid(xs, ys)
    return Grid(west, south, step, shapely.contains_xy(side, grid_x, grid_y))


NEIGHBOURS = [(row, column, hypot(row, column)) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column]


def _cheapest(grid: Grid, start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """A*: cells from start to end; those of the wrong side cost much, so that harbours are left by the shortest way."""
    rows, columns = grid.passable.shape
    best = {start: 0.0}
    came: dict[tuple[int, int], tuple[int, int]] = {}
    queue = [(0.0, start)]
    while queue:
        _, cell = heapq.heappop(queue)
        if cell == end:
            break
        for down, right, length in NEIGHBOURS:
            other = (cell[0] + down, cell[1] + right)
            if not (0 <= other[0] < rows and 0 <= other[1] < columns):
                continue
            cost = best[cell] + length * (1.0 if grid.passable[other] else WRONG_SIDE_COSTS)
            if cost < best.get(other, float("inf")):
                best[other], came[other] = cost, cell
                heapq.heappush(queue, (cost + hypot(end[0] - other[0], end[1] - other[1]), other))
    cells = [end]
    while cells[-1] != start:
        cells.append(came[cells[-1]])
    return cells[::-1]


def _taut(points: list[Position], side: BaseGeometry) -> list[Position]:
    """Leaves out each point without which the line stays on its side."""
    kept = [points[0]]
    index = 0
    while index < len(points) - 1:
        farthest = index + 1
        for other in range(len(points) - 1, index + 1, -1):
            if _stays(side, [points[index], points[other]]):
                farthest = other
                break
        index = farthest
        kept.append(points[index])
    return kept


def _stays(side: BaseGeometry, points: list[Position]) -> bool:
    return bool(shapely.covers(side, LineString(points)))


def _rounded(points: list[Position], side: BaseGeometry, times: int = 3) -> list[Position]:
    """Corners cut three times; where that would cross the coast the corner stays."""
    if len(points) == 2:
        points = _bent(points, side)
    for _ in range(times):
        smoother = [points[0]]
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            cut = [_between(corner, before, 0.25), _between(corner, after, 0.25)]
            smoother += cut if _stays(side, cut) or not _stays(side, [before, corner, after]) else [corner]
        points = [*smoother, points[-1]]
    return points


def _bent(points: list[Position], side: BaseGeometry) -> list[Position]:
    """A straight line gets a slight bow, to the left of its way or else the right, where there is room for one."""
    (x0, y0), (x1, y1) = points
    for bow in (0.12, -0.12, 0.05, -0.05):
        middle = ((x0 + x1) / 2 - bow * (y1 - y0), (y0 + y1) / 2 + bow * (x1 - x0))
        if _stays(side, [points[0], middle, points[1]]):
            return [points[0], middle, points[1]]
    return points


def _between(a: Position, b: Position, share: float) -> Position:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
