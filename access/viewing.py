"""Names the viewer to the database for one transaction. There is no other way to do so."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import InterfaceError, OperationalError, connections, transaction

from access.viewer import Viewer

SETTING, WITHIN = "imap.viewer", "imap.within"
EXCHANGE = f"""SELECT coalesce(current_setting('{SETTING}', true), ''), coalesce(current_setting('{WITHIN}', true), ''),
           set_config('{SETTING}', %s, true), set_config('{WITHIN}', %s, true)
"""
# Called with the connection's alias before what was written under a viewer is committed; they raise NotNoted.
BEFORE_COMMIT: list[Callable[[str], object]] = []


class NotNoted(Exception):
    """Raised when a change could not be written to the journal; the change is then rolled back."""


_remembered: ContextVar[dict[Any, Any] | None] = ContextVar("remembered", default=None)


def remembered() -> dict[Any, Any]:
    """A cache of lookups for the viewer whom the database knows, dropped when the viewer changes."""
    kept = _remembered.get()
    return {} if kept is None else kept


@contextmanager
def _remembering() -> Iterator[None]:
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


@contextmanager
def viewing(viewer: Viewer, using: str = "default", *, only_reads: bool = False) -> Iterator[None]:
    """Opens a transaction in which the database's lock knows the viewer; restores the previous viewer after it.

    Its settings are local to the transaction. Without them (or after it) the lock shows public rows only, so a
    template rendered too late, or a stream read after the request, sees no more than the public does.

    `only_reads`: nothing is changed that BEFORE_COMMIT would have to see. Raises NotNoted, and rolls back.
    """
    connection: Any = connections[using]
    was_inside, was_viewing = connection.in_atomic_block, getattr(connection, "is_viewing", False)
    with transaction.atomic(using):
        previous = _exchange(connection, viewer.as_setting(), viewer.within_as_setting())
        connection.is_viewing = True
        try:
            with _remembering():
                yield
        finally:
            connection.is_viewing = was_viewing
        if connection.needs_rollback:
            return
        if not was_viewing and not only_reads:
            for note in BEFORE_COMMIT:
                note(using)
        # After an error the savepoint's rollback restores the setting; at the end of the transaction it is dropped.
        if was_inside:
            _exchange(connection, *previous)


def every_secretariat(using: str = "default") -> Viewer:
    """The viewer of tasks and commands that work for all secretariats, including those of hidden dialogues."""
    row = asked("SELECT imap_secretariats()", {}, using)
    return Viewer.of(row[0] if row else ())


def asked_as(viewer: Viewer, sql: str, values: Mapping[str, Any], using: str = "default") -> tuple | None:
    """The first row of one question asked as this viewer, in one round trip.

    Sent together, two statements are a transaction of their own, so the setting ends with the question.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        with viewing(viewer, using):
            return _first_row(connection, sql, values)
    both = f"SELECT set_config('{SETTING}', %(viewer)s, true), set_config('{WITHIN}', %(limit)s, true); {sql}"
    return asked(both, {**values, "viewer": viewer.as_setting(), "limit": viewer.within_as_setting()}, using)


def asked(sql: str, values: Mapping[str, Any], using: str = "default") -> tuple | None:
    """The first row of a question that is of no locked rows, or names its viewer itself.

    A connection that was kept since an earlier request is tried by the question itself, not by another one before it.
    """
    connection = connections[using]
    connection.health_check_done = True  # type: ignore[attr-defined]  # of Django, in none of its stubs
    try:
        return _first_row(connection, sql, values)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()  # the server was restarted meanwhile
        return _first_row(connection, sql, values)


def _first_row(connection, sql: str, values: Mapping[str, Any]) -> tuple | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def _exchange(connection, viewer: str, within: str) -> tuple[str, str]:
    """Sets both settings in one statement and returns their former values."""
    with connection.cursor() as cursor:
        cursor.execute(EXCHANGE, [viewer, within])
        return cursor.fetchone()[:2]
