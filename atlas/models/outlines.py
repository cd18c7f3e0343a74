"""The agreed outlines of profiles: one row for each heading."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.visibility import RestrictedModel
from atlas.addresses import validate_not_reserved
from atlas.change_counters import COUNTED, COUNTED_AS_REFERENCE
from atlas.models.dialogues import Dialogue, Theme
from atlas.models.subjects import SubjectKind


class OutlineSection(RestrictedModel):
    """One heading of the agreed outline of a dialogue, a theme and a kind of subject."""

    mentions = ("theme",)
    belongs_to = ("dialogue",)
    triggers = (COUNTED, COUNTED_AS_REFERENCE)

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="outline", verbose_name=_("dialogue"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="outline", verbose_name=_("theme"))
    kind = models.CharField(_("kind of subject"), max_length=20, choices=SubjectKind, default=SubjectKind.COUNTRY)
    slug = models.SlugField(_("last word of the address"), validators=[validate_not_reserved])
    title = models.CharField(_("title"), max_length=120)
    guidance = models.TextField(_("what belongs here"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        ordering = ["dialogue", "theme", "kind", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "theme", "kind", "slug"], name="one_heading_once_in_an_outline"
            ),
        ]
        verbose_name = _("section of an outline")
        verbose_name_plural = _("outlines")

    def __str__(self):
        return self.title
