"""Bar chart of a number per day as SVG shapes. Pure: numbers in, shapes out; the template adds words and a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

GAP = 0.2  # of the width of a day


@dataclass(frozen=True)
class Bar:
    """One day. Coordinates are text, since a template would format numbers in the reader's language."""

    day: date
    number: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class DayChart:
    """`bars`: one per day, in a box of `width` × `height` units whose height the largest number fills."""

    bars: list[Bar]
    highest: int
    width: int
    height: int

    @property
    def with_any(self) -> list[Bar]:
        return [bar for bar in self.bars if bar.number]


def day_chart(counts: Mapping[date, int], first: date, last: date, width: int = 960, height: int = 120) -> DayChart:
    """Bars from `first` to `last` inclusive; a day without a number is empty. Time runs from left to right."""
    days = [first + timedelta(days=passed) for passed in range((last - first).days + 1)]
    highest = max((counts.get(day, 0) for day in days), default=0)
    step = width / len(days)
    bars = []
    for place, day in enumerate(days):
        number = counts.get(day, 0)
        tall = height * number / highest if highest else 0
        bars.append(
            Bar(
                day,
                number,
                x=f"{step * (place + GAP / 2):.2f}",
                y=f"{height - tall:.2f}",
                width=f"{step * (1 - GAP):.2f}",
                height=f"{tall:.2f}",
            )
        )
    return DayChart(bars, highest, width, height)
