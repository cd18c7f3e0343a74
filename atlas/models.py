"""The world of the portal: dialogues, subjects and their names, partners, memberships, coverage, boundaries."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djgeojson.fields import PointField

from access import tokens
from access.fields import AudienceField, everyone, refuse_what_no_token_can_name
from access.names import CANNOT_BE_USED, Name
from access.presets import Preset
from access.visibility import RestrictedModel, RestrictedQuerySet
from atlas.addresses import validate_not_reserved

KEY: dict = {"primary_key": True, "error_messages": {"unique": CANNOT_BE_USED}}
IN_TOKENS = [refuse_what_no_token_can_name]
ISO3 = RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as MAR."))


class Accent(models.TextChoices):
    """The colour of a theme's rules and marks; the value is its class in static/css/tokens.css."""

    MIXED = "mixed", _("brick red")
    DEV = "dev", _("dark teal")
    PLAIN = "plain", _("ink")


class Theme(Name):
    """A pillar; a dialogue takes up one or several."""

    slug = models.SlugField(_("last word of the address"), **KEY, validators=[validate_not_reserved, *IN_TOKENS])
    name = models.CharField(_("name"), max_length=120)
    accent = models.CharField(_("colour"), max_length=10, default=Accent.PLAIN, choices=Accent)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self):
        return self.name


