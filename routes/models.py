"""Segments and stops of the routes, the reasons why they changed, and the maps that were published of them.

The way is that of profiles: working rows → map edition → reader. Readers' code touches `MapEdition` and `MapFeature`.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from djgeojson.fields import LineStringField, PointField

from access.fields import AudienceField
from access.visibility import RestrictedModel
from atlas.addresses import refuse_reserved_word
from atlas.models import Dialogue, Subject
from atlas.periods import refuse_wrong_date


class Layer(RestrictedModel):
    """A set of segments and stops that are shown, hidden and shared together."""

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="layers", verbose_name=_("dialogue"))
    slug = models.SlugField(_("last word of the address"), validators=[refuse_reserved_word])
    name = models.CharField(_("name"), max_length=120)
    precision = models.PositiveSmallIntegerField(
        _("decimals of a degree"), default=2, help_text=_("to which open access rounds: 2 is about a kilometre")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    audience = AudienceField(verbose_name=_("audience"))

    class Meta:
        ordering = ["dialogue", "position"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "slug"], name="one_layer_of_a_name"),
            models.CheckConstraint(name="precision_within_a_metre", condition=models.Q(precision__lte=5)),
        ]
        verbose_name = _("layer")
        verbose_name_plural = _("layers")

    def __str__(self):
        return self.name


class StopKind(models.TextChoices):
    HUB = "hub", _("hub")
    TOWN = "town", _("town")
    PORT = "port", _("port")
    CROSSING = "crossing", _("crossing point")
    LANDING = "landing", _("landing point")


class YearField(models.CharField):
    """A partial date; empty: not recorded."""

    def __init__(self, *args, **options):
        options |= {"max_length": 10, "blank": True}
        options.setdefault("validators", [refuse_wrong_date])
        super().__init__(*args, **options)


class Stop(RestrictedModel):
    """A place on the routes, in the years for which that is recorded. Empty years: not recorded."""

    belongs_to = ("layer",)

    layer = models.ForeignKey(Layer, models.PROTECT, related_name="stops", verbose_name=_("layer"))
    place = models.ForeignKey(Subject, models.PROTECT, related_name="stops_here", verbose_name=_("place"))
    kind = models.CharField(_("kind"), max_length=20, choices=StopKind)
    point = PointField(_("position"))
    first_year = YearField(_("since"))
    last_year = YearField(_("until"))
    remark = models.TextField(_("remark"), blank=True)
    audience = AudienceField(null=True, default=None, verbose_name=_("audience"), help_text=_("empty: as the layer"))

    class Meta:
        ordering = ["layer", "place"]
        constraints = [models.UniqueConstraint(fields=["layer", "place", "kind"], name="one_stop_of_a_kind_at_a_place")]
        verbose_name = _("stop")
        verbose_name_plural = _("stops")

    def __str__(self):
        return str(self.place)


class Mode(models.TextChoices):
    LAND = "land", _("by land")
    SEA = "sea", _("by sea")
    AIR = "air", _("by air")


class Confidence(models.TextChoices):
    DOCUMENTED = "documented", _("documented")
    INDICATIVE = "indicative", _("indicative")
    PRESUMED = "presumed", _("presumed")


class Segment(RestrictedModel):
    """A stretch of a route between two stops."""

    belongs_to = ("layer", "start", "end")

    layer = models.ForeignKey(Layer, models.PROTECT, related_name="segments", verbose_name=_("layer"))
    route = models.ForeignKey(Subject, models.PROTECT, related_name="segments", verbose_name=_("route"))
    start = models.ForeignKey(Stop, models.PROTECT, related_name="departing", verbose_name=_("from"))
    end = models.ForeignKey(Stop, models.PROTECT, related_name="arriving", verbose_name=_("to"))
    mode = models.CharField(_("mode"), max_length=10, choices=Mode)
    confidence = models.CharField(_("confidence"), max_length=20, choices=Confidence, default=Confidence.PRESUMED)
    line = LineStringField(_("line"))
    first_year = YearField(_("since"))
    last_year = YearField(_("until"))
    position = models.PositiveSmallIntegerField(_("position on the route"), default=0)
    remark = models.TextField(_("remark"), blank=True)
    source = models.TextField(_("source"), blank=True)
    audience = AudienceField(null=True, default=None, verbose_name=_("audience"), help_text=_("empty: as the layer"))

    class Meta:
        ordering = ["route", "position"]
        constraints = [
            models.UniqueConstraint(fields=["route", "start", "end", "mode"], name="one_segment_between_two_stops"),
            models.CheckConstraint(name="a_segment_leads_somewhere", condition=~models.Q(start=models.F("end"))),
        ]
        verbose_name = _("route segment")
        verbose_name_plural = _("route segments")

    def __str__(self):
        return f"{self.start} – {self.end}"


class Reason(RestrictedModel):
    """What changed on a route, when, and who says so."""

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="reasons", verbose_name=_("dialogue"))
    route = models.ForeignKey(Subject, models.PROTECT, related_name="reasons", verbose_name=_("route"))
    date = models.CharField(_("date"), max_length=10, validators=[refuse_wrong_date])
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


class MapEdition(RestrictedModel):
    """A map as it was published, for the years through which it runs. Never changed."""

    append_only = True

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="map_editions", verbose_name=_("dialogue"))
    year = models.PositiveSmallIntegerField(_("year of the map"))
    title = models.CharField(_("title"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("first year shown"))
    last_year = models.PositiveSmallIntegerField(_("last year shown"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    audience = AudienceField(verbose_name=_("audience"))

    class Meta:
        ordering = ["dialogue", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "year"], name="one_map_of_a_year"),
            models.CheckConstraint(
                name="a_map_runs_forwards", condition=models.Q(last_year__gte=models.F("first_year"))
            ),
        ]
        verbose_name = _("map edition")
        verbose_name_plural = _("map editions")

    def __str__(self):
        return self.title


class FeatureKind(models.TextChoices):
    SEGMENT = "segment", _("route segment")
    STOP = "stop", _("stop")
    REASON = "reason", _("reason of a change")


class MapFeature(RestrictedModel):
    """A segment, a stop or a reason as a map published it. The record it was made from says, live, who may see it still."""

    belongs_to = ("edition", "segment", "stop", "reason")
    append_only = True

    edition = models.ForeignKey(MapEdition, models.PROTECT, related_name="features")
    kind = models.CharField(max_length=10, choices=FeatureKind)
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, related_name="published")
    stop = models.ForeignKey(Stop, models.PROTECT, null=True, related_name="published")
    reason = models.ForeignKey(Reason, models.PROTECT, null=True, related_name="published")
    route = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    layer = models.SlugField()
    geometry = models.JSONField(null=True, help_text="GeoJSON, WGS 84 degrees, longitude first")
    open_geometry = models.JSONField(
        null=True, help_text="the same, rounded for readers who have no part in the dialogue"
    )
    properties = models.JSONField(help_text="names by language, mode, confidence, years, source, as published")
    audience = AudienceField()

    class Meta:
        ordering = ["edition", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                name="a_feature_has_its_record",
                condition=models.Q(kind=FeatureKind.SEGMENT, segment__isnull=False)
                | models.Q(kind=FeatureKind.STOP, stop__isnull=False)
                | models.Q(kind=FeatureKind.REASON, reason__isnull=False),
            )
        ]
        verbose_name = _("feature of a map")
        verbose_name_plural = _("features of maps")

    def __str__(self):
        return f"{self.edition_id} {self.kind} {self.pk}"
