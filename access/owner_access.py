"""The owner's way to every row, for purging, backup and restoring: never for serving readers."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

SETTING = "imap.owner_access"  # the policy `owner_access` of each locked table asks it; see `access.policies`
OWNER = "owner"


@contextmanager
def owner_access() -> Iterator[None]:
    """Opens a transaction on the owner's connection in which its role reaches every row of every locked table.

    The setting is local to the transaction. Any role may set it; the policy that asks it is the owner's alone.
    """
    connection = connections[OWNER]
    was_inside = connection.in_atomic_block
    with transaction.atomic(OWNER):
        previous = _exchange(connection, "on")
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
