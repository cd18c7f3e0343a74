"""Records, their working copies, and what was published of them.

The way is one direction: draft → edition → reader. Readers' code touches `Edition` and `EditionText` only.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField
from access.names import CANNOT_BE_USED, Name
from access.policies import RowPolicies
from access.row_level_security import secretariat_holds
from access.visibility import RestrictedModel
from atlas.addresses import validate_not_reserved
from atlas.change_counters import COUNTED, COUNTED_AS_REFERENCE
from atlas.models import Dialogue, OutlineSection, Subject, Theme
from atlas.periods import validate_partial_date
from indicators.models import Observation, Source

# SQL: section and edition are of one profile, and the viewer is the secretariat of its dialogue.
OF_THE_SAME_PROFILE = (
    "EXISTS (SELECT 1 FROM profiles_section s JOIN profiles_profile p ON p.id = s.profile_id"
    " JOIN profiles_edition e ON e.profile_id = p.id"
    f" WHERE s.id = section_id AND e.id = edition_id AND {secretariat_holds('p.dialogue_id')})"
)


class Endorsement(models.TextChoices):
    """Where a text stands, for the desk alone. That a State endorsed one needs a record bound to its content."""

    PREPARATION = "preparation", _("under preparation")
    WITH_STATE = "with-state", _("with the State")


class Tag(Name):
    """A cross-cutting tag, such as the protection of vulnerable groups."""

    triggers = (COUNTED_AS_REFERENCE,)

    slug = models.SlugField(_("identifier"), primary_key=True, error_messages={"unique": CANNOT_BE_USED})
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("cross-cutting tag")
        verbose_name_plural = _("cross-cutting tags")

    def __str__(self):
        return self.name


class Profile(RestrictedModel):
    """The record: what it is about, where it belongs, and, live, who may see anything of it."""

    mentions = ("theme", "subject")
    belongs_to = ("dialogue",)
    triggers = (COUNTED,)

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="profiles", verbose_name=_("dialogue"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="profiles", verbose_name=_("theme"))
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="profiles", verbose_name=_("subject"))
    slug = models.SlugField(_("last word of the address"), validators=[validate_not_reserved])
    audience = AudienceField(verbose_name=_("audience"))
    endorsement = models.CharField(
        _("endorsement"), max_length=20, choices=Endorsement, default=Endorsement.PREPARATION
    )

    # Filled by profiles.listing: of the newest edition that the viewer may see.
    edition_id: int
    number: int
    as_of: str
    published_at: datetime
    readers: list[str]  # tokens: of those who read that edition, which may be for fewer than the profile is today

    class Meta:
        ordering = ["dialogue", "theme", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "theme", "slug"], name="one_profile_at_an_address"),
            models.UniqueConstraint(fields=["dialogue", "theme", "subject"], name="one_profile_of_a_subject"),
        ]
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self):
        return f"{self.subject} · {self.theme}"

    @property
    def path(self) -> str:
        """Where it stands among profiles, in addresses and in the files of texts."""
        return f"{self.dialogue_id}/{self.theme_id}/{self.slug}"

    @property
    def log_name(self) -> str:
        return self.path

    def outline(self) -> models.QuerySet[OutlineSection]:
        return OutlineSection.objects.filter(
            dialogue_id=self.dialogue_id, theme_id=self.theme_id, kind=self.subject.kind
        ).order_by("position")


class Section(RestrictedModel):
    """A heading of the outline in one profile; it may be narrower than its profile. Without heading: the method note."""

    mentions = ("tags",)
    belongs_to = ("profile",)
    regardless_of = {"heading": "It is of the profile’s own dialogue, to which the profile belongs."}
    triggers = (COUNTED,)
    join_table_triggers = {"tags": (COUNTED_AS_REFERENCE,)}

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="sections")
    heading = models.ForeignKey(
        OutlineSection, models.PROTECT, null=True, blank=True, related_name="sections", verbose_name=_("heading")
    )
    audience = AudienceField(null=True, default=None, verbose_name=_("audience"), help_text=_("empty: as the profile"))
    tags = models.ManyToManyField(Tag, blank=True, related_name="sections", verbose_name=_("cross-cutting tags"))
    sources = models.ManyToManyField(Source, blank=True, related_name="sections", verbose_name=_("sources"))

    class Meta:
        ordering = ["profile", "heading__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "heading"], name="one_section_of_a_heading", nulls_distinct=False
            )
        ]
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self):
        return str(self.heading) if self.heading_id else str(_("How this was compiled"))

    @property
    def slug(self) -> str:
        return self.heading.slug if self.heading else METHOD_NOTE

    @property
    def log_name(self) -> str:
        return f"{self.profile.path}/{self.slug}"

    @property
    def audience_parent(self) -> Profile:
        """What it is a part of, whose audience it has where it has none of its own."""
        return self.profile

    def effective_audience(self, of_profile: Sequence[str]) -> Sequence[str]:
        """The section's own audience, or else the profile's."""
        return of_profile if self.audience is None else self.audience


METHOD_NOTE = "method-note"


class Draft(RestrictedModel):
    """The working copy of a section in a language. Seen by the desk only."""

    belongs_to = ("section",)
    desk = "section__profile__dialogue"

    section = models.ForeignKey(Section, models.CASCADE, related_name="drafts", verbose_name=_("section"))
    language = models.CharField(_("language"), max_length=7)
    html = models.TextField(_("text"), blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="drafts"
    )

    class Meta:
        ordering = ["section", "language"]
        constraints = [models.UniqueConstraint(fields=["section", "language"], name="one_draft_of_a_section")]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self):
        return f"{self.section} [{self.language}]"


class KeptDrafts(RestrictedModel):
    """The drafts of a profile, with what their sections cite, as they stood before others were put in their place.

    `texts`: section, language and HTML of each; `sections`: the sources and tags of each section. Seen by the desk only.
    """

    belongs_to = ("profile",)
    desk = "profile__dialogue"

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="kept_drafts", verbose_name=_("profile"))
    kept_at = models.DateTimeField(_("kept"), auto_now_add=True)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="kept_drafts"
    )
    texts = models.JSONField(default=list)
    sections = models.JSONField(default=list)

    class Meta:
        ordering = ["profile", "-pk"]
        verbose_name = _("kept drafts")
        verbose_name_plural = _("kept drafts")

    def __str__(self):
        return f"{self.profile_id} {self.kept_at:%Y-%m-%d}"


class Edition(RestrictedModel):
    """An immutable publication. It keeps the audience it was published with, beside the record's live one."""

    names = ("profile__subject", "profile__theme")
    belongs_to = ("profile",)
    append_only = True
    triggers = (COUNTED,)

    profile = models.ForeignKey(Profile, models.PROTECT, related_name="editions", verbose_name=_("profile"))
    number = models.PositiveIntegerField(_("number"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    as_of = models.CharField(_("information as of"), max_length=10, validators=[validate_partial_date])
    audience = AudienceField(verbose_name=_("audience"))
    endorsement = models.CharField(_("endorsement"), max_length=20, choices=Endorsement)
    is_demonstration = models.BooleanField(_("demonstration text"), default=False)
    # Subjects but the profile's own whose figures the texts cite: a revision of theirs makes its pages others.
    cited_subjects = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta:
        ordering = ["profile", "-number"]
        constraints = [models.UniqueConstraint(fields=["profile", "number"], name="one_number_of_a_profile")]
        verbose_name = _("edition")
        verbose_name_plural = _("editions")

    def __str__(self):
        return f"{self.profile}, {self.number}"


class EditionText(RestrictedModel):
    """A section of an edition in a language: sanitised HTML, added once and never changed.

    Where it cites figures, their references stand without numbers: those are `CitedFigure`s, which have readers of
    their own.
    """

    names_by_key = {"tags": "profiles.Tag"}
    belongs_to = ("edition", "section")
    append_only = True
    triggers = (COUNTED,)
    row_policies = RowPolicies(writing=OF_THE_SAME_PROFILE)

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="texts")
    section = models.ForeignKey(Section, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=7)
    audience = AudienceField()
    html = models.TextField()
    digest = models.CharField(max_length=16, help_text="of the HTML: tells what changed between editions")
    tags = ArrayField(models.SlugField(), default=list, blank=True)

    class Meta:
        ordering = ["edition", "section__heading__position", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "section", "language"], name="one_text_of_a_section_in_an_edition"
            )
        ]
        verbose_name = _("published text")
        verbose_name_plural = _("published texts")

    def __str__(self):
        return f"{self.edition_id} {self.section_id} [{self.language}]"


