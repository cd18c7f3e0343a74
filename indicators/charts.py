"""Small line charts as SVG paths. Pure: numbers in, path text out; the template adds title, description and table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class ChartLine:
    """A line in a box of `width` × `height` units; `d` is its path, (`end_x`, `end_y`) its last point.

    Coordinates are text: a template would write a number as the reader's language does.
    """

    d: str
    end_x: str
    end_y: str
    width: int
    height: int


def line(points: Sequence[tuple[int, Decimal]], width: int = 80, height: int = 20, margin: float = 2) -> ChartLine:
    """(year, value) pairs by year, from the lowest value at the bottom to the highest at the top.

    Years keep their distance. A series that never changes lies in the middle. At least two points.
    """
    years = [year for year, _ in points]
    values = [value for _, value in points]
    low, high = min(values), max(values)
    across, upwards = width - 2 * margin, height - 2 * margin
    places = [
        (
            round(margin + across * (year - years[0]) / (years[-1] - years[0] or 1), 1),
            round(margin + upwards * (1 - float((value - low) / (high - low) if high != low else Decimal("0.5"))), 1),
        )
        for year, value in points
    ]
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
    return ChartLine(path, f"{places[-1][0]:g}", f"{places[-1][1]:g}", width, height)
