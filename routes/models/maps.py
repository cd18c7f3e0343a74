"""Models of published maps and proofs, and of the agencies' answers about proofs."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField
from access.policies import RowPolicies
from access.visibility import RestrictedModel, SaysItsReaders
from atlas.change_counters import COUNTED
from atlas.models import Dialogue, Partner, Subject
from atlas.periods import validate_partial_date
from routes.models.records import Layer, Reason, Segment, Stop


class MapEdition(SaysItsReaders, RestrictedModel):
    """A map as it was published, for the years through which it runs. Never changed.

    A proof is such a map before it is published: its readers are the agencies asked to check it.
    """

    belongs_to = ("dialogue",)
    append_only = True
    triggers = (COUNTED,)

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="map_editions", verbose_name=_("dialogue"))
    year = models.PositiveSmallIntegerField(_("year of the map"))
    number = models.PositiveSmallIntegerField(_("number in its year"), default=1)
    is_proof = models.BooleanField(_("proof for the quality check"), default=False)
    title = models.CharField(_("title"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("first year shown"))
    last_year = models.PositiveSmallIntegerField(_("last year shown"))
    as_of = models.CharField(_("information as of"), max_length=10, validators=[validate_partial_date])
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
                name="a_map_runs_forwards",
                violation_error_message=_("The last year shown must not be before the first."),
                violation_error_code="last_year",
                condition=models.Q(last_year__gte=models.F("first_year")),
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


class MapFeature(SaysItsReaders, RestrictedModel):
    """A segment, a stop or a reason as a map published it. The record it was made from says, live, who may see it still."""

    names = ("route", "stop__place")
    belongs_to = ("edition", "segment", "stop", "reason")
    append_only = True
    triggers = (COUNTED,)

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
                violation_error_message=_("A feature of a map is drawn from a segment, a stop or a reason."),
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
    def layer_today(self) -> Layer | None:
        record = self.segment or self.stop
        return record.layer if record else None

    @property
    def coordinates(self) -> list:
        """(longitude, latitude) of a stop, a list of them of a segment, nothing of a reason."""
        return self.geometry["coordinates"] if self.geometry else []


class Outcome(models.TextChoices):
    CHECKED = "checked", _("quality-checked")
    REMARKS = "remarks", _("remarks")


class MapAnswer(RestrictedModel):
    """What an agency answered about a proof. Seen by that agency and the Secretariat; the person by the latter alone."""

    mentions = ("partner",)
    belongs_to = ("edition",)
    append_only = True
    row_policies = RowPolicies(
        writing="(EXISTS (SELECT 1 FROM routes_mapedition e WHERE e.id = edition_id AND e.is_proof)"
        " AND ('partner:' || partner_id) = ANY ((SELECT imap_viewer())::text[]))"
    )

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
                name="remarks_say_something",
                violation_error_message=_("Say what should be changed."),
                violation_error_code="remark",
                condition=~models.Q(outcome=Outcome.REMARKS, remark=""),
            )
        ]
        verbose_name = _("answer to a quality check")
        verbose_name_plural = _("answers to quality checks")

    def __str__(self):
        return f"{self.edition} · {self.partner}"
