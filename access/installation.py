"""Installs the database's rules: functions, views, triggers, policies and the application's rights.

The rules are what the code declares: policies follow from the models (`access.policies`), triggers stand at the models or in
a room's `database_rules`, functions and views in `<room>/sql/`. Migrations make tables alone and see them without rules.

`migrate` takes the application's rights away before the first migration. After the last one, a single transaction drops
all rules, creates those that are declared, compares PostgreSQL's catalogue with the models, and grants the application
its rights table by table. Killed at any moment, it leaves either the rules whole or an application without rights.
A table that nobody declared gets no grant.
"""

import hashlib
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction

from access import catalogue
from access.numbers import random_keys_sql
from access.owner_access import OWNER
from access.policies import APPEND_ONLY, MAY_CHANGE, locked_tables
from access.triggers import Trigger, declared_triggers

APPLICATION = "default"  # the connection of the role that serves

DROP_RULES = """
DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('DROP POLICY %I ON %s', p.polname, c.oid::regclass)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('DROP TRIGGER %I ON %s', t.tgname, c.oid::regclass)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
    LOOP
        EXECUTE statement;
    END LOOP;
    FOR statement IN
        SELECT format('DROP VIEW IF EXISTS %s CASCADE', c.oid::regclass)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
        UNION ALL
        SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure)
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$
"""
# Migrations, as the owner, see every row: the policies are gone, and the application has no rights.
DISABLE_ROW_LEVEL_SECURITY = """
DO $$
DECLARE
    locked regclass;
BEGIN
    FOR locked IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity LOOP
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', locked);
    END LOOP;
END
$$
"""
# What the catalogue says of rules and rights, in the words of PostgreSQL, without the function that holds its digest.
CATALOGUE_DIGEST = """
    SELECT md5(string_agg(line, E'\\n' ORDER BY line COLLATE "C")) FROM (
        SELECT concat_ws(' ', 'policy', p.polrelid::regclass, p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[],
                         pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) AS line
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(' ', 'trigger', t.tgenabled, pg_get_triggerdef(t.oid))
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
        UNION ALL
        SELECT concat_ws(' ', 'function', pg_get_functiondef(p.oid)) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND p.proname <> 'imap_installed_rules'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT concat_ws(' ', 'relation', c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
                         (SELECT array_agg(right_::text ORDER BY right_::text) FROM unnest(c.relacl) right_),
                         CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) END)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attname, a.attacl)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attacl IS NOT NULL
    ) lines
"""
INSTALLED = "SELECT to_regprocedure('imap_installed_rules()') IS NOT NULL"
ADVICE = "Run `python manage.py migrate --database owner`."


def withdraw_rights(sender: Any, using: str, plan: Any = (), **kwargs: Any) -> None:
    """Before migrating: takes the application's rights away and drops the rules. Nothing to migrate and nothing to install: no change."""
    if not _is_ours(sender, using) or not (plan or why_rules_differ(using)):
        return
    with transaction.atomic(using), connections[using].cursor() as cursor:
        _take_off(cursor)


def install(sender: Any, using: str = APPLICATION, **kwargs: Any) -> None:
    """After migrating: installs the rules.

    Without all tables (`migrate` of one application, or backwards) the application stays without rights.
    """
    if not _is_ours(sender, using) or not _has_all_tables(using):
        return
    install_rules(using)


def install_rules(using: str) -> None:
    """Installs the rules, compares the catalogue with the models and grants rights, all or nothing; nothing where all is as it should be.

    Raises ImproperlyConfigured when a lock would not be whole.
    """
    with transaction.atomic(using), connections[using].cursor() as cursor:
        if why_rules_differ(using):
            _take_off(cursor)
            for statement in rules():
                cursor.execute(statement)
            if faults := catalogue.faults(cursor, append_only_tables(), regardless_columns()):
                raise ImproperlyConfigured("The database's rules are not whole: " + "; ".join(faults))
            for statement in grants(_application_role(cursor)):
                cursor.execute(statement)
            cursor.execute(CATALOGUE_DIGEST)
            (digest,) = cursor.fetchone()
            cursor.execute(
                "CREATE FUNCTION imap_installed_rules() RETURNS text[] LANGUAGE sql IMMUTABLE AS "
                f"$$ SELECT ARRAY['{rules_digest()}', '{digest}'] $$"
            )
        for room in rooms_with_rules():
            for statement in getattr(room, "ROWS", ()):
                cursor.execute(statement)


