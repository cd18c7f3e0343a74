"""Nothing that holds restricted rows stands outside the lock: asked of PostgreSQL's catalogue, which forgets nothing."""

import pytest
from django.apps import apps
from django.db import connection, connections

from access import catalogue
from access.installation import append_only_tables, regardless_columns
from access.policies import Policy
from access.row_level_security import IS_OWNER_ACCESS, overlap

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

APPEND_ONLY_TABLES = append_only_tables()
REGARDLESS = regardless_columns()
LOCK = [
    "ALTER TABLE stray ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE stray FORCE ROW LEVEL SECURITY",
    Policy("stray", "reading", f"FOR SELECT USING ({overlap()})").sql,
    Policy("stray", "adding", "FOR INSERT WITH CHECK (false)").sql,
    Policy("stray", "changing", "FOR UPDATE USING (false) WITH CHECK (false)").sql,
    Policy("stray", "removing", "FOR DELETE USING (false)").sql,
    Policy("stray", "owner_access", f"TO CURRENT_USER USING ({IS_OWNER_ACCESS}) WITH CHECK ({IS_OWNER_ACCESS})").sql,
]


def faults_after(*statements: str) -> list[str]:
    """What the catalogue says once the owner has done this; it is undone after the test."""
    with connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return catalogue.faults(cursor, APPEND_ONLY_TABLES, REGARDLESS)


def test_nothing_stands_outside_the_lock_and_every_lock_is_whole():
    with connection.cursor() as cursor:
        assert catalogue.faults(cursor, APPEND_ONLY_TABLES, REGARDLESS) == []


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["CREATE TABLE stray (audience text[])"], "stray has no lock"),
        (["CREATE TABLE stray (former_audience text)"], "stray has no lock"),
        (["CREATE SCHEMA aside", "CREATE TABLE aside.stray (audience text[])"], "aside.stray has no lock"),
        (["CREATE TABLE stray (profile bigint REFERENCES profiles_profile)"], "stray has no lock"),
        (["CREATE TABLE stray () INHERITS (profiles_profile)"], "stray has no lock"),
        (["CREATE UNLOGGED TABLE stray (audience text[])"], "stray has no lock"),
        (
            [
                "CREATE TABLE stray (id bigint PRIMARY KEY, audience text[]) PARTITION BY RANGE (id)",
                "CREATE TABLE stray_of_2012 PARTITION OF stray DEFAULT",
                *LOCK,
            ],
            "stray_of_2012 has no lock",
        ),
        (
            [
                "CREATE TABLE stray (id bigint PRIMARY KEY, audience text[]) PARTITION BY RANGE (id)",
                "CREATE TABLE note (stray bigint REFERENCES stray)",
                *LOCK,
            ],
            "note has no lock",
        ),
        (["ALTER TABLE profiles_draft DISABLE ROW LEVEL SECURITY"], "profiles_draft has no lock"),
        (["ALTER TABLE profiles_draft NO FORCE ROW LEVEL SECURITY"], "profiles_draft is not locked for its owner"),
    ],
)
def test_a_table_outside_the_lock_is_found(statements, fault):
    assert fault in faults_after(*statements)


def test_a_key_to_a_locked_row_stands_outside_only_where_a_model_says_why():
    assert "atlas_subject has no lock" in faults_after(
        "ALTER TABLE atlas_subject ADD COLUMN drawn_by varchar(50) REFERENCES atlas_dialogue"
    )


def test_what_belongs_to_a_dialogue_says_so_in_the_database():
    """By its own policy for reading, or by one beside it."""
    belonging = {model._meta.db_table for model in apps.get_models() if "dialogue" in getattr(model, "belongs_to", ())}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_policies WHERE cmd = 'SELECT' AND qual LIKE '%%imap_dialogues()%%'"
            " AND (permissive = 'RESTRICTIVE' OR policyname = 'reading')"
        )
        assert {table for (table,) in cursor.fetchall()} == belonging


def test_what_is_outside_the_lock_in_search_belongs_to_nobody_in_particular():
    """What is restricted has a table of its own, under it."""
    assert "search_entry has no lock" in faults_after("ALTER TABLE search_entry ADD COLUMN audience text[]")
    assert "search_restricted_entry has no lock" in faults_after(
        "ALTER TABLE search_restricted_entry DISABLE ROW LEVEL SECURITY"
    )


@pytest.mark.parametrize("options", ["", "WITH (security_invoker = false)", "WITH (security_barrier = true)"])
def test_a_view_that_reads_as_its_owner_is_found(options):
    assert faults_after(f"CREATE VIEW stray {options} AS SELECT * FROM profiles_profile") == [
        "view stray reads as its owner"
    ]


def test_a_view_that_reads_as_who_asks_is_none():
    assert faults_after("CREATE VIEW stray WITH (security_invoker) AS SELECT * FROM profiles_profile") == []


def test_a_view_in_another_schema_is_found():
    made = faults_after("CREATE SCHEMA aside", "CREATE VIEW aside.stray AS SELECT 1 AS one")
    assert made == ["view aside.stray reads as its owner"]


@pytest.mark.parametrize("query", ["SELECT * FROM profiles_profile", "SELECT 1 AS one"])
def test_a_materialised_view_is_found_whatever_it_holds(query):
    assert faults_after(f"CREATE MATERIALIZED VIEW stray AS {query}") == [
        "materialised view stray is a copy without a lock"
    ]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DROP POLICY reading ON profiles_profile", "profiles_profile has no policy for reading"),
        ("DROP POLICY adding ON profiles_edition", "profiles_edition has no policy for adding"),
        ("DROP POLICY changing ON profiles_profile", "profiles_profile has no policy for changing"),
        ("DROP POLICY removing ON profiles_profile", "profiles_profile has no policy for removing"),
        (
            "CREATE POLICY wide ON profiles_profile FOR SELECT USING (true)",
            "profiles_profile has two policies for reading",
        ),
        ("CREATE POLICY wide ON profiles_profile USING (true)", "profiles_profile has one policy for everything, wide"),
        (
            "CREATE POLICY changing ON profiles_edition FOR UPDATE USING (true)",
            "profiles_edition has a policy for changing",
        ),
        (
            "CREATE POLICY removing ON accounts_logentry FOR DELETE USING (true)",
            "accounts_logentry has a policy for removing",
        ),
        ("ALTER POLICY reading ON profiles_profile TO CURRENT_USER", "profiles_profile has a policy for some roles"),
        ("DROP POLICY owner_access ON profiles_profile", "profiles_profile is closed to its owner"),
        ("ALTER POLICY owner_access ON profiles_profile TO PUBLIC", "profiles_profile is closed to its owner"),
        ("ALTER POLICY owner_access ON profiles_profile USING (true)", "profiles_profile is closed to its owner"),
    ],
)
def test_a_lock_that_is_not_whole_is_found(statement, fault):
    assert any(found.startswith(fault) for found in faults_after(statement))


def test_a_locked_table_without_any_policy_is_found():
    found = faults_after("CREATE TABLE stray (audience text[])", *LOCK[:2])
    assert "stray has no policy for reading" in found
    assert "stray is closed to its owner" in found


@pytest.mark.parametrize("kind", ["FUNCTION stray() RETURNS int", "PROCEDURE stray()"])
def test_a_function_that_runs_as_its_owner_is_found(kind):
    assert faults_after(f"CREATE {kind} LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'") == [
        "function stray() runs as its owner"
    ]
