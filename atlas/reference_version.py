"""A number that grows whenever reference data change. It is part of the key of every cached page.

Triggers count each transaction that changes a row of a table of reference data (`atlas.change_counters.COUNTED_AS_REFERENCE`), in that
transaction: the number is another once the change is committed, and not before, whoever changed it and how.
"""

from django.db import connection

REVISION = (
    "SELECT sum(reference)::bigint, coalesce(current_setting('imap.changing', true), '') FROM atlas_changecounter"
)


def advance() -> None:
    """Makes every kept page stale, for a change of a table that is not counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT atlas_count_reference()")


def current() -> int:
    """The number as this transaction sees it; the same number, the same reference data.

    Negative where the transaction has changes of its own, which nobody else sees yet: what is made of them is not kept.
    """
    with connection.cursor() as cursor:
        cursor.execute(REVISION)
        number, changing = cursor.fetchone()
        return -number if changing else number
