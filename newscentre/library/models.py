"""Models of the library: publications with their files and the profile sections they go with, and projects."""

from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField, no_tokens
from access.numbers import AddressNumberMixin
from access.triggers import Trigger
from access.visibility import RestrictedModel, SaysItsReaders
from atlas.models import Dialogue, Partner, Subject, Theme
from atlas.periods import first_day, validate_partial_date
from newscentre.private_files import KeptFile, kept_path, validate_file_type
from newscentre.stages.links import LONGEST
from newscentre.validators import validate_safe_url


class Publication(SaysItsReaders, AddressNumberMixin, RestrictedModel):
    """A book, report, map or animation of a dialogue. Its title is in the language in which it was published.

    `gone_on`: since when `link` is no longer available, as far as known.
    """

    mentions = ("theme", "made_with")
    belongs_to = ("dialogue",)
    triggers = (
        Trigger("forget_gone", "BEFORE UPDATE OF link", "newscentre_link_forget_gone()", when="NEW.link <> OLD.link"),
    )

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="publications", verbose_name=_("dialogue"))
    slug = models.SlugField(_("identifier"), max_length=80)
    audience = AudienceField(verbose_name=_("audience"))
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="publications", verbose_name=_("theme")
    )
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=300)
    title_language = models.CharField(_("language of the title"), max_length=7, default="en")
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True)
    made_with = models.ManyToManyField(Partner, related_name="publications", blank=True, verbose_name=_("made with"))
    about = models.TextField(_("about"), blank=True)
    remark = models.TextField(_("remark"), blank=True)
    link = models.CharField(
        _("address"), max_length=LONGEST, blank=True, validators=[validate_safe_url], help_text=_("of its publisher")
    )
    gone_on = models.DateField(_("no longer available since"), null=True, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["-year", "title"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "slug"], name="one_publication_of_an_identifier"),
            models.CheckConstraint(
                name="published_in_a_year",
                violation_error_message=_("A year is a number from 1 to 9999."),
                violation_error_code="year",
                condition=models.Q(year__range=(1, 9999)),
            ),
        ]
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self):
        return self.title

    @property
    def log_name(self) -> str:
        return f"library/{self.address_number}"


class PublicationFile(SaysItsReaders, AddressNumberMixin, KeptFile, RestrictedModel):
    """A publication in one language; read as the publication, or by fewer."""

    belongs_to = ("publication",)

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="files", verbose_name=_("publication"))
    audience = AudienceField(verbose_name=_("audience"), null=True, default=no_tokens)
    title = models.CharField(_("title"), max_length=300, help_text=_("in the language of the file"))
    language = models.CharField(_("language"), max_length=7)
    file = models.FileField(_("file"), upload_to=partial(kept_path, "library"), validators=[validate_file_type])

    class Meta:
        ordering = ["publication", "language", "pk"]
        verbose_name = _("file of a publication")
        verbose_name_plural = _("files of publications")

    def __str__(self):
        return self.title

    @property
    def audience_parent(self) -> Publication:
        """What it inherits its audience from."""
        return self.publication

    @property
    def log_name(self) -> str:
        return f"library/files/{self.address_number}"


class PublicationSection(RestrictedModel):
    """A section of a profile that a publication goes with. Without `section` it goes with the whole profile."""

    mentions = ("theme", "subject")
    belongs_to = ("publication",)

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="sections", verbose_name=_("publication"))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+", verbose_name=_("theme"))
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="publications", verbose_name=_("subject"))
    section = models.SlugField(
        _("section"), blank=True, help_text=_("last word of the section’s address, such as remittances")
    )

    class Meta:
        ordering = ["publication", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "theme", "subject", "section"], name="one_section_once_for_a_publication"
            )
        ]
        verbose_name = _("section of a profile that it goes with")
        verbose_name_plural = _("sections of profiles that it goes with")

    def __str__(self):
        return f"{self.subject} {self.section}".strip()


class Project(SaysItsReaders, AddressNumberMixin, RestrictedModel):
    """An initiative or project: who did it, when, what for, and what came of it."""

    mentions = ("theme", "made_with")
    belongs_to = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="projects", verbose_name=_("dialogue"))
    slug = models.SlugField(_("identifier"))
    audience = AudienceField(verbose_name=_("audience"))
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("theme")
    )
    name = models.CharField(_("name"), max_length=200)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    starts = models.CharField(
        _("begins on"),
        max_length=10,
        validators=[validate_partial_date],
        help_text=_("A year, a month or a day: 2013, 2013-06 or 2013-06-18."),
    )
    ends = models.CharField(_("ends on"), max_length=10, blank=True, validators=[validate_partial_date])
    made_with = models.ManyToManyField(Partner, related_name="projects", blank=True, verbose_name=_("partners"))
    other_partners = models.TextField(
        _("other partners"), blank=True, help_text=_("One office to a line; no names of people.")
    )
    about = models.TextField(_("about"), blank=True)
    outcome = models.TextField(_("what came of it"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["-starts", "slug"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "slug"], name="one_project_of_an_identifier")]
        verbose_name = _("project")
        verbose_name_plural = _("projects")

    def __str__(self):
        return self.name

    def clean(self):
        if self.ends and first_day(self.ends) < first_day(self.starts):
            raise ValidationError({"ends": _("It ends before it begins.")})

    @property
    def log_name(self) -> str:
        return f"library/projects/{self.address_number}"

    @property
    def lines_of_partners(self) -> list[str]:
        return [line.strip() for line in (self.other_partners or "").splitlines() if line.strip()]
