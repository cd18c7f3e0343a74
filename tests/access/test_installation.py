"""`migrate` installs the rules of the database, all or nothing, and no table is ever readable without its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connections

from access import installation
from access.installation import unlocked_tables, why_rules_differ
from access.policies import locked_tables
from imap.schema.migration_check import unknown_migrations
from imap.startup_checks import refuse_unsafe_start

pytestmark = pytest.mark.xdist_group("installation")

# Tables that the application may read though they have neither their whole lock nor a reason to have none.
OPEN = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
      AND has_table_privilege('imap_app', c.oid, 'SELECT') AND NOT c.relname = ANY (%(unlocked)s)
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND c.relname = ANY (%(locked)s) AND (
          SELECT array_agg(p.polname::text ORDER BY p.polname) FROM pg_policy p WHERE p.polrelid = c.oid
      ) @> '{adding,owner_access,reading}')
      AND c.relkind <> 'v'
"""
READABLE = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND has_table_privilege('imap_app', oid, 'SELECT')"


@pytest.fixture
def owner(committed_world, django_db_blocker) -> Iterator:
    with django_db_blocker.unblock():
        yield connections["owner"]


def address(role: str) -> dict:
    parameters = connections["owner"].get_connection_params()
    return {**{name: parameters[name] for name in ("host", "port", "dbname") if name in parameters}, "user": role}


def open_tables(cursor) -> list[str]:
    unlocked = [*unlocked_tables(), "django_migrations"]
    cursor.execute(OPEN, {"unlocked": unlocked, "locked": [*locked_tables()]})
    return [name for (name,) in cursor.fetchall()]


def migrate(*arguments: str) -> None:
    call_command("migrate", *arguments, database="owner", verbosity=0)


def test_every_table_of_a_model_is_locked_or_says_why_not():
    of_models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    declared = {*locked_tables(), *unlocked_tables()}
    assert of_models == declared
    assert not set(locked_tables()) & set(unlocked_tables())


def test_after_each_statement_of_migrating_no_table_is_readable_without_its_lock(owner):
    """A second connection asks: what it finds is what a kill at that moment would leave."""
    seen = []
    with closing(psycopg2.connect(**address("imap_app"))) as application:
        application.autocommit = True

        def watch(execute, sql, params, many, context):
            result = execute(sql, params, many, context)
            with application.cursor() as cursor:
                assert open_tables(cursor) == [], sql
                cursor.execute(READABLE)
                seen.append(cursor.fetchone()[0])
            return result

        with owner.execute_wrapper(watch):
            migrate("imap", "zero")
            migrate()
            owner.cursor().execute("DROP FUNCTION imap_installed_rules()")
            migrate()
    assert len(seen) > 1000
    assert seen[-1] == max(seen) > 90
    assert 0 in seen


BEGUN = 20  # statements, after which the rights have been withdrawn
KILLED = """
import os, signal, django
django.setup()
from django.core.management import call_command
from django.db import connections
owner = connections["owner"]
count = 0
def watch(execute, sql, params, many, context):
    global count
    count += 1
    if count == {number}:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)
owner.cursor().execute("DROP FUNCTION imap_installed_rules()")
with owner.execute_wrapper(watch):
    call_command("migrate", database="owner", verbosity=0)
"""


@pytest.mark.parametrize("number", [12, 60, 400])
def test_a_killed_migrate_leaves_nothing_readable_and_the_next_one_mends_it(owner, number):
    name = owner.settings_dict["NAME"]
    addresses = {key: f"{os.environ[key].rpartition('/')[0]}/{name}" for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    environment = {**os.environ, **addresses, "DJANGO_SETTINGS_MODULE": "imap.settings"}
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(number=number)],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with owner.cursor() as cursor:
        deadline = time.monotonic() + 60  # until PostgreSQL has rolled back what the killed process began
        while owner_is_busy(cursor) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert open_tables(cursor) == []
        cursor.execute(READABLE)
        assert cursor.fetchone()[0] in (
            {0} if number > BEGUN else {0, len(locked_tables()) + len(unlocked_tables()) + 1}
        )
    with pytest.raises(ImproperlyConfigured, match="not installed"):
        refuse_unsafe_start()
    migrate()
    refuse_unsafe_start()


def owner_is_busy(cursor) -> bool:
    cursor.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'imap_owner' AND pid <> pg_backend_pid()"
    )
    return cursor.fetchone()[0] > 0


def test_migrating_with_nothing_to_migrate_takes_no_right_away(owner):
    statements = []

    def watch(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with owner.execute_wrapper(watch):
        migrate()
    assert not [sql for sql in statements if sql.lstrip().startswith(("REVOKE", "DROP", "DO", "GRANT", "CREATE"))]


def test_a_table_that_no_model_declares_gets_no_right(owner):
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE stray (secret text)")
        cursor.execute("DROP FUNCTION imap_installed_rules()")
        migrate()
        cursor.execute("SELECT has_table_privilege('imap_app', 'stray', 'SELECT, INSERT, UPDATE, DELETE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER POLICY reading ON profiles_profile USING (true)",
        "DROP POLICY owner_access ON profiles_draft",
        "CREATE POLICY wide ON profiles_draft FOR SELECT USING (true)",
        "ALTER TABLE profiles_draft DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE profiles_draft NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE profiles_profile DISABLE TRIGGER add_secretariat",
        "DROP TRIGGER keep_vintages ON indicators_observation",
        "CREATE OR REPLACE FUNCTION imap_viewer() RETURNS text[] LANGUAGE sql AS $$ SELECT '{x}'::text[] $$",
        "ALTER FUNCTION imap_viewer() SECURITY DEFINER",
        "ALTER VIEW atlas_subject_sayable SET (security_invoker = false)",
        "GRANT UPDATE ON profiles_edition TO imap_app",
        "GRANT UPDATE (audience) ON accounts_logentry TO imap_app",
        "GRANT SELECT ON profiles_draft TO PUBLIC",
        "GRANT DELETE ON profiles_edition TO PUBLIC",
    ],
)
def test_rules_that_were_changed_by_hand_stop_the_start_and_are_mended_by_migrate(owner, statement):
    with owner.cursor() as cursor:
        cursor.execute("SELECT imap_installed_rules()")
        before = cursor.fetchone()
        cursor.execute(statement)
        with pytest.raises(ImproperlyConfigured, match="not as `migrate` left them"):
            refuse_unsafe_start()
        migrate()
        assert why_rules_differ() == []
        cursor.execute("SELECT imap_installed_rules()")
        assert cursor.fetchone() == before, "what was changed by hand is what it was"


def test_rules_of_another_version_stop_the_start(owner, monkeypatch):
    monkeypatch.setattr(installation, "rules_digest", lambda: "another")
    with pytest.raises(ImproperlyConfigured, match="another version"):
        refuse_unsafe_start()


def test_rules_that_leave_a_table_open_are_not_installed(owner, monkeypatch):
    without = {table: policies for table, policies in locked_tables().items() if table != "profiles_draft"}
    monkeypatch.setattr(installation, "locked_tables", lambda: without)
    with pytest.raises(ImproperlyConfigured, match="profiles_draft has no lock"):
        migrate()
    with owner.cursor() as cursor:
        cursor.execute(READABLE)
        assert cursor.fetchone() == (0,)


def test_a_database_of_another_version_is_refused_with_what_to_do(owner):
    with owner.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('atlas', '0002_regions', now())")
    assert unknown_migrations("owner") == ["atlas.0002_regions"]
    with pytest.raises(CommandError, match=r"atlas\.0002_regions is not known here.*remove the folder `var`"):
        migrate()
