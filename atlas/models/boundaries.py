"""The boundary policy of a dialogue, and the base maps drawn under it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.visibility import RestrictedModel
from atlas.change_counters import COUNTED_AS_REFERENCE
from atlas.models.dialogues import Dialogue
from atlas.models.keys import ISO3


class Treatment(models.TextChoices):
    APART = "apart", _("drawn apart, with dashed lines")
    PART_OF = "part_of", _("drawn as part of its host")
    DASHED = "dashed", _("drawn as part of its host, behind a dashed line")


class BoundaryRule(RestrictedModel):
    """How a territory is drawn: one rule for all dialogues (no dialogue named), or a dialogue's own."""

    belongs_to = ("dialogue",)
    triggers = (COUNTED_AS_REFERENCE,)

    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, null=True, blank=True, related_name="boundary_rules", verbose_name=_("dialogue")
    )
    territory = models.SlugField(_("territory"), help_text=_("a key of data/world/boundaries.json"))
    treatment = models.CharField(_("treatment"), max_length=20, choices=Treatment)
    host = models.CharField(_("host"), max_length=3, blank=True, validators=[ISO3])
    source = models.TextField(_("source"), blank=True)
    is_confirmed = models.BooleanField(_("confirmed by the Secretariat"), default=True)

    class Meta:
        ordering = ["territory", "dialogue"]
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "territory"], name="one_rule_for_a_territory", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="a_part_has_a_host",
                violation_error_message=_("A territory that is shown as part of a country needs that country."),
                violation_error_code="host",
                condition=~Q(treatment=Treatment.PART_OF) | ~Q(host=""),
            ),
        ]
        verbose_name = _("boundary rule")
        verbose_name_plural = _("boundary policy")

    def __str__(self):
        return self.territory


class Basemap(RestrictedModel):
    """The drawn countries and lines, by a dialogue's boundary policy (or, without a dialogue, by the common one)."""

    belongs_to = ("dialogue",)

    dialogue = models.OneToOneField(Dialogue, models.CASCADE, null=True, blank=True, related_name="basemap")
    gzipped = models.BinaryField(help_text="compact TopoJSON for the browser, compressed once when drawn")
    brotli = models.BinaryField(help_text="the same, smaller, for browsers that take it")
    digest = models.CharField(max_length=16)
    bounds = models.JSONField(default=dict, help_text="code → [[south, west], [north, east]]")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dialogue"], name="one_basemap_for_a_dialogue", nulls_distinct=False)
        ]