class Dialogue(RestrictedModel):
    """A cooperation framework and its regional i-Map. A new one is data, not code.

    It is for everyone until an administrator of the portal narrows its audience, such as before it opens. Whatever
    belongs to it is read by nobody who may not know of it.
    """

    are_few = True
    mentions = ("themes",)

    slug = models.SlugField(_("last word of the address"), **KEY, validators=[validate_not_reserved, *IN_TOKENS])
    short_name = models.CharField(_("short name"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    strapline = models.CharField(_("strapline"), max_length=160, blank=True)
    about = models.TextField(_("about"), blank=True)
    naming = models.TextField(_("how states are named"), blank=True)
    disclaimer = models.TextField(_("disclaimer of maps"), blank=True)
    licence = models.TextField(
        _("licence of its maps"),
        blank=True,
        help_text=_("The terms under which its maps and their data may be passed on; stands in every exported file."),
    )
    secretariat = models.CharField(_("secretariat"), max_length=160, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    languages = ArrayField(models.CharField(max_length=7), verbose_name=_("languages, the first being the original"))
    started = models.PositiveSmallIntegerField(_("started in"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    themes = models.ManyToManyField(Theme, through="DialogueTheme", related_name="dialogues", verbose_name=_("themes"))
    audience = AudienceField(verbose_name=_("audience"), default=everyone)

    class Meta:
        ordering = ["position"]
        verbose_name = _("dialogue")
        verbose_name_plural = _("dialogues")

    def __str__(self):
        return self.short_name

    @property
    def is_narrower(self) -> bool:
        """Whether not everybody may be told of it."""
        return tokens.PUBLIC not in self.audience

    def writes_in(self, language: str) -> bool:
        return language in self.languages


class DialogueTheme(RestrictedModel):
    """A theme as a dialogue takes it up, with the audience that its profiles are proposed."""

    names = ("theme",)
    belongs_to = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="dialogue_themes", verbose_name=_("dialogue"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="dialogue_themes", verbose_name=_("theme"))
    preset = models.CharField(_("proposed audience"), max_length=20, choices=Preset, default=Preset.SECRETARIAT)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        ordering = ["dialogue", "position"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "theme"], name="one_theme_once_in_a_dialogue")]
        verbose_name = _("theme of a dialogue")
        verbose_name_plural = _("themes of dialogues")

    def __str__(self):
        return f"{self.dialogue} · {self.theme}"


class SubjectKind(models.TextChoices):
    COUNTRY = "country", _("country")
    ROUTE = "route", _("route")
    HUB = "hub", pgettext_lazy("a town on migration routes", "hub")
    CITY = "city", _("city")
    REGION = "region", _("region")
    AREA = "area", _("geographic area")
    TOPIC = "topic", _("topic")
    REPORTING_AREA = "reporting-area", _("reporting area")


class OutlineSection(RestrictedModel):
    """One heading of the agreed outline of a dialogue, a theme and a kind of subject."""

    mentions = ("theme",)
    belongs_to = ("dialogue",)

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


class Subject(Name):
    """What a profile or a figure is about. Its name is today's; earlier ones are `FormerName`s."""

    mentions = ("country", "members", "nearest_route")

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


class PartnerKind(models.TextChoices):
    STATE = "state", _("state")
    AGENCY = "agency", _("agency")
    ORGANISATION = "organisation", _("organisation")


class Partner(Name):
    """A state, an agency or another organisation. A state is named by its subject."""

    mentions = ("subject",)

    slug = models.SlugField(_("identifier"), **KEY, validators=IN_TOKENS)
    kind = models.CharField(_("kind"), max_length=20, choices=PartnerKind)
    subject = models.OneToOneField(
        Subject, models.PROTECT, null=True, blank=True, related_name="partner", verbose_name=_("state")
    )
    name = models.CharField(_("name"), max_length=250, blank=True)
    acronym = models.CharField(_("acronym"), max_length=120, blank=True)
    field = models.CharField(_("field of work"), max_length=200, blank=True)
    mandate = models.CharField(_("mandate"), max_length=200, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="a_state_is_a_subject",
                violation_error_message=_("A State is a partner by its country: choose the country."),
                violation_error_code="subject",
                condition=Q(subject__isnull=False) | ~Q(kind=PartnerKind.STATE),
            ),
        ]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self):
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.subject.name if self.subject else self.name


class Role(models.TextChoices):
    PARTNER = "partner", _("partner")
    OBSERVER = "observer", _("observer")
    COMMISSION = "commission", _("European Commission")
    DONOR = "donor", _("donor")
    SECRETARIAT = "secretariat", _("Secretariat")


class MembershipQuerySet(RestrictedQuerySet):
    def current(self) -> "MembershipQuerySet":
        """Those that hold today; the database says the same of readers (`accounts.tokens_sql`)."""
        return self.filter(Q(left__isnull=True) | Q(left__gt=timezone.localdate().year))

    def of_partner_states(self) -> "MembershipQuerySet":
        """States that take part today, in the role of partner."""
        return self.current().filter(role=Role.PARTNER, partner__kind=PartnerKind.STATE)

    def number_by_dialogue(self) -> dict[str, int]:
        return dict(self.order_by().values_list("dialogue_id").annotate(models.Count("pk")))


class Membership(RestrictedModel):
    """A partner takes part in a dialogue, in a role, with years. Being covered by its map is another thing."""

    names = ("partner",)
    belongs_to = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="memberships", verbose_name=_("dialogue"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="memberships", verbose_name=_("partner"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    joined = models.PositiveSmallIntegerField(_("joined in"), null=True, blank=True)
    left = models.PositiveSmallIntegerField(_("left in"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["dialogue", "role", "joined", "partner"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "partner", "role"], name="one_role_once_in_a_dialogue"),
            models.CheckConstraint(
                name="left_after_joining",
                violation_error_message=_(
                    "A partner cannot leave before it has joined: one of the two dates is wrong."
                ),
                violation_error_code="left",
                condition=Q(left__isnull=True) | Q(joined__isnull=True) | Q(left__gte=models.F("joined")),
            ),
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self):
        return f"{self.partner} · {self.get_role_display()} · {self.dialogue}"


class Coverage(RestrictedModel):
    """A subject is on a dialogue's map."""

    names = ("subject",)
    belongs_to = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="coverage", verbose_name=_("dialogue"))
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="coverage", verbose_name=_("subject"))
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        ordering = ["dialogue", "subject"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "subject"], name="covered_once_by_a_dialogue")]
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")

    def __str__(self):
        return f"{self.subject} · {self.dialogue}"


class Treatment(models.TextChoices):
    APART = "apart", _("drawn apart, with dashed lines")
    PART_OF = "part_of", _("drawn as part of its host")
    DASHED = "dashed", _("drawn as part of its host, behind a dashed line")


class BoundaryRule(RestrictedModel):
    """How a territory is drawn: one rule for all dialogues (no dialogue named), or a dialogue's own."""

    belongs_to = ("dialogue",)

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
