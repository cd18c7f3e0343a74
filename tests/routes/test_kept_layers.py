"""Files of layers come out of what this process remembers only as long as they would come out of the database too."""

import re
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.viewer import ANYONE
from access.viewing import viewing
from accounts.models import Affiliation, LogEntry
from routes.layer_responses import LayerAddress, unchanged_layers_at, visible_layers_at
from routes.models import Layer, Segment, Stop
from routes.publishing import MapTitle, publish_map
from tests.conftest import browser_of, user_of
from tests.routes.test_layers import DESK, FAR, TITLES, names

READERS = ("stranger", "official.mar", "editor")
NEWEST = LayerAddress("mtm", 2025, 1)
TOWN, CROSSING = "Agadez to Dirkou", "Evros river crossing"
ALONE = ["secretariat:mtm"]
NARROWED = {
    "layer": lambda: Layer.objects.filter(slug="main").update(audience=ALONE),
    "stop": lambda: Stop.objects.filter(place__slug="agadez").update(audience=ALONE),
    "segment": lambda: Segment.objects.filter(start__place__slug="agadez").update(audience=ALONE),
}


@pytest.mark.parametrize("narrowed", NARROWED)
def test_what_is_narrowed_is_gone_for_every_reader_who_was_there_a_moment_ago(committed_world, narrowed):
    clients = {login: browser_of(login) for login in READERS}
    for client, _ in product(clients.values(), range(2)):
        assert TOWN in names(client)
    assert unchanged_layers_at(ANYONE, NEWEST)
    with viewing(DESK):
        NARROWED[narrowed]()
    assert {login: TOWN in names(client) for login, client in clients.items()} == {
        "stranger": False, "official.mar": False, "editor": True,
    }  # fmt: skip


def test_what_was_rolled_back_is_not_remembered(committed_world):
    with pytest.raises(ZeroDivisionError), viewing(DESK):
        publish_map("mtm", MapTitle(2030, "2030", 2030, 2030, TITLES), ["public"], crossing=lambda line: [])
        with viewing(ANYONE):
            assert visible_layers_at(ANYONE, LayerAddress("mtm", 2030, 1))
        raise ZeroDivisionError
    assert unchanged_layers_at(ANYONE, LayerAddress("mtm", 2030, 1)) is None


def test_what_one_reader_sees_is_never_anothers(committed_world):
    official, stranger = browser_of("official.mar"), browser_of("stranger")
    for _ in range(2):
        assert CROSSING in names(official)
        assert CROSSING not in names(stranger)


def test_a_sight_looked_up_without_naming_the_viewer_to_the_lock_is_not_theirs(committed_world):
    viewer = user_of("official.mar").viewer
    visible_layers_at(viewer, NEWEST)
    assert unchanged_layers_at(viewer, NEWEST) is None


def test_an_ended_affiliation_counts_at_the_next_visit(committed_world):
    official = browser_of("official.mar")
    assert [CROSSING in names(official) for _ in range(2)] == [True, True]
    Affiliation.objects.filter(user=user_of("official.mar")).update(ends_on="2012-01-01")
    assert CROSSING not in names(official)


def test_each_reading_of_what_is_restricted_is_noted_kept_or_not(committed_world):
    official = browser_of("official.mar")
    for _ in range(3):
        official.get(FAR)
    with viewing(DESK):
        assert LogEntry.objects.filter(object="mtm/routes/2025#1 layers").count() == 3


def test_a_persona_sees_what_the_persona_sees(committed_world):
    secretariat = user_of("editor").viewer
    as_public = secretariat.viewing_as([], "mtm")
    for viewer, _ in product((secretariat, as_public), range(2)):
        with viewing(viewer):
            visible_layers_at(viewer, NEWEST)
    full, persona = unchanged_layers_at(secretariat, NEWEST), unchanged_layers_at(as_public, NEWEST)
    assert full
    assert persona
    assert full.digest != persona.digest


@pytest.mark.django_db
def test_a_map_that_is_not_there_and_one_that_is_not_theirs_are_asked_for_alike(reader):
    with viewing(DESK):
        publish_map("mtm", MapTitle(2030, "2030", 2030, 2030, TITLES), [], crossing=lambda line: [])
    assert browser_of("editor").get(FAR.replace("2025", "2030")).status_code == 200
    numbers = set()
    for year in ("2030", "2031"):
        with CaptureQueriesContext(connection) as queries:
            assert reader("stranger").get(FAR.replace("2025", year)).status_code == 404
        numbers.add(len(queries))
    assert len(numbers) == 1


@pytest.mark.django_db
def test_every_table_that_settles_a_layer_counts_its_changes():
    with viewing(DESK), CaptureQueriesContext(connection) as queries:
        visible_layers_at(DESK, NEWEST)
    asked = {table for query in queries for table in re.findall(r'(?:FROM|JOIN) "(routes_\w+)"', query["sql"])}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'count_change' AND tgenabled = 'A'"
        )
        counted = {table for (table,) in cursor.fetchall()}
    assert asked
    assert asked <= counted
