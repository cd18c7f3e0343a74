"""Draws a printed map as SVG without letters: land, borders, lines, stops. Pure: no Django.

Web Mercator, as on the screen. Everything comes in as WGS 84 degrees, longitude first; the picture is `width` wide and
`height` high, in millimetres.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, pi, radians, tan

Point = Sequence[float]
SEA, LAND, BORDER, INK = "#e3eaee", "#f4f0e6", "#8b8578", "#17222e"
DASHES = {"documented": "", "indicative": "2.4 1.8", "presumed": "0.6 1.4"}  # millimetres
DASHED_BORDER = "1 0.8"
MARGIN = 0.06  # of the drawn lines, on each side
STOP_MM, TOWN_MM = 0.9, 0.6  # radii


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """Radians to the right and up."""
    return radians(lon), log(tan(pi / 4 + radians(lat) / 2))


@dataclass(frozen=True)
class Frame:
    """What part of the world is on the picture: `scale` millimetres a radian, from a corner at the upper left."""

    left: float
    top: float
    scale: float
    width: float
    height: float

    @classmethod
    def round(cls, points: Iterable[Point], width: float, height: float) -> "Frame":
        """Holds all these points, with a margin, in the middle of the picture."""
        projected = [mercator(lon, lat) for lon, lat in points]
        low_x, high_x = min(x for x, _ in projected), max(x for x, _ in projected)
        low_y, high_y = min(y for _, y in projected), max(y for _, y in projected)
        room = 1 - 2 * MARGIN
        scale = min(width * room / max(high_x - low_x, 1e-6), height * room / max(high_y - low_y, 1e-6))
        left = (low_x + high_x) / 2 - width / 2 / scale
        top = (low_y + high_y) / 2 + height / 2 / scale
        return cls(left, top, scale, width, height)

    def at(self, point: Point) -> tuple[float, float]:
        """Millimetres from the upper left corner."""
        x, y = mercator(point[0], max(-85.0, min(85.0, point[1])))
        return (x - self.left) * self.scale, (self.top - y) * self.scale

    def holds(self, point: Point) -> bool:
        x, y = self.at(point)
        return 0 <= x <= self.width and 0 <= y <= self.height


@dataclass(frozen=True)
class DrawnLine:
    coordinates: Sequence[Point]
    colour: str
    width_mm: float
    confidence: str


@dataclass(frozen=True)
class Dot:
    coordinates: Point
    is_hub: bool


def picture(frame: Frame, world: Mapping[str, list], lines: Iterable[DrawnLine], dots: Iterable[Dot]) -> str:
    """`world`: as `decoded` gives it."""
    parts = [f'<rect width="{frame.width}" height="{frame.height}" fill="{SEA}"/>']
    parts += [_land(frame, rings) for rings in world["countries"]]
    parts += [_border(frame, kind, line) for kind, line in world["lines"]]
    parts += [_drawn_line(frame, line) for line in lines]
    parts += [_drawn_dot(frame, dot) for dot in dots]
    size = f'width="{frame.width}mm" height="{frame.height}mm" viewBox="0 0 {frame.width} {frame.height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _way(frame: Frame, line: Sequence[Point]) -> str:
    return "M" + "L".join("{:.2f} {:.2f}".format(*frame.at(point)) for point in line)


def _is_near(frame: Frame, line: Sequence[Point]) -> bool:
    """Whether its box meets the picture: most of the world does not."""
    places = [frame.at(point) for point in line]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return max(xs) >= 0 and min(xs) <= frame.width and max(ys) >= 0 and min(ys) <= frame.height


def _land(frame: Frame, rings: Sequence[Sequence[Point]]) -> str:
    if not _is_near(frame, rings[0]):
        return ""
    way = "".join(_way(frame, ring) + "Z" for ring in rings)
    return f'<path d="{way}" fill="{LAND}" fill-rule="evenodd" stroke="{LAND}" stroke-width="0.05"/>'


def _border(frame: Frame, kind: str, line: Sequence[Point]) -> str:
    if not _is_near(frame, line):
        return ""
    dashes = f' stroke-dasharray="{DASHED_BORDER}"' if kind == "dashed" else ""
    return f'<path d="{_way(frame, line)}" fill="none" stroke="{BORDER}" stroke-width="0.18"{dashes}/>'


def _drawn_line(frame: Frame, line: DrawnLine) -> str:
    dashes = DASHES.get(line.confidence, "")
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<path d="{_way(frame, line.coordinates)}" fill="none" stroke="{line.colour}" stroke-width="{line.width_mm:.2f}" '
        f'stroke-linejoin="round" stroke-linecap="round" stroke-opacity="0.85"{dashed}/>'
    )


def _drawn_dot(frame: Frame, dot: Dot) -> str:
    x, y = frame.at(dot.coordinates)
    radius = STOP_MM if dot.is_hub else TOWN_MM
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="#fff" stroke="{INK}" stroke-width="0.3"/>'


def decoded(topology: Mapping) -> dict[str, list]:
    """Decodes quantised TopoJSON: the rings of each land, and (kind, line) of each border."""
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]

    def line(indexes: Sequence[int]) -> list[Point]:
        points: list[Point] = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += arc[1:] if points else arc
        return points

    countries, lines = [], []
    for one in topology["objects"]["countries"]["geometries"]:
        polygons = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        countries += [[line(ring) for ring in rings] for rings in polygons]
    for one in topology["objects"]["lines"]["geometries"]:
        lines += [(one["properties"]["kind"], line(indexes)) for indexes in one["arcs"]]
    return {"countries": countries, "lines": lines}


def _arc(steps: Iterable[Point], transform: Mapping) -> list[Point]:
    """Steps of the grid, each counted from the one before, as degrees."""
    (scale_x, scale_y), (west, south) = transform["scale"], transform["translate"]
    x = y = 0.0
    points: list[Point] = []
    for step_x, step_y in steps:
        x, y = x + step_x, y + step_y
        points.append((west + x * scale_x, south + y * scale_y))
    return points
