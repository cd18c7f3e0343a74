"""What the database's triggers keep for the whole portal: the journal of what ended, was narrowed or withdrawn, and the
addresses at which things stood before the words of their addresses were changed.
"""

from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from access.policies import RowPolicies
from access.row_level_security import secretariat_holds
from access.viewer import Viewer
from access.visibility import RestrictedModel, RestrictedQuerySet
from atlas.models import OutlineSection, Subject
from newscentre.models import Review
from profiles.models import Profile
from routes.models import Story

# What belongs to a row that is locked is written by its secretariat; names are written by whoever may change them.
WRITING = f"((profile_id IS NULL AND story_id IS NULL AND review_id IS NULL) OR {secretariat_holds('dialogue')})"
IS_SAYABLE = "(subject_id IS NULL OR subject_id IN (SELECT atlas_subject_sayable_keys()))"


class JournalEntry(models.Model):
    """Written by triggers alone (`imap.journal.noted_changes`); shipped to files outside the database, replayed after a restore.

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
        indexes = [
            models.Index(fields=["at"], condition=models.Q(shipped_at=None), name="journal_to_be_shipped"),
            models.Index(fields=["of_table", "key"], name="journal_by_row"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.of_table} {self.key}"


class FormerAddressQuerySet(RestrictedQuerySet):
    def visible_to(self, viewer: Viewer):
        """Those of which what they led to may be seen, or may be named."""
        sayable = Q(subject__in=Subject.objects.sayable_to(viewer))
        return super().visible_to(viewer).filter(Q(subject__isnull=True) | sayable)


class FormerAddress(RestrictedModel):
    """A word that led to something, and what it led to; written by the database alone, whoever changes the word.

    `dialogue`, `theme` and `kind` (of a subject) are the words beside it in the address, empty where there is none.
    """

    belongs_to = ("profile", "story", "review", "heading")
    mentions = ("subject",)
    row_policies = RowPolicies(reading=IS_SAYABLE, writing=WRITING, changing=f"({WRITING} AND {IS_SAYABLE})")

    dialogue = models.SlugField(blank=True)
    theme = models.SlugField(blank=True)
    kind = models.CharField(max_length=20, blank=True)
    word = models.CharField(max_length=80)
    profile = models.ForeignKey(Profile, models.CASCADE, null=True, related_name="+")
    heading = models.ForeignKey(OutlineSection, models.CASCADE, null=True, related_name="+")
    subject = models.ForeignKey(Subject, models.CASCADE, null=True, related_name="+")
    story = models.ForeignKey(Story, models.CASCADE, null=True, related_name="+")
    review = models.ForeignKey(Review, models.CASCADE, null=True, related_name="+")
    left_at = models.DateTimeField()

    objects: ClassVar = FormerAddressQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["word"], name="former_addresses_by_word")]
        verbose_name = "former address"
        verbose_name_plural = "former addresses"

    def __str__(self):
        return "/".join(filter(None, [self.dialogue, self.theme, self.kind, self.word]))
