"""Country shapes: read, given the borders of a policy, and packed for the browser.

Pure geometry: no Django. Coordinates are WGS 84 degrees, longitude first (x, y), unless a name says otherwise.
"""

from .basemap import WINDOW, basemap
from .boundaries import Boundary, Territory, Treatment, apply_boundaries, boundary_lines, codes_at, load_boundaries
from .codes import iso3_by_numeric
from .places import bounds, label_point
from .reading import ShapesError, read_countries

__all__ = [
    "WINDOW",
    "Boundary",
    "ShapesError",
    "Territory",
    "Treatment",
    "apply_boundaries",
    "basemap",
    "boundary_lines",
    "bounds",
    "codes_at",
    "iso3_by_numeric",
    "label_point",
    "load_boundaries",
    "read_countries",
]
