"""The width of a route's line, by the formula that the legend states."""

from decimal import Decimal
from math import sqrt

THINNEST_PX, ROOT_PER_PX = 2.0, 40.0
FIRST_YEAR_OF_FIGURES = 2009  # before, and where a route lies beside no area, a line is indicative


def width_px(detections: Decimal | int | None) -> float | None:
    """2 + √n ÷ 40: 10,000 detections are 4.5 pixels, 885,386 are 25.5. None without a figure."""
    return None if detections is None else round(THINNEST_PX + sqrt(detections) / ROOT_PER_PX, 1)
