"""Models of figures: an indicator, a value for a subject and a period, and its source."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField
from access.names import CANNOT_BE_USED
from access.triggers import Trigger
from access.visibility import RestrictedModel, SaysItsReaders
from atlas.change_counters import COUNTED, COUNTED_AS_REFERENCE
from atlas.models import Dialogue, Subject
from atlas.periods import last_day, validate_partial_date
from atlas.wording import plain_number


class Topic(models.Model):
    triggers = (COUNTED_AS_REFERENCE,)

    slug = models.SlugField(_("identifier"), primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        ordering = ["position"]
        verbose_name = _("topic of figures")
        verbose_name_plural = _("topics of figures")

    def __str__(self):
        return self.name


class Unit(models.TextChoices):
    PERSONS = "persons", _("persons")
    DETECTIONS = "detections", _("detections")
    PERCENT = "percent", _("per cent")
    PER_1000 = "per-1000", _("per 1,000")
    BIRTHS_PER_WOMAN = "births-per-woman", _("births per woman")
    YEARS = "years", _("years")
    USD_2005 = "usd-2005", _("international dollars of 2005")


class Indicator(models.Model):
    """A quantity, with its unit, its definition and the definition's source."""

    triggers = (COUNTED_AS_REFERENCE,)

    slug = models.SlugField(_("identifier"), primary_key=True)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="indicators", verbose_name=_("topic"))
    name = models.CharField(_("name"), max_length=160)
    unit = models.CharField(_("unit"), max_length=30, choices=Unit)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    definition = models.TextField(_("definition"), blank=True)
    definition_source = models.CharField(_("source of the definition"), max_length=250, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        ordering = ["topic", "position"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self):
        return self.name


class StateDefinition(models.Model):
    """A state's own definition, where it differs from the indicator's."""

    mentions = ("subject",)
    triggers = (COUNTED_AS_REFERENCE,)

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="state_definitions", verbose_name=_("indicator")
    )
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="state_definitions", verbose_name=_("subject"))
    text = models.TextField(_("definition"))
    source = models.CharField(_("source"), max_length=250, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "subject"], name="one_definition_of_a_state")]
        verbose_name = _("definition of a state")
        verbose_name_plural = _("definitions of states")

    def __str__(self):
        return f"{self.indicator} · {self.subject}"


class SourceKind(models.TextChoices):
    NATIONAL = "national", _("national")
    INTERNATIONAL = "international", _("international")
    RESEARCH = "research", _("research")
    PRESS = "press", _("press")


