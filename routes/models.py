"""Segments and stops of the routes, how they are drawn, why they changed, and the maps that were published of them.

The way is that of profiles: drawing → map edition → reader. `Segment` and `Stop` are the records, which say, live, who
may see anything of them; a drawing is seen by the desk alone. Readers' code touches `MapEdition` and `MapFeature`.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djgeojson.fields import LineStringField, PointField

from access.fields import AudienceField
from access.visibility import RestrictedModel
from atlas.addresses import refuse_reserved_word
from atlas.models import Dialogue, Partner, Subject, SubjectKind, Theme
from atlas.periods import refuse_wrong_date


class Layer(RestrictedModel):
    """A set of segments and stops that are shown, hidden and shared together."""

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="layers", verbose_name=_("dialogue"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="layers", verbose_name=_("theme"))
    slug = models.SlugField(_("identifier"), validators=[refuse_reserved_word])
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
            models.CheckConstraint(name="precision_within_a_metre", condition=models.Q(precision__lte=5)),
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

    belongs_to = ("layer",)

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
    def whole(self) -> Layer:
        """What it is a part of, whose audience it has where it has none of its own."""
        return self.layer


class Mode(models.TextChoices):
    LAND = "land", _("by land")
    SEA = "sea", _("by sea")
    AIR = "air", _("by air")


class Segment(RestrictedModel):
    """A stretch of a route between two stops."""

    belongs_to = ("layer", "start", "end")

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
            models.CheckConstraint(name="a_segment_leads_somewhere", condition=~models.Q(start=models.F("end"))),
        ]
        verbose_name = _("route segment")
        verbose_name_plural = _("route segments")

    def __str__(self):
        return f"{self.start.place} – {self.end.place}"

    @property
    def log_name(self) -> str:
        return f"segment {self.route.slug} {self.start.place.slug} {self.end.place.slug}"

    @property
    def whole(self) -> Layer:
        """What it is a part of, whose audience it has where it has none of its own."""
        return self.layer


class PartialDateField(models.CharField):
    """2011, 2011-Q2 or 2011-05; empty: not recorded."""

    def __init__(self, *args, **options):
        options |= {"max_length": 10, "blank": True}
        options.setdefault("validators", [refuse_wrong_date])
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

    class Meta:
        verbose_name = _("line of a route segment")
        verbose_name_plural = _("lines of route segments")

    def __str__(self):
        return str(self.segment)


class Reason(RestrictedModel):
    """What changed on a route, when, and who says so. A map keeps the words it was published with."""

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="reasons", verbose_name=_("dialogue"))
    route = models.ForeignKey(
        Subject,
        models.PROTECT,
        related_name="reasons",
        verbose_name=_("route"),
        limit_choices_to={"kind": SubjectKind.ROUTE},
    )
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

    @property
    def log_name(self) -> str:
        return f"reason {self.route.slug} {self.date}"


class MapEdition(RestrictedModel):
    """A map as it was published, for the years through which it runs. Never changed.

    A proof is such a map before it is published: its readers are the agencies asked to check it.
    """

    append_only = True

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="map_editions", verbose_name=_("dialogue"))
    year = models.PositiveSmallIntegerField(_("year of the map"))
    number = models.PositiveSmallIntegerField(_("number in its year"), default=1)
    is_proof = models.BooleanField(_("proof for the quality check"), default=False)
    title = models.CharField(_("title"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("first year shown"))
    last_year = models.PositiveSmallIntegerField(_("last year shown"))
    as_of = models.CharField(_("information as of"), max_length=10, validators=[refuse_wrong_date])
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    checked = models.JSONField(_("quality-checked by"), default=list)  # [slug of an agency, YYYY-MM-DD] of each
    # Of its features: a quality check holds for what has the same.
    digest = models.CharField(_("mark of the content"), max_length=32)
    audience = AudienceField(verbose_name=_("audience"))

    class Meta:
        ordering = ["dialogue", "-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "is_proof", "year", "number"], name="one_number_of_a_map"),
            models.CheckConstraint(
                name="a_map_runs_forwards", condition=models.Q(last_year__gte=models.F("first_year"))
            ),
        ]
        verbose_name = _("map edition")
        verbose_name_plural = _("map editions")

    def __str__(self):
        return self.title

    @property
    def log_name(self) -> str:
        word = "proofs" if self.is_proof else "routes"
        return f"{self.dialogue_id}/{word}/{self.year}#{self.number}"


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
    layer = models.SlugField(blank=True)
    geometry = models.JSONField(
        null=True, help_text="GeoJSON, WGS 84 degrees, longitude first; rounded as the layer says where it is open"
    )
    # The box round the geometry, in degrees: what the API's `bbox` is compared with.
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    properties = models.JSONField(help_text="names by language, mode, confidence, years, source, as published")
    countries = ArrayField(
        models.CharField(max_length=3), default=list, help_text="ISO codes of the countries it lies in, in their order"
    )
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

    @property
    def coordinates(self) -> list:
        """Of a stop its longitude and latitude, of a segment those of each point; a reason has none."""
        return self.geometry["coordinates"] if self.geometry else []


class Outcome(models.TextChoices):
    CHECKED = "checked", _("quality-checked")
    REMARKS = "remarks", _("remarks")


class MapAnswer(RestrictedModel):
    """What an agency answered about a proof. Seen by that agency and the Secretariat; the person by the latter alone."""

    belongs_to = ("edition",)
    append_only = True

    edition = models.ForeignKey(MapEdition, models.PROTECT, related_name="answers", verbose_name=_("map edition"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="map_answers", verbose_name=_("agency"))
    outcome = models.CharField(_("answer"), max_length=10, choices=Outcome)
    remark = models.TextField(_("remarks"), blank=True)
    answered_at = models.DateTimeField(_("answered"), auto_now_add=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    audience = AudienceField()

    class Meta:
        ordering = ["edition", "answered_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="remarks_say_something", condition=~models.Q(outcome=Outcome.REMARKS, remark="")
            )
        ]
        verbose_name = _("answer to a quality check")
        verbose_name_plural = _("answers to quality checks")

    def __str__(self):
        return f"{self.edition} · {self.partner}"


class Story(RestrictedModel):
    """A guided walk through the map: steps that a secretariat composed, each a view of the map with its text."""

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="stories", verbose_name=_("dialogue"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="stories", verbose_name=_("theme"))
    slug = models.SlugField(_("last word of the address"), validators=[refuse_reserved_word])
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

    belongs_to = ("story",)

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
    latitude = models.FloatField(_("latitude"), validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(_("longitude"), validators=[MinValueValidator(-180), MaxValueValidator(180)])
    zoom = models.FloatField(_("zoom"), default=4, validators=[MinValueValidator(2), MaxValueValidator(7)])

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
