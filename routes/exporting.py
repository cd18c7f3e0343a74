"""Files of what a person may see of a map: GeoJSON, GeoPackage, KML, CSV.

GeoPackage and KML are written by GDAL, which takes half a second and 60 MB to load: only when they are asked for.
"""

import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from accounts.spreadsheets import as_csv
from routes.geojson import as_feature
from routes.models import FeatureKind, MapFeature

LAYERS = {FeatureKind.SEGMENT: "segments", FeatureKind.STOP: "stops"}
CRS = "EPSG:4326"
Features = list[dict]


def as_geojson(segments: Features, stops: Features) -> bytes:
    """One FeatureCollection of both."""
    return json.dumps({"type": "FeatureCollection", "features": [*segments, *stops]}, ensure_ascii=False).encode()


def as_spreadsheet(segments: Features, stops: Features) -> bytes:
    """A row for each feature, its geometry as well-known text; cells that a program would run are made texts."""
    columns = list(dict.fromkeys(name for row in (*segments, *stops) for name in row["properties"]))
    rows = [
        [str(row["id"]), *(row["properties"].get(name, "") for name in columns), well_known_text(row["geometry"])]
        for row in (*segments, *stops)
    ]
    return as_csv(["id", *columns, "geometry"], rows).encode()


def well_known_text(geometry: dict) -> str:
    """POINT (7.99 16.97), LINESTRING (7.99 16.97, 12.9 19): longitude first, as RFC 7946 and ISO 19125 have it."""
    if geometry["type"] == "Point":
        return f"POINT ({_pair(geometry['coordinates'])})"
    return f"LINESTRING ({', '.join(map(_pair, geometry['coordinates']))})"


def _pair(point: list[float]) -> str:
    return f"{point[0]!r} {point[1]!r}"


def _by_gdal(driver: str, suffix: str) -> Callable[[Features, Features], bytes]:
    def written(segments: Features, stops: Features) -> bytes:
        import geopandas

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"routes.{suffix}"
            for name, rows in zip(LAYERS.values(), (segments, stops), strict=True):
                if rows:
                    frame = geopandas.GeoDataFrame.from_features(_with_number(rows), crs=CRS)
                    frame.to_file(path, layer=name, driver=driver, mode="a" if path.exists() else "w")
            return path.read_bytes()

    return written


def _with_number(rows: Features) -> Features:
    return [row | {"properties": {"number": row["id"], **row["properties"]}} for row in rows]


# Ending of the file → its media type, and what writes it.
FORMATS: dict[str, tuple[str, Callable[[Features, Features], bytes]]] = {
    "geojson": ("application/geo+json", as_geojson),
    "csv": ("text/csv; charset=utf-8", as_spreadsheet),
    "gpkg": ("application/geopackage+sqlite3", _by_gdal("GPKG", "gpkg")),
    "kml": ("application/vnd.google-earth.kml+xml", _by_gdal("LIBKML", "kml")),
}


def exported(features: Iterable[MapFeature], ending: str) -> bytes:
    """The file of these features. KeyError for an ending that there is no format of."""
    rows = list(features)
    segments, stops = (
        [as_feature(row) for row in rows if row.kind == kind] for kind in (FeatureKind.SEGMENT, FeatureKind.STOP)
    )
    return FORMATS[ending][1](segments, stops)
