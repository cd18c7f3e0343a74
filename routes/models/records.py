"""Models of layers, segments and stops, which say who may see them, and of their drawings."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djgeojson.fields import LineStringField, PointField

from access.fields import AudienceField
from access.numbers import RandomKeyField
from access.visibility import RestrictedModel
from atlas.addresses import validate_not_reserved
from atlas.change_counters import COUNTED
from atlas.models import Dialogue, Subject, SubjectKind, Theme
from atlas.periods import validate_partial_date


class Layer(RestrictedModel):
    """A set of segments and stops that are shown, hidden and shared together."""

    mentions = ("theme",)
    belongs_to = ("dialogue",)
    triggers = (COUNTED,)

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="layers", verbose_name=_("dialogue"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="layers", verbose_name=_("theme"))
    slug = models.SlugField(_("identifier"), validators=[validate_not_reserved])
    name = models.CharField(_("name"), max_length=120)
    precision = models.PositiveSmallIntegerField(
        _("decimals of a degree"),
        default=2,
        validators=[MaxValueValidator(5)],
        help_text=_("to which open access rounds: 2 is about a kilometre"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    audience = AudienceField(verbose_name=_("audience"))

    class Meta:
        ordering = ["dialogue", "position"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "slug"], name="one_layer_of_a_name"),
            models.CheckConstraint(
                name="precision_within_a_metre",
                violation_error_message=_("At most 5 decimals: more would be less than a metre."),
                violation_error_code="precision",
                condition=models.Q(precision__lte=5),
            ),
        ]
        verbose_name = _("layer")
        verbose_name_plural = _("layers")

    def __str__(self):
        return self.name

    @property
    def log_name(self) -> str:
        return f"layer {self.dialogue_id}/{self.slug}"


class StopKind(models.TextChoices):
    HUB = "hub", pgettext_lazy("a town on migration routes", "hub")
    TOWN = "town", _("town")
    PORT = "port", _("port")
    CROSSING = "crossing", _("crossing point")
    LANDING = "landing", _("landing point")


class Stop(RestrictedModel):
    """A place on the routes."""

    mentions = ("place",)
    belongs_to = ("layer",)
    triggers = (COUNTED,)

    id = RandomKeyField(primary_key=True)
    layer = models.ForeignKey(Layer, models.PROTECT, related_name="stops", verbose_name=_("layer"))
    place = models.ForeignKey(
        Subject,
        models.PROTECT,
        related_name="stops_here",
        verbose_name=_("place"),
        limit_choices_to={"kind__in": [SubjectKind.HUB, SubjectKind.CITY]},
    )
    kind = models.CharField(_("kind"), max_length=20, choices=StopKind)
    audience = AudienceField(null=True, default=None, verbose_name=_("audience"), help_text=_("empty: as the layer"))

    class Meta:
        ordering = ["layer", "place"]
        constraints = [models.UniqueConstraint(fields=["layer", "place", "kind"], name="one_stop_of_a_kind_at_a_place")]
        verbose_name = _("stop")
        verbose_name_plural = _("stops")

    def __str__(self):
        return f"{self.place} ({self.get_kind_display()})"

    @property
    def log_name(self) -> str:
        return f"stop {self.place.slug}"

    @property
    def audience_parent(self) -> Layer:
        """What it is a part of, whose audience it has where it has none of its own."""
        return self.layer


class Mode(models.TextChoices):
    LAND = "land", _("by land")
    SEA = "sea", _("by sea")
    AIR = "air", _("by air")


class Segment(RestrictedModel):
    """A stretch of a route between two stops."""

    mentions = ("route",)
    belongs_to = ("layer", "start", "end")
    triggers = (COUNTED,)

    id = RandomKeyField(primary_key=True)
    layer = models.ForeignKey(Layer, models.PROTECT, related_name="segments", verbose_name=_("layer"))
    route = models.ForeignKey(
        Subject,
        models.PROTECT,
        related_name="segments",
        verbose_name=_("route"),
        limit_choices_to={"kind": SubjectKind.ROUTE},
    )
    start = models.ForeignKey(Stop, models.PROTECT, related_name="departing", verbose_name=_("starts at"))
    end = models.ForeignKey(Stop, models.PROTECT, related_name="arriving", verbose_name=_("ends at"))
    mode = models.CharField(_("mode"), max_length=10, choices=Mode)
    position = models.PositiveSmallIntegerField(_("position on the route"), default=0)
    audience = AudienceField(null=True, default=None, verbose_name=_("audience"), help_text=_("empty: as the layer"))

    class Meta:
        ordering = ["route", "position"]
        constraints = [
            models.UniqueConstraint(fields=["route", "start", "end", "mode"], name="one_segment_between_two_stops"),
            models.CheckConstraint(
                name="a_segment_leads_somewhere",
                violation_error_message=_("A segment ends at another stop than the one where it starts."),
                violation_error_code="end",
                condition=~models.Q(start=models.F("end")),
            ),
        ]
        verbose_name = _("route segment")
        verbose_name_plural = _("route segments")

    def __str__(self):
        return f"{self.start.place} – {self.end.place}"

    @property
    def log_name(self) -> str:
        return f"segment {self.route.slug} {self.start.place.slug} {self.end.place.slug}"

    @property
    def audience_parent(self) -> Layer:
        """What it is a part of, whose audience it has where it has none of its own."""
        return self.layer


class PartialDateField(models.CharField):
    """2011, 2011-Q2 or 2011-05; empty: not recorded."""

    def __init__(self, *args, **options):
        options |= {"max_length": 10, "blank": True}
        options.setdefault("validators", [validate_partial_date])
        super().__init__(*args, **options)


class Drawing(models.Model):
    """What the next map will show of a record. Seen by the desk only: exact positions are nobody else's."""

    is_shown = models.BooleanField(_("shown on the next map"), default=True)
    first_year = PartialDateField(_("since"), help_text=_("empty: not recorded"))
    last_year = PartialDateField(_("until"), help_text=_("empty: not recorded"))
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        abstract = True


