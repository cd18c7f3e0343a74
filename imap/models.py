"""The journal's table: what ended, was narrowed or withdrawn, as the database's triggers note it."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now


class JournalEntry(models.Model):
    """Written by triggers alone (`imap/migrations`); shipped to files outside the database, replayed after a restore.

    `key`: the columns that name the row. `change`: what its columns became; null where the row was removed.
    """

    append_only, may_change = True, ("shipped_at",)

    id = models.UUIDField(primary_key=True, db_default=RandomUUID())
    at = models.DateTimeField(db_default=Now())
    of_table = models.TextField()
    key = models.JSONField()
    change = models.JSONField(null=True)
    shipped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "imap_journal"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["at"], condition=models.Q(shipped_at=None), name="journal_to_be_shipped")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.of_table} {self.key}"
