"""Subjects of profiles and maps (countries, routes, towns, regions, areas), with their former names and spellings."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djgeojson.fields import PointField

from access.names import CANNOT_BE_USED, Name
from atlas.addresses import validate_not_reserved
from atlas.change_counters import COUNTED_AS_REFERENCE
from atlas.models.keys import ISO3


class SubjectKind(models.TextChoices):
    COUNTRY = "country", _("country")
    ROUTE = "route", _("route")
    HUB = "hub", pgettext_lazy("a town on migration routes", "hub")
    CITY = "city", _("city")
    REGION = "region", _("region")
    AREA = "area", _("geographic area")
    TOPIC = "topic", _("topic")
    REPORTING_AREA = "reporting-area", _("reporting area")


class Subject(Name):
    """What a profile or a figure is about. Its name is today's; earlier ones are `FormerName`s."""

    mentions = ("country", "members", "nearest_route")
    triggers = (COUNTED_AS_REFERENCE,)
    join_table_triggers = {"members": (COUNTED_AS_REFERENCE,)}

    kind = models.CharField(_("kind"), max_length=20, choices=SubjectKind)
    slug = models.SlugField(_("last word of the address"), validators=[validate_not_reserved])
    name = models.CharField(_("name today"), max_length=160)
    name_since = models.PositiveSmallIntegerField(_("name holds since"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True)
    footnote = models.TextField(_("footnote wherever it is named"), blank=True)
    iso3 = models.CharField(_("ISO 3166 code"), max_length=3, null=True, blank=True, unique=True, validators=[ISO3])
    iso2 = models.CharField(_("two-letter code"), max_length=2, blank=True)
    country = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("country")
    )
    members = models.ManyToManyField(
        "self", symmetrical=False, related_name="regions", blank=True, verbose_name=_("countries in it")
    )
    nearest_route = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reporting_areas", verbose_name=_("nearest route")
    )
    point = PointField(_("position"), null=True, blank=True)
    stops = models.JSONField(_("stops"), default=list, blank=True, help_text=_("a route's towns in order, by branch"))
    remark = models.TextField(_("remark"), blank=True)
    source = models.TextField(_("source"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["kind", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "slug"], name="one_slug_once_among_its_kind", violation_error_message=CANNOT_BE_USED
            )
        ]
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")

    def __str__(self):
        return self.name

    @property
    def marked_footnote(self) -> str:
        """The footnote behind the sign that its name carries, if it carries one."""
        return f"* {self.footnote}" if self.footnote and self.name.endswith("*") else self.footnote

    @property
    def latitude_longitude(self) -> tuple[float, float] | None:
        """WGS 84 degrees. GeoJSON writes longitude first."""
        if not self.point:
            return None
        longitude, latitude = self.point["coordinates"]
        return latitude, longitude


class FormerName(models.Model):
    """A name that held until a year; said where its subject is."""

    mentions = ("subject",)
    triggers = (COUNTED_AS_REFERENCE,)

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="former_names", verbose_name=_("subject"))
    name = models.CharField(_("name"), max_length=160)
    valid_from = models.PositiveSmallIntegerField(_("valid from"), null=True, blank=True)
    valid_until = models.PositiveSmallIntegerField(_("valid until"))

    class Meta:
        ordering = ["subject", "-valid_until"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "valid_until"], name="one_name_ends_in_a_year"),
        ]
        verbose_name = _("former name")
        verbose_name_plural = _("former names")

    def __str__(self):
        return f"{self.name} (–{self.valid_until})"


class NameVariant(models.Model):
    """Another spelling under which readers and the press look for a subject; said where it is."""

    mentions = ("subject",)
    triggers = (COUNTED_AS_REFERENCE,)

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="variants", verbose_name=_("subject"))
    language = models.CharField(_("language"), max_length=7)
    text = models.CharField(_("spelling"), max_length=160)

    class Meta:
        ordering = ["subject", "language", "text"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "language", "text"], name="one_spelling_once_for_a_subject"),
        ]
        verbose_name = _("spelling variant")
        verbose_name_plural = _("spelling variants")

    def __str__(self):
        return self.text