def why_rules_differ(using: str = APPLICATION) -> list[str]:
    """Why the rules of this database are not those of the code; empty when they are."""
    with connections[using].cursor() as cursor:
        cursor.execute(INSTALLED)
        if cursor.fetchone() == (False,):
            return [f"The rules of the database are not installed. {ADVICE}"]
        cursor.execute(f"SELECT (SELECT imap_installed_rules()), ({CATALOGUE_DIGEST})")
        (of_code, of_catalogue), found = cursor.fetchone()
    if of_code != rules_digest():
        return [f"The rules of the database are those of another version of the portal. {ADVICE}"]
    if of_catalogue != found:
        return [f"The rules of the database are not as `migrate` left them. {ADVICE}"]
    return []


def rules() -> Iterator[str]:
    """The SQL of all rules, in the order in which they are created."""
    yield "SET LOCAL check_function_bodies = off"  # tables and functions name one another
    yield from random_keys_sql()
    yield from functions_and_views()
    for table, policies in locked_tables().items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield from (policy.sql for policy in policies)
    for table, trigger in triggers():
        yield from trigger.statements(table)


def functions_and_views() -> Iterator[str]:
    """Functions first: views call them."""
    texts = [path.read_text() for room in _rooms() for path in sorted((Path(room.path) / "sql").glob("*.sql"))]
    yield from (text for text in texts if "CREATE VIEW" not in text)
    for room in rooms_with_rules():
        yield from getattr(room, "FUNCTIONS", ())
    yield from (text for text in texts if "CREATE VIEW" in text)


def triggers() -> Iterator[tuple[str, Trigger]]:
    """Table and trigger, of all rooms."""
    yield from declared_triggers()
    for room in rooms_with_rules():
        yield from getattr(room, "TRIGGERS", ())


def grants(role: str) -> Iterator[str]:
    """SQL that gives the application its rights, table by table."""
    if not role:
        return
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    append_only = append_only_tables()
    for table in sorted({*locked_tables(), *unlocked_tables()}):
        commands = "SELECT, INSERT" if table in append_only else "SELECT, INSERT, UPDATE, DELETE"
        yield f"GRANT {commands} ON {table} TO {role}"
        for column in append_only.get(table, ()):
            yield f'GRANT UPDATE ("{column}") ON {table} TO {role}'
    yield f"GRANT SELECT ON django_migrations TO {role}"
    yield (
        "DO $$ DECLARE named regclass; BEGIN "
        "FOR named IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'S') LOOP "
        f"EXECUTE format('GRANT SELECT ON %s TO {role}', named); END LOOP; "
        "FOR named IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' LOOP "
        f"EXECUTE format('GRANT USAGE ON SEQUENCE %s TO {role}', named); END LOOP; END $$"
    )


def append_only_tables() -> dict[str, tuple[str, ...]]:
    """Tables whose rows are added once → the columns that may be changed all the same."""
    models = (model for model in apps.get_models() if getattr(model, APPEND_ONLY, False))
    return {model._meta.db_table: getattr(model, MAY_CHANGE, ()) for model in models}


def regardless_columns() -> list[str]:
    """Keys to locked rows, as table.column, that decide nothing about who reads theirs."""
    return [
        f"{model._meta.db_table}.{model._meta.get_field(name).column}"
        for model in apps.get_models()
        for name in getattr(model, "regardless_of", {})
    ]


def unlocked_tables() -> dict[str, str]:
    """Tables without row-level security that the application may use → why they need none."""
    return {table: reason for room in rooms_with_rules() for table, reason in getattr(room, "UNLOCKED", {}).items()}


def rooms_with_rules() -> list[ModuleType]:
    """The modules `database_rules` of all rooms."""
    names = (f"{room.name}.database_rules" for room in _rooms())
    return [import_module(name) for name in names if find_spec(name)]


def rules_digest() -> str:
    """Of what the code declares, rights included: another digest, other rules."""
    declared = [*rules(), *grants("application")]
    return hashlib.sha256("\n".join(declared).encode()).hexdigest()


def _take_off(cursor: Any) -> None:
    """Takes all rights away but the owner's, those of everybody included, and drops the rules."""
    roles = ", ".join(filter(None, ("PUBLIC", _application_role(cursor))))
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {roles}")
    cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {roles}")
    cursor.execute(DROP_RULES)
    cursor.execute(DISABLE_ROW_LEVEL_SECURITY)


def _rooms() -> list[AppConfig]:
    """The portal's own applications, not those of libraries."""
    return [room for room in apps.get_app_configs() if Path(room.path).parent == settings.BASE_DIR]


def _is_ours(sender: Any, using: str) -> bool:
    return using == OWNER and sender.name == "access"


def _has_all_tables(using: str) -> bool:
    return {*locked_tables(), *unlocked_tables()} <= {*connections[using].introspection.table_names()}


def _application_role(cursor: Any) -> str:
    """The quoted name of the role that serves; empty where it is the owner itself."""
    role = connections[APPLICATION].settings_dict["USER"]
    cursor.execute("SELECT current_user")
    return "" if cursor.fetchone() == (role,) else connections[OWNER].ops.quote_name(role)
