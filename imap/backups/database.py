"""The database part of a backup: required rights, row counts, and the calls of pg_dump and pg_restore."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from access.owner_access import OWNER, SETTING, owner_access
from imap.backups import BackupError
from imap.backups.programs import program, run

# Who is signed in belongs to the moment, and a session's key lets in who holds it.
ROWS_LEFT_OUT = ("django_session",)

ASIDE = "before_restore"  # the schema that holds what is being replaced, until the new is whole
ANYBODYS = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
OURS = f"{ANYBODYS} AND n.nspname <> '{ASIDE}'"
TABLES = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND {OURS} ORDER BY 1
"""
LOCKED = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity AND c.relforcerowsecurity AND {OURS} ORDER BY 1
"""
NOT_OWNED = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S', 'v') AND {OURS} AND NOT pg_has_role(current_user, c.relowner, 'USAGE') ORDER BY 1
"""
NOT_KEPT = f"""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relrowsecurity AND {OURS} AND NOT EXISTS (
        SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'owner_access'
        AND p.polroles = ARRAY[current_user::regrole::oid]) ORDER BY 1
"""
# The schemas that hold something; of an empty database none.
HELD = f"""
    SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ANYBODYS} ORDER BY 1
"""

# Keywords of a connection → the variables that tell them to a program of PostgreSQL: no password in its arguments.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "options": "PGOPTIONS",
}
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")


def asked(query: str) -> list[tuple]:
    """The rows of a query of the owner's, if it gives any."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []


def names(query: str) -> list[str]:
    return [name for (name,) in asked(query)]


def server_version() -> int:
    """The major version of the server."""
    connections[OWNER].ensure_connection()
    return connections[OWNER].connection.server_version // 10_000


def roles() -> dict[str, str]:
    return {"owner": asked("SELECT current_user")[0][0], "application": connections["default"].settings_dict["USER"]}


def refuse_other_roles() -> None:
    """Raises BackupError unless the role of DATABASE_OWNER_URL can reach every row: else a backup would miss some."""
    role = roles()["owner"]
    if foreign := names(NOT_OWNED):
        raise BackupError(
            f"The role {role} does not own {foreign[0]} and {len(foreign) - 1} more: a backup is made and taken back by "
            "the owner's role (DATABASE_OWNER_URL)."
        )
    if unkept := names(NOT_KEPT):
        raise BackupError(f"The role {role} cannot keep the rows of {', '.join(unkept)}: migrate first.")


def row_counts() -> dict[str, int]:
    """Table → number of its rows, as far as the present transaction reaches them."""
    return {
        table: 0 if table in ROWS_LEFT_OUT else asked(f"SELECT count(*) FROM {table}")[0][0] for table in names(TABLES)
    }


@contextmanager
def snapshot() -> Iterator[str]:
    """Keeps, at one moment of the database; gives the name by which pg_dump joins that moment."""
    with transaction.atomic(OWNER):
        asked("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        [(name,)] = asked("SELECT pg_export_snapshot()")
        with owner_access():
            yield name


def dump(target: Path, snapshot: str) -> int:
    """Writes the database as of the snapshot; returns pg_dump's major version."""
    pg_dump = program("pg_dump", server_version())
    arguments = ["--format=custom", "--enable-row-security", f"--snapshot={snapshot}", f"--file={target}"]
    arguments += [f"--exclude-schema={ASIDE}"]
    arguments += [f"--exclude-table-data={table}" for table in ROWS_LEFT_OUT]
    run(pg_dump, ["--no-password", *arguments], environment())
    return pg_dump.major


def restore_dump(source: Path) -> None:
    """Restores all of it or nothing. Tables are the present role's; grants and policies are the dump's."""
    name = str(connections[OWNER].settings_dict["NAME"])
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-password", f"--dbname={name}"]
    run(program("pg_restore", server_version()), [*arguments, str(source)], environment())


def environment() -> Mapping[str, str]:
    """For pg_dump and pg_restore: the owner's connection, which says for its session that it keeps."""
    own = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("PG")}
    params: dict[str, Any] = connections[OWNER].get_connection_params()
    own |= {VARIABLES[name]: str(value) for name, value in params.items() if name in VARIABLES and value is not None}
    return own | {"PGOPTIONS": f"{own.get('PGOPTIONS', '')} -c {SETTING}=on".strip()}
