"""Models of guided stories: steps through the map, composed by a secretariat."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField
from access.policies import RowPolicies
from access.triggers import Trigger
from access.visibility import RestrictedModel
from atlas.addresses import validate_not_reserved
from atlas.models import Dialogue, Subject, SubjectKind, Theme
from routes.models.records import Layer


class Story(RestrictedModel):
    """A guided walk through the map: steps that a secretariat composed, each a view of the map with its text."""

    mentions = ("theme",)
    belongs_to = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="stories", verbose_name=_("dialogue"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="stories", verbose_name=_("theme"))
    slug = models.SlugField(_("last word of the address"), validators=[validate_not_reserved])
    title = models.CharField(_("title"), max_length=160)
    introduction = models.TextField(_("introduction"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    audience = AudienceField(verbose_name=_("audience"))

    class Meta:
        ordering = ["dialogue", "position", "slug"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "slug"], name="one_story_at_an_address")]
        verbose_name = _("guided story")
        verbose_name_plural = _("guided stories")

    def __str__(self):
        return self.title

    @property
    def log_name(self) -> str:
        return f"{self.dialogue_id}/stories/{self.slug}"


class StoryStep(RestrictedModel):
    """One view of the map, and what is told of it. What the map shows there is what its reader may see."""

    mentions = ("route",)
    belongs_to = ("story",)
    row_policies = RowPolicies(read_from_both_ends=("layers",))
    join_table_triggers = {
        "layers": (Trigger("step_has_layers", "AFTER INSERT OR UPDATE OR DELETE", "routes_step_has_layers()"),)
    }

    story = models.ForeignKey(Story, models.CASCADE, related_name="steps", verbose_name=_("guided story"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    heading = models.CharField(_("heading"), max_length=160)
    text = models.TextField(_("text"))
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(
        _("quarter"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    route = models.ForeignKey(
        Subject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("route"),
        limit_choices_to={"kind": SubjectKind.ROUTE},
        help_text=_("empty: all routes"),
    )
    layers = models.ManyToManyField(
        Layer, blank=True, related_name="+", verbose_name=_("layers"), help_text=_("empty: all layers")
    )
    # Kept by the database: a reader who sees none of the layers cannot tell that there are any.
    has_layers = models.BooleanField(_("is about layers"), default=False, db_default=False, editable=False)
    latitude = models.FloatField(_("latitude"), validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    zoom = models.FloatField(_("zoom"), default=4, validators=[MinValueValidator(2), MaxValueValidator(7)])

    shown_layers: "list[Layer]"  # filled by routes.views: those that the viewer may see
    route_word: str  # filled by routes.views: of a route that the reader's map shows
    layer_words: str  # filled by routes.views: their words in the edition's lines

    class Meta:
        ordering = ["story", "position", "pk"]
        verbose_name = _("step of a story")
        verbose_name_plural = _("steps of a story")

    def __str__(self):
        return self.heading

    @property
    def view(self) -> str:
        """Latitude, longitude and zoom as static/js/routes.js reads them, whatever the reader's language."""
        return f"{self.latitude:g},{self.longitude:g},{self.zoom:g}"
