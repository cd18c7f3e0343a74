"""Removes what is kept for a limited time. Only the owner's database role can."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from access.owner_access import OWNER, owner_access
from accounts.activity_log.usage import count_use
from accounts.models import LogEntry


def purge_log(now: datetime | None = None) -> int:
    """Deletes counted lines of the log that are older than `LOG_DAYS`. Returns how many."""
    oldest_kept = (now or timezone.now()) - timedelta(days=settings.LOG_DAYS)
    with owner_access():
        count_use(OWNER)
        removed, _ = LogEntry.objects.using(OWNER).filter(at__lt=oldest_kept).delete()
    return removed
