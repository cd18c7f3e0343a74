"""Applies the boundary policy to shapes from a file that draws what is held, not what is agreed.

The shapes are taken apart along the policy's cuts into *parts*, each of one shape and at most one territory; a part is
then given to a country, or stands on its own. Since neighbours share their vertices exactly, every border is one line,
and its kind is read off the two parts it divides.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import geopandas
import shapely
from shapely.geometry import LineString, Point, shape
from shapely.geometry.base import BaseGeometry

from .edges import Edge, edges_of, merged_lines
from .reading import ShapesError, polygons_only

OVERLAP_DEG = 0.01
HARBOUR_DEG = 0.02


class Treatment(StrEnum):
    """How a territory is drawn."""

    APART = "apart"  # its own shape under its own key; dashed towards its host, on all sides where it has none
    PART_OF = "part_of"  # within its host, with no line between
    DASHED = "dashed"  # within its host, dashed towards it and towards the shape of the file it was cut from


@dataclass(frozen=True)
class TerritoryCut:
    """What of one shape of the file belongs to a territory: all of it that lies in the area."""

    name: str
    area: BaseGeometry


@dataclass(frozen=True)
class Territory:
    """An area whose borders are a matter of policy, or (with `between`) a line that is."""

    key: str
    name: str
    shapes: tuple[str, ...] = ()  # whole shapes of the file, by its names
    cuts: tuple[TerritoryCut, ...] = ()
    between: tuple[str, str] | None = None  # the codes on both sides of a line
    within: BaseGeometry | None = None  # the line's stretch; all of it when None
    inside: tuple[tuple[str, float, float], ...] = ()  # (place, latitude, longitude): proof that the cut is right
    outside: tuple[tuple[str, float, float, str], ...] = ()  # (place, latitude, longitude, code it must have)


@dataclass(frozen=True)
class Boundary:
    """One row of the policy: a territory and how it is drawn."""

    territory: Territory
    treatment: Treatment
    host: str | None = None
    status: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.treatment is Treatment.PART_OF and not self.host:
            raise ShapesError(f"{self.territory.key}: “part of” needs the state it is part of.")

    @property
    def code(self) -> str:
        """The code under which the territory's area is drawn."""
        return self.territory.key if self.treatment is Treatment.APART or not self.host else self.host


def load_boundaries(path: str | Path) -> list[Boundary]:
    """The policy's rows and the geometry of their territories, from a JSON file (its own keys explain it)."""
    path = Path(path)
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["territories"]
        return [_boundary(row) for row in rows]
    except (OSError, json.JSONDecodeError, KeyError, TypeError, ValueError) as fault:
        raise ShapesError(f"{path.name}: the boundary policy cannot be read ({fault}).") from fault


def apply_boundaries(
    countries: geopandas.GeoDataFrame, policy: Iterable[Boundary], codes: Mapping[str, str]
) -> geopandas.GeoDataFrame:
    """The countries as the policy draws them, one row per code.

    `codes` maps the shapes' numeric codes to the portal's (ISO 3166 alpha-3); a shape without an entry keeps its
    numeric code, one without that its name. Columns: `code`, `numeric`, `name` (of the file), `geometry` (MultiPolygon,
    EPSG:4326). Neighbours share their vertices. Raises ShapesError where a place of the policy is not where it says.
    """
    policy = list(policy)
    parts = parts_of(countries, policy, codes)
    ordered = parts.assign(own=parts["territory"] == "").sort_values("own", ascending=False, kind="stable")
    rows = []
    for code, group in ordered.groupby("code", sort=False):
        area = polygons_only(shapely.coverage_union_all(group.geometry.values))
        rows.append((code, group["numeric"].iloc[0], group["name"].iloc[0], area))
    frame = geopandas.GeoDataFrame(rows, columns=["code", "numeric", "name", "geometry"], crs="EPSG:4326")
    _prove(frame, policy)
    return frame.sort_values("code", ignore_index=True)


def boundary_lines(
    countries: geopandas.GeoDataFrame, policy: Iterable[Boundary], codes: Mapping[str, str]
) -> geopandas.GeoDataFrame:
    """Every line of the map.

    Columns: `kind` (border, dashed, coast), `codes` of both sides ("ESH MAR"; one of a coast and of a line within a
    state), `geometry` (MultiLineString, EPSG:4326).
    """
    policy = list(policy)
    parts = parts_of(countries, policy, codes)
    kind_of, code_of = line_kinds(parts, policy), list(parts["code"])
    groups: dict[tuple[str, str], list[Edge]] = {}
    for edge, owners in edges_of(parts.geometry).items():
        if kind := kind_of(owners, edge):
            sides = " ".join(sorted({code_of[owner] for owner in owners}))
            groups.setdefault((kind, sides), []).append(edge)
    rows = [(kind, sides, merged_lines(edges)) for (kind, sides), edges in sorted(groups.items())]
    return geopandas.GeoDataFrame(rows, columns=["kind", "codes", "geometry"], crs="EPSG:4326")


