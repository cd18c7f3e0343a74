"""The search tables: what is found by words.

`Entry` holds what everyone may read, and stands outside row-level security: the operators of search are not leakproof, so
under a policy its index would not be used. `RestrictedEntry` holds the rest, under the lock, since a vector with its
positions is nearly the text itself. Every hit, count and facet comes through the protected row. One function of the
database writes both (`search.entries`), so that an entry is in the one or the other from the change on that makes it so.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from access.fields import AudienceField
from access.policies import RowPolicies
from access.visibility import RestrictedModel

# SQL: the viewer is a secretariat that every one of the audiences may be checked by.
IS_A_SECRETARIATS = (
    "EXISTS (SELECT 1 FROM unnest((SELECT imap_viewer())::text[]) held WHERE held LIKE 'secretariat:%' AND ("
    + " OR ".join(f"held = ANY ({{0}}{name})" for name in ("audience", "second", "third", "fourth", "fifth"))
    + "))"
)


class Indexed(models.Model):
    """A record in one language."""

    kind = models.CharField(max_length=20)
    record = models.BigIntegerField()
    language = models.CharField(max_length=7, blank=True)
    at = models.DateTimeField()
    vector = SearchVectorField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.kind} {self.record} {self.language}"


class Entry(Indexed):
    """Of a record that everyone may read."""

    class Meta:
        db_table = "search_entry"
        constraints = [models.UniqueConstraint(fields=["kind", "record", "language"], name="one_entry_of_a_record")]
        indexes = [
            # Without a list of what is to be added, which every question would have to read through.
            GinIndex(fields=["vector"], name="search_by_words", fastupdate=False),
            models.Index(fields=["kind", "-at", "-record"], name="search_newest_of_a_kind"),
        ]


class Readers(RestrictedModel):
    """Who may read an entry: whoever is in each of these audiences, of a record and of what it belongs to.

    There are few such sets, so that the lock is asked about each of them once, not about each entry. `id` is their digest.
    """

    row_policies = RowPolicies(writing=IS_A_SECRETARIATS.format(""))

    further_audiences = ("second", "third", "fourth", "fifth")

    id = models.UUIDField(primary_key=True)
    audience = AudienceField()
    second = AudienceField(null=True, default=None)
    third = AudienceField(null=True, default=None)
    fourth = AudienceField(null=True, default=None)
    fifth = AudienceField(null=True, default=None)

    class Meta:
        db_table = "search_readers"

    def __str__(self):
        return str(self.id)


class RestrictedEntry(Indexed, RestrictedModel):
    """Entry of a record that not everyone may read."""

    belongs_to = ("readers",)
    row_policies = RowPolicies(
        # An index serves a policy's own condition, whatever its operator; of a query's conditions those alone that are leakproof.
        reading="vector @@ imap_asked()",
        writing=f"EXISTS (SELECT 1 FROM search_readers r WHERE r.id = readers_id AND {IS_A_SECRETARIATS.format('r.')})",
    )

    readers = models.ForeignKey(Readers, models.PROTECT, related_name="+")

    class Meta:
        db_table = "search_restricted_entry"
        constraints = [
            models.UniqueConstraint(fields=["kind", "record", "language"], name="one_restricted_entry_of_a_record")
        ]
        indexes = [
            # It serves a question that the policy of the table asks: `imap_asked`.
            GinIndex(fields=["vector"], name="restricted_by_words", fastupdate=False),
            models.Index(fields=["kind", "-at", "-record"], name="restricted_newest_of_a_kind"),
        ]
