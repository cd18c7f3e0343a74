"""Model of a geodata import: the file, what it would change, and whether that was applied."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from access.visibility import RestrictedModel
from atlas.models import Dialogue, Subject, SubjectKind
from routes.models.records import Layer, Mode


class ImportState(models.TextChoices):
    WAITING = "waiting", _("waiting to be read")
    READ = "read", _("read: to be looked at")
    REFUSED = "refused", _("refused")
    TAKING = "taking", _("being taken")
    TAKEN = "taken", _("taken")
    LEFT = "left", _("left aside")


LONGEST_WAIT = timedelta(minutes=15)  # a task that takes longer was ended long before
# Nothing of these is decided yet; a worker may be at them, or may have been when it died.
UNDECIDED = (ImportState.WAITING, ImportState.READ, ImportState.TAKING)


def _path(row: "GeodataImport", name: str) -> str:
    """A random storage path, independent of the file's own name."""
    return f"imports/{get_random_string(24)}"


class GeodataImport(RestrictedModel):
    """`rows` of the file, and of each its outcome (see `routes.importing.diff`); empty until it was read.

    `why` it is refused, or could not be taken, and `notes` about what was read: codes of `routes.importing.errors`.

    Seen by the desk alone.
    """

    mentions = ("route",)
    belongs_to = ("dialogue", "layer")
    desk = "dialogue"

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="+", verbose_name=_("dialogue"))
    layer = models.ForeignKey(
        Layer, models.SET_NULL, null=True, related_name="+", verbose_name=_("layer"),
        help_text=_("of rows that name none"),
    )  # fmt: skip
    route = models.ForeignKey(
        Subject, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("route"),
        limit_choices_to={"kind": SubjectKind.ROUTE}, help_text=_("of rows that name none"),
    )  # fmt: skip
    mode = models.CharField(_("mode"), max_length=10, blank=True, choices=Mode, help_text=_("of rows that name none"))
    file = models.FileField(_("file"), upload_to=_path, blank=True)
    name = models.CharField(_("name of the file"), max_length=200)
    state = models.CharField(_("status"), max_length=10, choices=ImportState, default=ImportState.WAITING)
    why = models.JSONField(_("reason"), null=True, default=None)
    notes = models.JSONField(_("notes"), default=list)
    rows = models.JSONField(_("rows"), default=list)
    outcomes = models.JSONField(_("outcomes"), default=list)
    digest = models.CharField(_("mark of the content"), max_length=64, blank=True)
    waiting_since = models.DateTimeField(_("waiting for the worker since"), null=True, default=None, editable=False)
    brought_at = models.DateTimeField(_("brought in"), auto_now_add=True)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("brought in by")
    )

    class Meta:
        ordering = ["-brought_at"]
        verbose_name = _("import of geodata")
        verbose_name_plural = _("imports of geodata")

    def __str__(self):
        return self.name

    @property
    def is_at_work(self) -> bool:
        """A worker is at it, or is to come."""
        return self.state in (ImportState.WAITING, ImportState.TAKING)

    @property
    def is_overdue(self) -> bool:
        """No worker came within the time that one takes, or it ended in the midst."""
        since = self.waiting_since or self.brought_at
        return self.is_at_work and timezone.now() - since > LONGEST_WAIT

    @property
    def log_name(self) -> str:
        return f"{self.dialogue_id}/import {self.pk}"