def parts_of(
    countries: geopandas.GeoDataFrame, policy: Iterable[Boundary], codes: Mapping[str, str]
) -> geopandas.GeoDataFrame:
    """The parts: `numeric`, `name`, `territory` (key or ""), `code`, `geometry`; they share vertices exactly."""
    policy = list(policy)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for owner, territory, face in _faces(countries, policy):
        numeric, name = countries["numeric"].iloc[owner], countries["name"].iloc[owner]
        numeric = numeric if isinstance(numeric, str) else None
        code = territory.code if territory else codes.get(numeric or "", numeric or name)
        key = territory.territory.key if territory else ""
        row = {"numeric": numeric, "name": name, "territory": key, "code": code, "faces": []}
        rows.setdefault((code, key), row)["faces"].append(face)
    for row in rows.values():
        row["geometry"] = polygons_only(shapely.coverage_union_all(row.pop("faces")))
    parts = geopandas.GeoDataFrame(list(rows.values()), crs="EPSG:4326")
    return parts[~parts.geometry.is_empty].reset_index(drop=True)


def line_kinds(
    parts: geopandas.GeoDataFrame, policy: Iterable[Boundary]
) -> Callable[[tuple[int, ...], Edge], str | None]:
    """A function of (owners, edge) that says how the edge between those parts is drawn: a kind, or None for no line."""
    rules = {row.territory.key: row for row in policy if not row.territory.between}
    lines: dict[frozenset[str], list[BaseGeometry | None]] = {}
    for row in policy:
        if row.territory.between and row.treatment is Treatment.DASHED:
            lines.setdefault(frozenset(row.territory.between), []).append(row.territory.within)
    codes, names, keys = list(parts["code"]), list(parts["name"]), list(parts["territory"])

    def dashed(one: int, other: int) -> bool:
        row = rules.get(keys[one])
        if row is None or row.treatment is Treatment.PART_OF:
            return False
        if row.treatment is Treatment.APART:
            return row.host is None or codes[other] == row.host
        return codes[other] == row.host or names[other] in {cut.name for cut in row.territory.cuts}

    def kind(owners: tuple[int, ...], edge: Edge) -> str | None:
        if len(owners) == 1:
            return "coast"
        one, other = owners
        if dashed(one, other) or dashed(other, one):
            return "dashed"
        sides = frozenset((codes[one], codes[other]))
        if len(sides) == 1:
            return None
        stretches = lines.get(sides, ())
        middle = shapely.line_interpolate_point(LineString(edge), 0.5, normalized=True) if stretches else None
        return "dashed" if any(area is None or area.covers(middle) for area in stretches) else "border"

    return kind


def _faces(
    countries: geopandas.GeoDataFrame, policy: list[Boundary]
) -> Iterable[tuple[int, Boundary | None, BaseGeometry]]:
    """Faces of the countries' outlines and the cuts, noded together; what lies in no country (sea, lakes) falls out."""
    shapes = countries.geometry.values
    by_name = dict(zip(countries["name"], shapes, strict=True))
    cuts = [cut for row in policy for cut in row.territory.cuts if cut.name in by_name]
    # Each a little longer than the shape is wide: ends computed onto its border would miss it by a rounding error.
    knives = [cut.area.boundary.intersection(by_name[cut.name].buffer(OVERLAP_DEG)) for cut in cuts]
    outlines = shapely.union_all([*shapely.boundary(shapes), *knives])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts([outlines])))
    tree = shapely.STRtree(shapes)
    points = shapely.point_on_surface(faces)
    found: dict[int, int] = {}
    for position, owner in tree.query(points, predicate="within").T:
        if position not in found or shapes[owner].area < shapes[found[position]].area:
            found[position] = owner
    for position, owner in sorted(found.items()):
        yield owner, _claim(countries["name"].iloc[owner], points[position], policy), faces[position]


def _claim(name: str, point: Point, policy: list[Boundary]) -> Boundary | None:
    for row in policy:
        territory = row.territory
        if name == territory.name or name in territory.shapes:
            return row
        if any(cut.name == name and cut.area.covers(point) for cut in territory.cuts):
            return row
    return None


def _prove(frame: geopandas.GeoDataFrame, policy: list[Boundary]) -> None:
    known = set(frame["code"])
    for row in policy:
        expected = [(place, lat, lon, row.code) for place, lat, lon in row.territory.inside]
        for place, lat, lon, code in [*expected, *row.territory.outside]:
            found = codes_at(frame, lat, lon)
            if found != [code]:
                there = ", ".join(found) or "no shape"
                raise ShapesError(f"{row.territory.name}: {place} should lie in {code}, but lies in {there}.")
        if row.host and row.host not in known:
            raise ShapesError(f"{row.territory.name}: there is no shape for its host {row.host}.")


def codes_at(frame: geopandas.GeoDataFrame, lat: float, lon: float) -> list[str]:
    """The codes at a place; on the water, those within two kilometres: the shapes round off harbours and capes."""
    point = Point(lon, lat)
    inside = frame["code"][frame.geometry.contains(point)]
    return sorted(inside if len(inside) else frame["code"][shapely.dwithin(frame.geometry.values, point, HARBOUR_DEG)])


def _boundary(row: dict[str, Any]) -> Boundary:
    territory = Territory(
        key=row["key"],
        name=row["name"],
        shapes=tuple(row.get("shapes", ())),
        cuts=tuple(TerritoryCut(cut["from"], shape(cut["area"])) for cut in row.get("cuts", ())),
        between=tuple(row["between"]) if row.get("between") else None,
        within=shape(row["within"]) if row.get("within") else None,
        inside=tuple((place["place"], place["lat"], place["lon"]) for place in row.get("inside", ())),
        outside=tuple((place["place"], place["lat"], place["lon"], place["code"]) for place in row.get("outside", ())),
    )
    return Boundary(territory, Treatment(row["treatment"]), row.get("host"), row["status"], row["source"])
