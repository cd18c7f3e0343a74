"""Exports what a person may see of a map as GeoJSON, GeoPackage, KML or CSV, each with a notice of how to cite it.

GeoPackage and KML are written by GDAL, which takes half a second and 60 MB to load: only when they are asked for.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from accounts.activity_log.csv_export import as_csv
from routes.exports.geojson import as_feature
from routes.exports.notice import ExportNotice
from routes.models import FeatureKind, MapFeature
from untrusted.characters import clean_deep

LAYERS = {FeatureKind.SEGMENT: "segments", FeatureKind.STOP: "stops"}
CRS = "EPSG:4326"
ZIPPED_AT = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name: equal content gives equal bytes
Features = list[dict]
Writer = Callable[[Features, Features, ExportNotice], bytes]


def as_geojson(segments: Features, stops: Features, notice: ExportNotice) -> bytes:
    """One FeatureCollection of both, with what it is as members beside its features."""
    collection = {"type": "FeatureCollection", **notice.as_members(), "features": [*_with_one_id(segments, stops)]}
    return json.dumps(collection, ensure_ascii=False).encode()


def as_spreadsheet(segments: Features, stops: Features) -> bytes:
    """A row for each feature, its geometry as well-known text; cells that a program would run are made texts."""
    rows = list(_with_one_id(segments, stops))
    columns = list(dict.fromkeys(name for row in rows for name in row["properties"]))
    cells = [
        [row["id"], *(row["properties"].get(name, "") for name in columns), well_known_text(row["geometry"])]
        for row in rows
    ]
    return as_csv(["id", *columns, "WKT"], cells).encode()


def _with_one_id(segments: Features, stops: Features) -> Iterator[dict]:
    """`segment-12`, `stop-12`: clients that keep one feature of each id would lose a stop with a segment's number."""
    for kind, rows in ((FeatureKind.SEGMENT, segments), (FeatureKind.STOP, stops)):
        yield from (row | {"id": f"{kind}-{row['id']}"} for row in rows)


def _zipped_spreadsheet(segments: Features, stops: Features, notice: ExportNotice) -> bytes:
    """CSV has no place for what it is: a README lies beside it."""
    packed = io.BytesIO()
    held = {"routes.csv": as_spreadsheet(segments, stops), "README.txt": f"{notice.as_text()}\n".encode("utf-8-sig")}
    with zipfile.ZipFile(packed, "w") as files:
        for name, content in held.items():
            files.writestr(zipfile.ZipInfo(name, ZIPPED_AT), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def well_known_text(geometry: dict) -> str:
    """POINT (7.99 16.97), LINESTRING (7.99 16.97, 12.9 19): longitude first, as RFC 7946 and ISO 19125 have it."""
    if geometry["type"] == "Point":
        return f"POINT ({_pair(geometry['coordinates'])})"
    return f"LINESTRING ({', '.join(map(_pair, geometry['coordinates']))})"


def _pair(point: list[float]) -> str:
    return f"{point[0]!r} {point[1]!r}"


def _as_geopackage(segments: Features, stops: Features, notice: ExportNotice) -> bytes:
    """What it is stands in the metadata of the file and of each layer, and as text in `gpkg_contents`."""
    members = {
        name: value if isinstance(value, str) else "; ".join(value) for name, value in notice.as_members().items()
    }
    told = {"DESCRIPTION": notice.as_text()}
    return _by_gdal(
        "GPKG", "gpkg", segments, stops, layer_options=told, dataset_metadata=members, layer_metadata=members
    )


def _as_kml(segments: Features, stops: Features, notice: ExportNotice) -> bytes:
    told = {"NAME": notice.title, "DESCRIPTION": notice.as_text()}
    return _by_gdal("LIBKML", "kml", segments, stops, dataset_options=told)


def _by_gdal(driver: str, suffix: str, segments: Features, stops: Features, **options: object) -> bytes:
    import geopandas

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"routes.{suffix}"
        for name, rows in zip(LAYERS.values(), (segments, stops), strict=True):
            if rows:
                frame = geopandas.GeoDataFrame.from_features(_with_number(rows), crs=CRS)
                frame.to_file(path, layer=name, driver=driver, mode="a" if path.exists() else "w", **options)
        return path.read_bytes()


def _with_number(rows: Features) -> Features:
    return [row | {"properties": {"number": row["id"], **row["properties"]}} for row in rows]


# Ending of the file → its media type, and what writes it.
FORMATS: dict[str, tuple[str, Writer]] = {
    "geojson": ("application/geo+json", as_geojson),
    "csv.zip": ("application/zip", _zipped_spreadsheet),
    "gpkg": ("application/geopackage+sqlite3", _as_geopackage),
    "kml": ("application/vnd.google-earth.kml+xml", _as_kml),
}


def exported(features: Iterable[MapFeature], ending: str, notice: ExportNotice) -> bytes:
    """The file of these features, in which no text holds a control character. KeyError for an ending without a format."""
    rows = list(features)
    segments, stops = (
        [as_feature(row) for row in rows if row.kind == kind] for kind in (FeatureKind.SEGMENT, FeatureKind.STOP)
    )
    return FORMATS[ending][1](segments, stops, ExportNotice(**clean_deep(asdict(notice))))
