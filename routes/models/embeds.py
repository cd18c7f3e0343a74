"""Model of an embedded map: a frozen view of a public map, shown on another site until its key is revoked."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from access import tokens
from access.fields import AudienceField
from access.visibility import RestrictedModel
from routes.models.maps import MapEdition

ORIGIN = r"https://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?"
refuse_strange_origins = RegexValidator(
    rf"\A{ORIGIN}(?: {ORIGIN})*\Z", _("Addresses such as https://www.example.org, without a path, with spaces between.")
)


def everyone() -> list[str]:
    return [tokens.PUBLIC]


class Embed(RestrictedModel):
    """The key itself is shown once and kept as a digest. Nothing is read of it but the view that it names."""

    belongs_to = ("edition",)

    name = models.CharField(_("name"), max_length=120, help_text=_("by which the desk knows it: who shows it where"))
    edition = models.ForeignKey(MapEdition, models.PROTECT, related_name="embeds", verbose_name=_("map edition"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    year = models.PositiveSmallIntegerField(_("year"))
    origins = models.CharField(
        _("sites that may show it"), max_length=500, validators=[refuse_strange_origins],
        help_text=_("Addresses such as https://www.example.org, without a path, with spaces between."),
    )  # fmt: skip
    digest = models.CharField(_("digest of the key"), max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("made by")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    audience = AudienceField(verbose_name=_("audience"), default=everyone, editable=False)

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("embedded map")
        verbose_name_plural = _("embedded maps")

    def __str__(self):
        return self.name

    def clean(self):
        edition = MapEdition.objects.filter(pk=self.edition_id).first()
        if edition is None:
            return
        if edition.is_proof or tokens.PUBLIC not in edition.audience:
            raise ValidationError({"edition": _("Only a map that everyone may read can be shown on other sites.")})
        if self.year and not edition.first_year <= self.year <= edition.last_year:
            raise ValidationError({"year": _("The map does not show this year.")})
