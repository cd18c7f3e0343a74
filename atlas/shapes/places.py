"""Where to write a country's name, and which extent a map must show."""

from collections.abc import Iterable

import shapely
from shapely.affinity import scale
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

WORD_WIDER_THAN_HIGH = 2.5
OUTLYING_DEG = 12


def label_point(geometry: BaseGeometry) -> Point:
    """The point (lon, lat) of the largest part with most room for a word; always inside.

    The centre of the largest circle inside, measured in a picture squeezed from the sides, since words are wide.
    """
    largest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    middle = largest.envelope.centroid
    squeezed = scale(largest, xfact=1 / WORD_WIDER_THAN_HIGH, origin=middle)
    centre = Point(shapely.maximum_inscribed_circle(squeezed, tolerance=0.02).coords[0])
    point = scale(centre, xfact=WORD_WIDER_THAN_HIGH, origin=middle)
    return point if largest.contains(point) else largest.representative_point()


def bounds(
    geometries: Iterable[BaseGeometry], window: tuple[float, float, float, float] | None = None
) -> list[list[float]]:
    """[[south, west], [north, east]] as Leaflet wants it: what to show of these countries.

    Of each only its largest part and what lies within twelve degrees of it, so that Mayotte does not drag a map of
    Europe to the south; and of that only what lies in the window (west, south, east, north).
    """
    near = [_together(geometry) for geometry in geometries]
    shown = [shapely.clip_by_rect(geometry, *window) for geometry in near] if window else near
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shown).round(3))
    return [[south, west], [north, east]]


def _together(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(geometry)
    largest = parts[shapely.area(parts).argmax()]
    return shapely.multipolygons(parts[shapely.dwithin(parts, largest, OUTLYING_DEG)])
