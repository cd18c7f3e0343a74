"""The search table: what is found by words, without its words.

It stands outside row-level security, since the operators of search are not leakproof and under a policy its index would
not be used. So it holds no readable text, is filtered explicitly, and every hit, count and facet comes through the
protected row. The rooms whose records are found keep their entries by triggers, so that none can be forgotten.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Entry(models.Model):
    """A record in one language. `audience`: its own, null when it inherits; `parents`: of what it belongs to."""

    kind = models.CharField(max_length=20)
    record = models.BigIntegerField()
    language = models.CharField(max_length=7, blank=True)
    at = models.DateTimeField()
    audience = ArrayField(models.TextField(), null=True)
    parents = ArrayField(models.TextField(), null=True)
    vector = SearchVectorField()

    class Meta:
        db_table = "search_entry"
        constraints = [models.UniqueConstraint(fields=["kind", "record", "language"], name="one_entry_of_a_record")]
        indexes = [
            # Without a list of what is to be added, which every question would have to read through.
            GinIndex(fields=["vector"], name="search_by_words", fastupdate=False),
            models.Index(fields=["kind", "-at", "-record"], name="search_newest_of_a_kind"),
        ]

    def __str__(self):
        return f"{self.kind} {self.record} {self.language}"
