"""Dialogues, and the themes they take up."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from access import tokens
from access.fields import AudienceField, everyone
from access.names import Name
from access.policies import RowPolicies
from access.presets import Preset
from access.row_level_security import IS_PORTAL, overlap
from access.visibility import RestrictedModel
from atlas.addresses import validate_not_reserved
from atlas.change_counters import COUNTED_AS_REFERENCE
from atlas.models.keys import IN_TOKENS, KEY


class Accent(models.TextChoices):
    """The colour of a theme's rules and marks; the value is its class in static/css/tokens.css."""

    MIXED = "mixed", _("brick red")
    DEV = "dev", _("dark teal")
    PLAIN = "plain", _("ink")


class Theme(Name):
    """A pillar; a dialogue takes up one or several."""

    triggers = (COUNTED_AS_REFERENCE,)

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
    triggers = (COUNTED_AS_REFERENCE,)
    row_policies = RowPolicies(writing=overlap(), also_reads=IS_PORTAL)

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
    triggers = (COUNTED_AS_REFERENCE,)

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