class Source(SaysItsReaders, RestrictedModel):
    """The source of figures. A restricted source restricts its figures."""

    belongs_to = ("dialogue",)
    triggers = (
        COUNTED,
        COUNTED_AS_REFERENCE,
        Trigger("forget_gone", "BEFORE UPDATE OF url", "indicators_source_forget_gone()", when="NEW.url <> OLD.url"),
    )

    slug = models.SlugField(_("identifier"), unique=True, error_messages={"unique": CANNOT_BE_USED})
    dialogue = models.ForeignKey(
        Dialogue, models.PROTECT, related_name="sources", verbose_name=_("kept by the Secretariat of")
    )
    audience = AudienceField(verbose_name=_("audience"))
    name = models.CharField(_("name"), max_length=200)
    acronym = models.CharField(_("acronym"), max_length=20, blank=True, help_text=_("for narrow tables, such as HCP"))
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind)
    url = models.URLField(_("address"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=7, blank=True)
    gone_on = models.DateField(_("no longer available since"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self):
        return self.name

    @property
    def log_name(self) -> str:
        return f"source {self.slug}"


class Flag(models.TextChoices):
    NONE = "", _("none")
    ESTIMATE = "estimate", _("estimate")
    PROVISIONAL = "provisional", _("provisional")
    CASES = "cases", _("cases, not persons")


class Provenance(models.TextChoices):
    PUBLIC_SOURCE = "public-source", _("public source")
    QUESTIONNAIRE = "questionnaire", _("questionnaire round")
    MISSION = "mission", _("mission")
    AGENCY = "agency", _("agency")


class Observation(SaysItsReaders, RestrictedModel):
    """A value of an indicator for a subject, a period and a breakdown, as known on a date. No value means not available.

    What a row says is never changed: a correction is another row, which `replaces` it from a day on (`held_from`), and
    the earlier one stays what was known until then (`withdrawn_on`). See `indicators.revisions`.
    """

    names = ("subject",)
    belongs_to = ("dialogue", "source")
    triggers = (COUNTED, Trigger("keep_vintages", "BEFORE UPDATE OR DELETE", "imap_keep_vintages()"))

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations", verbose_name=_("indicator"))
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="observations", verbose_name=_("subject"))
    period = models.CharField(_("period"), max_length=10, blank=True, validators=[validate_partial_date])
    breakdown = models.JSONField(_("breakdown"), default=dict, blank=True)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=8, null=True, blank=True)
    known_on = models.CharField(_("known on"), max_length=10, blank=True, validators=[validate_partial_date])
    flag = models.CharField(_("flag"), max_length=20, choices=Flag, default=Flag.NONE, blank=True)
    provenance = models.CharField(_("provenance"), max_length=20, choices=Provenance, default=Provenance.PUBLIC_SOURCE)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="observations", verbose_name=_("source")
    )
    further_sources = models.ManyToManyField(
        Source,
        through="FurtherSource",
        related_name="further_observations",
        blank=True,
        verbose_name=_("further sources"),
    )
    remark = models.TextField(_("remark"), blank=True)
    dialogue = models.ForeignKey(
        Dialogue, models.PROTECT, related_name="observations", verbose_name=_("kept by the Secretariat of")
    )
    audience = AudienceField(verbose_name=_("audience"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    # The number of the row that it corrects. No foreign key, since each is seen by its own audience.
    replaces = models.BigIntegerField(_("number of the figure that it corrects"), null=True, editable=False)
    held_from = models.DateField(_("held since"), null=True, editable=False)
    reason = models.TextField(_("reason of the correction"), blank=True, editable=False)
    withdrawn_on = models.DateField(_("no longer held since"), null=True, editable=False)
    withdrawn_because = models.TextField(_("why it is no longer held"), blank=True, editable=False)

    seen_further: "list[Source]"  # filled by indicators.at_a_glance: further sources that the viewer may see

    class Meta:
        ordering = ["indicator", "subject", "period"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "subject", "period", "breakdown", "known_on", "source"],
                condition=Q(withdrawn_on__isnull=True),
                name="one_value_of_a_source_as_known_on_a_date",
                nulls_distinct=False,
                violation_error_message=_(
                    "This source’s figure, as known on that date, is held already: correct that one."
                ),
                violation_error_code="known_on",
            ),
            models.CheckConstraint(
                name="a_value_has_period_and_source",
                violation_error_message=_("A figure with a value needs a period and a source."),
                violation_error_code="value",
                condition=Q(value__isnull=True) | (~Q(period="") & Q(source__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["subject", "indicator", "period"], name="observations_of_a_subject")]
        verbose_name = _("figure")
        verbose_name_plural = _("figures")

    def __str__(self):
        return f"{self.indicator_id} {self.period}: {'n/a' if self.value is None else plain_number(self.value)}"

    @property
    def quantity(self) -> tuple:
        """What all vintages of a figure have in common."""
        return self.indicator_id, self.subject_id, self.period, repr(sorted(self.breakdown.items())), self.source_id

    @property
    def vintage(self) -> tuple[date, str]:
        """When it came to be known, so that a later vintage is greater."""
        return last_day(self.known_on), self.known_on

    @property
    def log_name(self) -> str:
        return f"figure {self.indicator_id} {self.subject.slug} {self.period}"


class FurtherSource(RestrictedModel):
    """One more source that says the same."""

    belongs_to = ("observation", "source")
    triggers = (COUNTED,)

    observation = models.ForeignKey(Observation, models.CASCADE, verbose_name=_("figure"))
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["observation", "source"], name="one_source_once_for_a_figure")]
        verbose_name = _("further source")
        verbose_name_plural = _("further sources")

    def __str__(self):
        return str(self.source_id)
