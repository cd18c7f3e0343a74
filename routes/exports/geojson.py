"""Published features as GeoJSON (RFC 7946) with flat properties, which clients and files make columns of."""

from routes.models import FeatureKind, MapFeature
from untrusted.characters import clean_deep


def as_feature(row: MapFeature) -> dict:
    """One name for each language. Coordinates are WGS 84 degrees, longitude first, as published for its readers."""
    is_segment = row.kind == FeatureKind.SEGMENT
    return {
        "type": "Feature",
        "id": row.segment_id if is_segment else row.stop_id,
        "geometry": row.geometry,
        "properties": clean_deep(_of_segment(row) if is_segment else _of_stop(row)),
    }


def _of_segment(row: MapFeature) -> dict[str, str]:
    held = row.properties
    names = {f"{end}_{code}": name for end in ("from", "to") for code, name in held[end].items()}
    kept = {name: held[name] for name in ("route", "mode", "confidence", "since", "until", "source")}
    return {**kept, **names, **_shared(row)}


def _of_stop(row: MapFeature) -> dict[str, str]:
    held = row.properties
    names = {f"name_{code}": name for code, name in held["name"].items()}
    return {
        "place": held["place"][1],
        **names,
        "kind": held["kind"],
        "since": held["since"],
        "until": held["until"],
        **_shared(row),
    }


def _shared(row: MapFeature) -> dict[str, str]:
    remarks = {f"remark_{code}": text for code, text in row.properties["remark"].items()}
    access = "open" if row.is_open else "restricted"
    return {"layer": row.layer, "countries": ",".join(row.countries), **remarks, "access": access}