class StopDrawing(Drawing, RestrictedModel):
    belongs_to = ("stop",)
    desk = "stop__layer__dialogue"

    stop = models.OneToOneField(Stop, models.CASCADE, related_name="drawing", verbose_name=_("stop"))
    point = PointField(_("position"))

    class Meta:
        verbose_name = _("position of a stop")
        verbose_name_plural = _("positions of stops")

    def __str__(self):
        return str(self.stop)


class Confidence(models.TextChoices):
    DOCUMENTED = "documented", _("documented")
    INDICATIVE = "indicative", _("indicative")
    PRESUMED = "presumed", _("presumed")


class SegmentDrawing(Drawing, RestrictedModel):
    belongs_to = ("segment",)
    desk = "segment__layer__dialogue"

    segment = models.OneToOneField(Segment, models.CASCADE, related_name="drawing", verbose_name=_("route segment"))
    line = LineStringField(_("line"))
    confidence = models.CharField(_("confidence"), max_length=20, choices=Confidence, default=Confidence.PRESUMED)
    source = models.TextField(_("source"), blank=True)
    is_schematic = models.BooleanField(
        _("schematic"),
        default=True,
        help_text=_("A picture of the way between its ends: nothing is said of the countries that lie between them."),
    )

    class Meta:
        verbose_name = _("line of a route segment")
        verbose_name_plural = _("lines of route segments")

    def __str__(self):
        return str(self.segment)

    def clean(self):
        if not self.is_schematic and not self.source:
            raise ValidationError({"source": _("Name the source that says which way it takes, or leave it schematic.")})


class Reason(RestrictedModel):
    """What changed on a route, when, and who says so. A map keeps the words it was published with."""

    mentions = ("route",)
    belongs_to = ("dialogue",)
    triggers = (COUNTED,)

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="reasons", verbose_name=_("dialogue"))
    route = models.ForeignKey(
        Subject,
        models.PROTECT,
        related_name="reasons",
        verbose_name=_("route"),
        limit_choices_to={"kind": SubjectKind.ROUTE},
    )
    date = models.CharField(_("date"), max_length=10, validators=[validate_partial_date])
    text = models.TextField(_("what changed"))
    source = models.CharField(_("source"), max_length=250)
    audience = AudienceField(verbose_name=_("audience"))

    class Meta:
        ordering = ["date", "route"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "route", "date"], name="one_reason_on_a_date")]
        verbose_name = _("reason of a change")
        verbose_name_plural = _("reasons of changes")

    def __str__(self):
        return f"{self.date}: {self.route}"

    @property
    def log_name(self) -> str:
        return f"reason {self.route.slug} {self.date}"
