"""Appends to the journal's file what the database noted: before the transaction of the deed is through, and every minute
what was noted by other ways, such as commands."""

import logging
from datetime import UTC

from django.conf import settings
from django.contrib.postgres.functions import TransactionNow
from django.db import connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.viewing import NotNoted
from imap.journal.files import Line, append
from imap.models import JournalEntry

logger = logging.getLogger(__name__)
SHIPPING = 7_310_114  # of the database's advisory locks


def ship_before_commit(using: str) -> None:
    """What this transaction noted is on the file's disk before it is through. Raises NotNoted, which rolls it back.

    Whatever could still refuse the transaction is asked first: a line of something that was not done would be done when
    the journal is replayed.
    """
    if settings.JOURNAL_DIR is None:
        return
    noted = JournalEntry.objects.using(using).filter(shipped_at=None, at__gte=TransactionNow())
    entries = list(noted.select_for_update(skip_locked=True))
    if not entries:
        return
    connections[using].check_constraints()
    hold_off_starts(using)
    try:
        append(settings.JOURNAL_DIR, map(line_of, entries))
    except OSError as error:
        logger.exception("the journal could not be written")
        raise NotNoted("The journal cannot be written, so nothing was changed.") from error
    _mark(JournalEntry.objects.using(using), entries)


def hold_off_starts(using: str) -> None:
    """Until the transaction is through, no process that starts compares file and database, which differ meanwhile."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SHIPPING])


def wait_for_shipping(using: str) -> None:
    """Returns once nobody is between the file and the end of their transaction; until this one ends, nobody gets there."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SHIPPING])


def _mark(rows: QuerySet, entries: list[JournalEntry]) -> None:
    rows.filter(pk__in=[entry.pk for entry in entries]).update(shipped_at=timezone.now())


def ship() -> int:
    """How many entries went to the file. They are marked once they are on its disk; until then they are shipped again."""
    if settings.JOURNAL_DIR is None:
        return 0
    with transaction.atomic():
        hold_off_starts("default")
        noted = list(JournalEntry.objects.select_for_update().filter(shipped_at=None))
        if noted:
            append(settings.JOURNAL_DIR, map(line_of, noted))
            _mark(JournalEntry.objects.all(), noted)
    return len(noted)


def line_of(entry: JournalEntry) -> Line:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return {"id": str(entry.pk), "at": at, "of_table": entry.of_table, "key": entry.key, "change": entry.change}