class GoneLink(RestrictedModel):
    """An outside address in a published text that is no longer available; `gone_on`: the day on which that was seen."""

    belongs_to = ("text",)
    triggers = (COUNTED_AS_REFERENCE,)

    text = models.ForeignKey(EditionText, models.CASCADE, related_name="gone_links")
    address = models.TextField()
    gone_on = models.DateField()

    class Meta:
        ordering = ["text", "address"]
        constraints = [models.UniqueConstraint(fields=["text", "address"], name="one_note_of_an_address_in_a_text")]
        verbose_name = _("link that leads nowhere")
        verbose_name_plural = _("links that lead nowhere")

    def __str__(self):
        return self.address


class Citation(RestrictedModel):
    """A source as a published section named it."""

    belongs_to = ("edition", "section", "source")
    append_only = True
    triggers = (COUNTED,)
    row_policies = RowPolicies(writing=OF_THE_SAME_PROFILE)

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="citations")
    section = models.ForeignKey(Section, models.PROTECT, related_name="citations")
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["edition", "section", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "section", "source"], name="one_source_once_in_a_section")
        ]
        verbose_name = _("citation")
        verbose_name_plural = _("citations")

    def __str__(self):
        return f"{self.edition_id} {self.source_id}"


class CitedFigure(RestrictedModel):
    """A figure as a published section cited it, in all its languages: value and date known, frozen with the edition."""

    belongs_to = ("edition", "section", "observation")
    append_only = True
    triggers = (COUNTED,)
    row_policies = RowPolicies(writing=OF_THE_SAME_PROFILE)

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="figures")
    section = models.ForeignKey(Section, models.PROTECT, related_name="figures")
    reference = models.CharField(max_length=200)
    observation = models.ForeignKey(Observation, models.PROTECT, related_name="citations")
    value = models.DecimalField(max_digits=24, decimal_places=8)
    known_on = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["edition", "section", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "section", "reference"], name="one_value_of_a_reference_in_a_section"
            )
        ]
        verbose_name = _("cited figure")
        verbose_name_plural = _("cited figures")

    def __str__(self):
        return f"{self.edition_id} {self.reference}"
