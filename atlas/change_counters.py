"""Counters that grow with every change of rows on which pages and layers depend, whoever made it and how.

Each transaction that changes a row of such a table counts itself in `atlas_changecounter`, once, in one of several slots, so
that two who publish seldom wait for one another. The sum grows with every such commit, and with nothing else. What pages
share (names, indicators, sources) is counted apart as well, as it is part of the key of every kept page.

A page is kept when the mark after it was made is the one before it: then nothing counted was committed in between, and
all its queries saw one state, as they would in one snapshot.
"""

from collections import OrderedDict
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.utils import timezone

from access.triggers import Trigger
from access.viewer import ANYONE
from access.viewing import asked

CHANGES = """
    coalesce(current_setting('imap.changing', true), ''), (SELECT sum(number)::bigint FROM atlas_changecounter),
    (SELECT sum(reference)::bigint FROM atlas_changecounter)
"""
# Columns of a query, which is told `today`.
MARK = f"{CHANGES}, concat(current_setting('imap.viewer', true), current_setting('imap.within', true)), %(today)s"
MARK_OF_THE_PUBLIC = f"{CHANGES}, '{ANYONE.as_setting()}', %(today)s"


class Mark(NamedTuple):
    """What the columns `MARK` of a query give, to be compared with another's.

    `viewer`: whom the lock knows, as it has its part in every answer. `today`: YYYY-MM-DD, as figures come to be known.
    """

    changing: str
    changes: int
    revision: int
    viewer: str
    today: str

    @property
    def is_of_committed_rows(self) -> bool:
        """Whether every transaction with this mark sees the same; not so one with changes of its own."""
        return not self.changing

    @property
    def changes_reference(self) -> bool:
        """Whether the transaction itself changed what all pages share."""
        return self.changing == "reference"


def mark_now() -> Mark:
    """The counters as the viewer known to the database sees them. Read it before what it is to vouch for."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {MARK}", {"today": today()})
        return Mark(*cursor.fetchone())


def mark_of_the_public() -> tuple | None:
    """The public's counters, in one round trip and outside `viewing`. Reads no restricted rows."""
    return asked(f"SELECT {MARK_OF_THE_PUBLIC}", {"today": today()})


def today() -> str:
    return timezone.localdate().isoformat()


Found = TypeVar("Found")


class CachedLookup(Generic[Found]):
    """What this process has looked up, with the mark under which it is true; the oldest goes first."""

    def __init__(self, most: int):
        self.most = most
        self._kept: OrderedDict[Any, tuple[Mark, Found]] = OrderedDict()

    def get(self, key: Any) -> tuple[Mark, Found] | tuple[None, None]:
        return self._kept.get(key, (None, None))

    def keep(self, key: Any, mark: Mark, found: Found) -> None:
        """Nothing is kept that a transaction sees by changes of its own."""
        if not mark.is_of_committed_rows:
            return
        self._kept[key] = mark, found
        while len(self._kept) > self.most:
            try:
                self._kept.popitem(last=False)
            except KeyError:  # another thread was first
                break

    def forget(self) -> None:
        """For those who change databases: the next is looked up."""
        self._kept.clear()


# Declared in the `triggers` of a model: every change of its table counts, those by replication or from a backup too.
EVERY_CHANGE = "BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE"
COUNTED = Trigger("count_change", EVERY_CHANGE, "atlas_count_change()", per_statement=True, always=True)
# The same, for every page: of names, indicators, sources, whatever pages show of the world.
COUNTED_AS_REFERENCE = Trigger(
    "count_reference_change", EVERY_CHANGE, "atlas_count_reference_change()", per_statement=True, always=True
)
