"""Programs with a personal token read what the table of the matrix lets its person read, and nothing else."""

import sys

import pytest
from django.db.models import Q

from access import visibility
from access.presets import Preset
from access.viewing import viewing
from tests.access.planting import canaries_in
from tests.access.planting_routes import EMBED_KEY, YEAR
from tests.access.test_matrix import DIALOGUE, EVERYTHING, OTHER_DESK, PEOPLE, SOME, may_see
from tests.conftest import STRANGER, browser_of
from tests.machines import machine_of
from tests.readers import raw

ROOT = "/api/ogc/"
NAMES = [f"{name}-{word}" for name in (DIALOGUE, f"{DIALOGUE}-{YEAR}-1") for word in ("segments", "stops")]
PATHS = [
    ROOT, f"{ROOT}api", f"{ROOT}conformance", f"{ROOT}collections",
    *(f"{ROOT}collections/{name}" for name in NAMES),
    *(f"{ROOT}collections/{name}/items" for name in NAMES),
    *(f"{ROOT}collections/{name}/items?limit=2&offset={offset}" for name in NAMES for offset in (0, 2, 10)),
    *(f"{ROOT}collections/{name}/items?bbox=4,9,7,20&datetime={YEAR}-01-01/.." for name in NAMES),
]  # fmt: skip


def found_by(login: str) -> set[tuple[str, str]]:
    client, found = machine_of(login), set()
    for path in PATHS:
        response = client.get(path)
        assert response.status_code == 200, path
        found |= canaries_in(raw(response))
    return without_coordinates(found)


def without_coordinates(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The end of a coordinate, or a length, may look like the year that is planted as a date."""
    return {(preset, kind) for preset, kind in found if kind != "asof"}


def allowed(login: str) -> set[tuple[str, str]]:
    return {(preset, kind) for preset, kind in may_see(login) if kind in ("stop", "segment", "place")}


@pytest.mark.parametrize("login", PEOPLE)
def test_a_program_reads_what_its_person_may_read_and_nothing_else(planted, login):
    assert found_by(login) == allowed(login)


def test_each_item_alone_says_no_more(planted):
    desk = machine_of("editor")
    for name in NAMES[2:]:
        numbers = [row["id"] for row in desk.get(f"{ROOT}collections/{name}/items").json()["features"]]
        for login in (STRANGER, "official.mar.dev", OTHER_DESK):
            client = machine_of(login)
            seen = [canaries_in(raw(client.get(f"{ROOT}collections/{name}/items/{number}"))) for number in numbers]
            assert without_coordinates(set().union(*seen)) <= allowed(login)


def test_what_is_open_is_told_no_more_exactly_than_its_layer_says(planted):
    rows = machine_of(STRANGER).get(f"{ROOT}collections/{NAMES[3]}/items").json()["features"]
    mine = [row for row in rows if row["properties"]["layer"] == f"layer-{Preset.PUBLIC}"]
    assert {row["geometry"]["coordinates"][0] for row in mine} == {4.96}


@pytest.mark.parametrize("login", SOME)
def test_with_every_filter_forgotten_the_database_lets_nothing_through(planted, monkeypatch, login):
    monkeypatch.setattr(visibility, "rule", lambda model, viewer, path="": Q())
    assert found_by(login) <= allowed(login)


@pytest.mark.parametrize("login", SOME)
def test_with_the_database_open_the_querysets_alone_let_nothing_through(planted, monkeypatch, login):
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("accounts", "routes", "imap") and hasattr(module, "viewing"):
            monkeypatch.setattr(
                module, "viewing", lambda viewer, using="default", **how: viewing(EVERYTHING, using, **how)
            )
    assert found_by(login) == allowed(login)


@pytest.mark.parametrize("login", PEOPLE)
def test_an_embedded_map_shows_each_person_what_everyone_may_read(planted, login):
    for path in (f"/embed/{EMBED_KEY}/", f"/embed/{EMBED_KEY}/layers-7.geojson"):
        response = browser_of(login).get(path)
        assert response.status_code == 200
        assert {preset for preset, _kind in without_coordinates(canaries_in(raw(response)))} == {Preset.PUBLIC}, path
