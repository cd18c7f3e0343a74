"""Appends to the journal's file what the database noted: after each request that may change something, and every minute."""

from datetime import UTC

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from imap.journal.files import Line, append
from imap.models import JournalEntry


def ship() -> int:
    """How many entries went to the file. They are marked once they are on its disk; until then they are shipped again."""
    if settings.JOURNAL_DIR is None:
        return 0
    with transaction.atomic():
        noted = list(JournalEntry.objects.select_for_update().filter(shipped_at=None))
        if noted:
            append(settings.JOURNAL_DIR, map(line_of, noted))
            JournalEntry.objects.filter(pk__in=[entry.pk for entry in noted]).update(shipped_at=timezone.now())
    return len(noted)


def line_of(entry: JournalEntry) -> Line:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return {"id": str(entry.pk), "at": at, "of_table": entry.of_table, "key": entry.key, "change": entry.change}
