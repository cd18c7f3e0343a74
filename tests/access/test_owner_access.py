"""The owner's role keeps every row (purging, backup, restoring); nobody else gains by saying so."""

import pytest
from django.db import DatabaseError, connection, connections, transaction

from access.owner_access import owner_access
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from profiles.models import Profile
from tests.access import planting_dialogues
from tests.access.test_lock import EVERYTHING, TABLES, ids_in, key_of, refused
from tests.conftest import user_of

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


OF_OPEN_DIALOGUES = {"atlas_basemap", "atlas_boundaryrule"}  # the hidden one has no map of its own


def ids_for_the_owner(table: str) -> set:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT {key_of(table)} FROM {table}")
        return {pk for (pk,) in cursor.fetchall()}


@pytest.mark.parametrize("table", TABLES)
def test_the_owner_reaches_every_row_while_it_keeps_and_the_public_ones_else(planted, table):
    official = user_of("official.mar").viewer  # what is a person's own no secretariat sees
    hidden = Viewer.secretariat_of(planting_dialogues.HIDDEN)
    with viewing(Viewer.of(EVERYTHING.tokens | official.tokens | hidden.tokens)):
        every_row = ids_in(table)
    with viewing(ANYONE):
        public = ids_in(table)
    assert every_row - public or table in OF_OPEN_DIALOGUES, "else the comparison shows nothing"
    assert ids_for_the_owner(table) == public
    with owner_access():
        assert ids_for_the_owner(table) >= every_row
    assert ids_for_the_owner(table) == public


def test_the_owner_may_say_so_for_its_session_as_backup_and_restore_do(planted):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET imap.owner_access = 'on'")
        cursor.execute("SELECT count(*) FROM profiles_draft")
        assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize("viewer", [ANYONE, Viewer.of(["nominated", "partner:morocco"])], ids=["anyone", "an official"])
@pytest.mark.parametrize("is_local", [True, False], ids=["transaction", "session"])
def test_the_application_gains_nothing_by_saying_that_it_keeps(planted, viewer, is_local):
    with viewing(viewer):
        before = {table: ids_in(table) for table in TABLES}
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('imap.owner_access', 'on', %s)", [is_local])
            assert {table: ids_in(table) for table in TABLES} == before
            cursor.execute("UPDATE profiles_profile SET id = id")
            assert cursor.rowcount == 0
            cursor.execute("DELETE FROM profiles_draft")
            assert cursor.rowcount == 0
        for table in ("accounts_logentry", "profiles_edition"):
            assert refused(f"DELETE FROM {table}")
        assert refused("INSERT INTO indicators_source (slug) VALUES ('mine')")


def test_the_application_cannot_make_itself_a_keeper(db):
    assert refused("ALTER POLICY owner_access ON profiles_profile TO CURRENT_USER")
    assert refused("SET ROLE imap_owner")


def test_a_line_of_the_log_is_removed_by_the_owner_that_keeps_and_by_nobody_else(planted):
    def removed() -> int:
        return LogEntry.objects.using("owner").all().delete()[0]

    assert removed() == 0
    with owner_access():
        assert removed() > 0


def test_keeping_within_keeping_ends_with_the_outer_one(planted):
    def sees_all() -> bool:
        return Profile.objects.using("owner").exclude(audience__contains=["public"]).exists()

    with owner_access():
        with owner_access():
            assert sees_all()
        assert sees_all()
    assert not sees_all()


def test_owner_access_ends_with_an_error_too(planted):
    with pytest.raises(DatabaseError), owner_access(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert ids_for_the_owner("profiles_draft") == set()
    with owner_access():
        with pytest.raises(DatabaseError), transaction.atomic("owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert ids_for_the_owner("profiles_draft") != set()
