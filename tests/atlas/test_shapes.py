"""The borders of the map, read off real shapes: every country there, every disputed line as the policy says."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon

from atlas.shapes import (
    WINDOW,
    Boundary,
    ShapesError,
    Territory,
    Treatment,
    apply_boundaries,
    basemap,
    boundary_lines,
    bounds,
    codes_at,
    iso3_by_numeric,
    label_point,
    load_boundaries,
    read_countries,
)

DATA = Path(__file__).parents[2] / "data"
SHAPES = DATA / "facts" / "ne_50m_countries.topojson"
CODES = iso3_by_numeric()


@pytest.fixture(scope="session")
def policy():
    return load_boundaries(DATA / "world" / "boundaries.json")


@pytest.fixture(scope="session")
def countries():
    """The shapes of the window; the rest of the world would only cost time."""
    return read_countries(SHAPES).cx[WINDOW[0] : WINDOW[2], WINDOW[1] : WINDOW[3]].reset_index(drop=True)


@pytest.fixture(scope="session")
def drawn(countries, policy):
    return apply_boundaries(countries, policy, CODES)


@pytest.fixture(scope="session")
def lines(countries, policy):
    return boundary_lines(countries, policy, CODES)


@pytest.fixture(scope="session")
def topology(countries, policy):
    return basemap(countries, policy, CODES)


@pytest.fixture(scope="session")
def decoded(topology):
    return Decoded(topology)


class Decoded:
    """What the browser makes of a TopoJSON."""

    def __init__(self, topology):
        (self.scale, _), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
        self.arcs = []
        for arc in topology["arcs"]:
            x = y = 0
            points = []
            for dx, dy in arc:
                x, y = x + dx, y + dy
                points.append((west + x * self.scale, south + y * self.scale))
            self.arcs.append(points)
        self.shapes = {
            shape["properties"]["code"]: shapely.multipolygons(
                [Polygon(self._ring(rings[0]), [self._ring(ring) for ring in rings[1:]]) for rings in shape["arcs"]]
            )
            for shape in topology["objects"]["countries"]["geometries"]
        }
        self.lines = {
            line["properties"]["kind"]: shapely.multilinestrings([LineString(self.arcs[at]) for [at] in line["arcs"]])
            for line in topology["objects"]["lines"]["geometries"]
        }

    def _ring(self, indexes):
        points = []
        for index in indexes:
            arc = self.arcs[index] if index >= 0 else self.arcs[~index][::-1]
            points += arc[1:] if points else arc
        return points


def covered():
    with (DATA / "facts" / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return sorted(row["iso3"] for row in csv.DictReader(file))


# Every place in the state it belongs to.

PLACES = [
    ("El Aiun", 27.14, -13.19, "ESH"),
    ("Bojador", 26.13, -14.49, "ESH"),
    ("the hinterland of Dakhla", 22.5, -14.5, "ESH"),
    ("Smara", 26.74, -11.67, "ESH"),
    ("Tifariti", 26.15, -10.6, "ESH"),
    ("just south of 27°40' N", 27.65, -11.0, "ESH"),
    ("just north of 27°40' N", 27.68, -11.0, "MAR"),
    ("Tarfaya", 27.94, -12.93, "MAR"),
    ("Tan-Tan", 28.44, -11.1, "MAR"),
    ("Pristina", 42.66, 21.17, "XKX"),
    ("Belgrade", 44.82, 20.46, "SRB"),
    ("Kyrenia", 35.3, 33.32, "CYP"),
    ("Famagusta", 35.12, 33.94, "CYP"),
    ("Limassol", 34.7, 33.02, "CYP"),
    ("the middle of Nicosia", 35.17, 33.36, "CYP"),
    ("Hargeisa", 9.56, 44.06, "SOM"),
    ("Mogadishu", 2.05, 45.3, "SOM"),
    ("Simferopol", 44.95, 34.1, "UKR"),
    ("Kerch", 45.35, 36.47, "UKR"),
    ("Armyansk, on the isthmus", 46.1, 33.7, "UKR"),
    ("Taman", 45.21, 36.72, "RUS"),
    ("Krasnodar", 45.04, 38.98, "RUS"),
    ("Majdal Shams", 33.27, 35.77, "SYR"),
    ("Katzrin", 32.99, 35.69, "SYR"),
    ("Tiberias", 32.79, 35.53, "ISR"),
    ("Ramallah", 31.9, 35.2, "PSE"),
    ("Gaza", 31.5, 34.45, "PSE"),
    ("Mariehamn", 60.1, 19.94, "FIN"),
    ("Stepanakert", 39.82, 46.75, "AZE"),
    ("Sukhumi", 43.0, 41.02, "GEO"),
    ("Tiraspol", 46.84, 29.63, "MDA"),
    ("the Siachen Glacier", 35.5, 77.0, "siachen"),
]


@pytest.mark.parametrize(("place", "lat", "lon", "code"), PLACES, ids=[place for place, *_ in PLACES])
def test_a_place_lies_in_the_state_the_policy_gives_it_to(drawn, place, lat, lon, code):
    assert codes_at(drawn, lat, lon) == [code]


@pytest.mark.parametrize(("place", "lat", "lon", "code"), PLACES, ids=[place for place, *_ in PLACES])
def test_the_simplified_map_keeps_the_place_there(decoded, place, lat, lon, code):
    point = Point(lon, lat)
    nearest = min(decoded.shapes, key=lambda key: decoded.shapes[key].distance(point))
    assert nearest == code


@pytest.mark.parametrize("code", covered())
def test_every_covered_state_has_a_shape_and_room_on_the_map(drawn, decoded, code):
    assert (drawn["code"] == code).sum() == 1
    assert decoded.shapes[code].area > 0


def test_small_islands_are_kept(drawn, decoded):
    for code, islands in [("MLT", 2), ("CPV", 8), ("COM", 3), ("STP", 2)]:
        assert len(shapely.get_parts(decoded.shapes[code])) >= islands, code
    canaries = [part for part in shapely.get_parts(decoded.shapes["ESP"]) if part.bounds[3] < 30]
    assert len(canaries) >= 6


# Neighbours touch: no gap, no overlap.


def test_neighbours_share_their_borders_exactly(drawn):
    assert shapely.coverage_is_valid(drawn.geometry.values)
    assert drawn.geometry.is_valid.all()


def test_no_shape_of_the_map_crosses_itself_or_its_neighbour(decoded):
    shapes = list(decoded.shapes.values())
    assert all(shapely.make_valid(shape).area == pytest.approx(shape.area, abs=1e-3) for shape in shapes)
    valid = [shapely.make_valid(shape) for shape in shapes]
    overlap = sum(shape.area for shape in valid) - shapely.union_all(valid).area
    assert overlap < 0.01  # square degrees over the whole map; a cell of its grid is 0.0002


def test_no_sliver_opens_between_neighbours(drawn, decoded):
    def holes(shapes):
        whole = shapely.get_parts(shapely.union_all([shapely.make_valid(shape) for shape in shapes]))
        return [Polygon(ring) for part in whole if isinstance(part, Polygon) for ring in part.interiors]

    lakes = shapely.union_all(holes(drawn.geometry)).buffer(0.05)
    new = [hole for hole in holes(decoded.shapes.values()) if not lakes.intersects(hole)]
    assert all(hole.area < 0.001 for hole in new), [hole.representative_point().wkt for hole in new]


# Lines.


def pairs(lines, kind):
    return set(lines["codes"][lines["kind"] == kind])


def test_lines_are_dashed_where_the_policy_says_and_nowhere_else(lines):
    assert pairs(lines, "dashed") == {
        "SRB XKX",
        "ESH MAR", "DZA ESH", "ESH MRT",
        "ISR SYR", "SYR",
        "CHN siachen", "IND siachen", "PAK siachen",
        "IND PAK", "CHN IND", "CHN PAK",
        "ISR PSE", "SDN SSD", "EGY SDN", "KEN SSD",
    }  # fmt: skip
    partly = {"IND PAK", "CHN IND", "EGY SDN", "ISR SYR"}
    assert pairs(lines, "dashed") & pairs(lines, "border") <= partly


def test_kosovo_has_solid_lines_but_for_the_one_with_serbia(lines):
    assert {pair for pair in pairs(lines, "border") if "XKX" in pair} == {"ALB XKX", "MKD XKX", "MNE XKX"}


def test_the_line_north_of_western_sahara_is_the_parallel_to_the_ocean(lines):
    [line] = lines.geometry[(lines["codes"] == "ESH MAR")]
    west, south, east, north = line.bounds
    assert (south, north) == pytest.approx((27.6667, 27.6667), abs=0.001)
    assert west == pytest.approx(-13.17, abs=0.05)
    assert east == pytest.approx(-8.67, abs=0.03)


@pytest.mark.parametrize("code", ["ESH", "CYP", "SOM", "UKR", "XKX", "MAR", "FIN"])
def test_no_line_runs_inside(drawn, lines, decoded, code):
    [shape] = drawn.geometry[drawn["code"] == code]
    inner = shape.buffer(-0.001)
    coarse = shapely.make_valid(decoded.shapes[code]).buffer(-0.001)
    for kind in ("border", "dashed"):
        full = shapely.union_all(lines.geometry[lines["kind"] == kind].values)
        assert not full.intersects(inner), kind
        assert not decoded.lines[kind].intersects(coarse), kind


def test_crimea_meets_ukraine_on_land_and_russia_only_across_the_strait(lines, decoded):
    [border] = lines.geometry[lines["codes"] == "RUS UKR"]
    assert border.bounds[1] > 46.5
    peninsula_and_strait = shapely.box(32.3, 44.2, 37.5, 46.4)
    assert not decoded.lines["border"].intersects(peninsula_and_strait)
    assert not decoded.lines["dashed"].intersects(peninsula_and_strait)


def test_the_map_draws_dashes_in_the_same_places(lines, decoded):
    full = shapely.union_all(lines.geometry[lines["kind"] == "dashed"].values)
    assert decoded.lines["dashed"].hausdorff_distance(full) < 0.12
    assert decoded.lines["dashed"].length == pytest.approx(full.length, rel=0.12)


def test_the_edge_of_the_map_is_no_line(decoded):
    edge = shapely.box(*WINDOW).exterior
    for kind, line in decoded.lines.items():
        assert line.intersection(edge).length == 0, kind
    assert decoded.shapes["RUS"].intersection(edge).length > 10


def test_each_arc_is_sent_once(topology):
    ends = [tuple(sorted([str(arc), str(list(reversed(arc)))])) for arc in topology["arcs"]]
    assert len(ends) == len(set(ends))
    used = [index for line in topology["objects"]["lines"]["geometries"] for [index] in line["arcs"]]
    assert len(used) == len(set(used))


def test_the_map_is_small(topology):
    packed = brotli.compress(json.dumps(topology, separators=(",", ":")).encode())
    assert len(packed) < 70_000


# The policy is data.


def test_applying_the_policy_twice_changes_nothing(drawn, policy):
    again = apply_boundaries(drawn, policy, CODES)
    assert list(again["code"]) == list(drawn["code"])
    assert shapely.equals(again.geometry.values, drawn.geometry.values).all()


def test_another_dialogue_may_draw_a_territory_otherwise(countries, policy):
    near = countries[countries["name"].isin(["Serbia", "Kosovo", "Montenegro", "Albania", "Macedonia"])]
    [kosovo] = [row for row in policy if row.territory.key == "XKX"]
    merged = replace(kosovo, treatment=Treatment.PART_OF)
    assert codes_at(apply_boundaries(near.reset_index(drop=True), [merged], CODES), 42.66, 21.17) == ["SRB"]
    inside = replace(kosovo, treatment=Treatment.DASHED)
    assert pairs(boundary_lines(near.reset_index(drop=True), [inside], CODES), "dashed") == {"SRB"}


def test_a_territory_cannot_be_part_of_nothing():
    with pytest.raises(ShapesError, match="needs the state"):
        Boundary(Territory("x", "X"), Treatment.PART_OF)


def test_a_policy_that_the_shapes_contradict_is_refused(countries, policy):
    near = countries[countries["name"].isin(["Cyprus", "Morocco"])].reset_index(drop=True)
    [sahara] = [row for row in policy if row.territory.key == "ESH"]
    uncut = replace(sahara, territory=replace(sahara.territory, cuts=()))
    with pytest.raises(ShapesError, match="Western Sahara: El Aiun should lie in ESH, but lies in MAR"):
        apply_boundaries(near, [uncut], CODES)
    cyprus = next(row for row in policy if row.territory.key == "northern-cyprus")
    with pytest.raises(ShapesError, match="Famagusta should lie in CYP, but lies in no shape"):
        apply_boundaries(near, [cyprus], CODES)


def test_every_row_of_the_policy_says_why_and_whether_it_is_settled(policy):
    assert all(row.source and row.status for row in policy)
    settled = {row.territory.key for row in policy if row.status == "set by the design"}
    assert settled == {"XKX", "ESH", "northern-cyprus", "somaliland"}


# Names and views.


def test_a_name_goes_inside_the_largest_part(drawn):
    for code, shape in zip(drawn["code"], drawn.geometry, strict=True):
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        assert largest.contains(label_point(shape)), code


def test_bounds_leave_distant_islands_aside(drawn):
    france = drawn.geometry[drawn["code"] == "FRA"]
    [[south, west], [north, east]] = bounds(france, WINDOW)
    assert [south, west, north, east] == pytest.approx([41.4, -4.8, 51.1, 9.6], abs=0.2)


# Broken files.

TRIANGLE = {
    "type": "Topology",
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [{"type": "Polygon", "id": 8, "properties": {"name": "Albania"}, "arcs": [[0]]}],
        }
    },
    "arcs": [[[0, 0], [1, 0], [0, 1], [0, 0]]],
}


def changed(**changes):
    return json.dumps(TRIANGLE | changes)


def countries_of(**changes):
    shape = TRIANGLE["objects"]["countries"]["geometries"][0] | changes
    return changed(objects={"countries": {"type": "GeometryCollection", "geometries": [shape]}})


def test_a_sound_file_is_read(tmp_path):
    path = tmp_path / "shapes.topojson"
    path.write_text(json.dumps(TRIANGLE), encoding="utf-8")
    frame = read_countries(path)
    assert frame[["numeric", "name"]].values.tolist() == [["008", "Albania"]]
    assert frame.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "shapes.topojson: the file is empty"),
        ("<html>", "the file is not JSON"),
        ("[1, 2]", "not TopoJSON"),
        ('{"type": "FeatureCollection"}', "not TopoJSON"),
        (changed(objects={"land": {}}), "the object “countries” is missing"),
        (changed(objects={"countries": {"geometries": []}}), "holds no shapes"),
        (changed(arcs=[]), "no arcs"),
        (changed(arcs=[["a"]]), "not lists of coordinates"),
        (changed(arcs=[[[0, 0], [500, 0], [0, 500], [0, 0]]]), "not degrees"),
        (changed(transform={"scale": [1]}), "not lists of coordinates"),
        (countries_of(arcs=[[7]]), "the shape of Albania uses an arc that the file does not have"),
        (countries_of(arcs=[["x"]]), "the shape of Albania is broken"),
        (countries_of(arcs=None), "the shape of Albania is broken"),
        (countries_of(type="Point"), "is a Point, not a polygon"),
        (countries_of(properties={}), "a shape has no name"),
        (changed(arcs=[[[0, 0], [1, 0], [2, 0], [0, 0]]]), "none of the shapes has an area"),
    ],
)
def test_a_broken_file_is_refused_in_plain_words(tmp_path, text, message):
    path = tmp_path / "shapes.topojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ShapesError, match=message):
        read_countries(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ShapesError, match=r"absent\.topojson: the file cannot be read"):
        read_countries(tmp_path / "absent.topojson")
