"""The one way to name the viewer to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from access.viewer import Viewer

SETTING = "imap.viewer"


@contextmanager
def viewing(viewer: Viewer, using: str = "default") -> Iterator[None]:
    """Opens a transaction in which the database's lock knows the viewer; restores the previous viewer after it.

    The setting is local to the transaction. Without one (or after it) the lock shows public rows only, so a
    template rendered too late, or a stream read after the request, sees no more than the public does.
    """
    connection = connections[using]
    was_inside = connection.in_atomic_block
    with transaction.atomic(using):
        previous = _exchange(connection, viewer.as_setting())
        yield
        # After an error the savepoint's rollback restores the setting; at the end of the transaction it is dropped.
        if was_inside and not connection.needs_rollback:
            _exchange(connection, previous)


def _exchange(connection, setting: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(current_setting('{SETTING}', true), ''), set_config('{SETTING}', %s, true)", [setting]
        )
        return cursor.fetchone()[0]
