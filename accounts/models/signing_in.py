"""Models of the terms of use, who accepted which version, and personal tokens."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.numbers import RandomKeyField
from accounts.models.people import Affiliation, Engagement, User


class TermsOfUse(models.Model):
    """A version of the terms in every language of the interface. It does not change once somebody accepted it."""

    version = models.DateField(_("version"), primary_key=True)
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["-version"]
        verbose_name = _("terms of use")
        verbose_name_plural = _("terms of use")

    def __str__(self):
        return f"{self.version:%Y-%m-%d}"


class Acceptance(models.Model):
    """A person accepted a version, in the language in which they read it. Added once, never changed."""

    append_only = True

    user = models.ForeignKey(User, models.PROTECT, related_name="acceptances", verbose_name=_("person"))
    terms = models.ForeignKey(TermsOfUse, models.PROTECT, related_name="acceptances", verbose_name=_("version"))
    language = models.CharField(_("language"), max_length=7, choices=settings.LANGUAGES)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["-terms_id"]
        constraints = [models.UniqueConstraint(fields=["user", "terms"], name="one_acceptance_of_a_version")]
        verbose_name = _("acceptance of the terms of use")
        verbose_name_plural = _("acceptances of the terms of use")

    def __str__(self):
        return f"{self.user} – {self.terms_id}"


class TokenScope(models.TextChoices):
    READ = "read", _("reading by a machine")
    CALENDAR = "calendar", _("calendar")


class PersonalTokenQuerySet(models.QuerySet["PersonalToken"]):
    def alive(self):
        """Tokens neither revoked nor expired, of persons none of whose mandates has ended since they were made."""
        since = {"user": models.OuterRef("user"), "ended_at__gte": models.OuterRef("created_at")}
        has_ended = models.Exists(Affiliation.objects.filter(**since)) | models.Exists(
            Engagement.objects.filter(**since)
        )
        return self.filter(~has_ended, revoked_at__isnull=True, expires_on__gte=timezone.localdate())


class PersonalToken(models.Model):
    """A secret by which a machine or a calendar reads as a person. Only its digest is stored."""

    id = RandomKeyField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="personal_tokens", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=60, help_text=_("such as “my calendar”"))
    scope = models.CharField(_("what it is for"), max_length=20, choices=TokenScope)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_on = models.DateField(_("expires on"))
    last_used_on = models.DateField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = PersonalTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("personal token")
        verbose_name_plural = _("personal tokens")

    def __str__(self):
        return self.name


class AgencyAccount(models.Model):
    """The account at an agency's provider with which a person first signed in. Any other is refused from then on."""

    user = models.ForeignKey(User, models.CASCADE, related_name="agency_accounts", verbose_name=_("person"))
    agency = models.CharField(_("agency"), max_length=60, editable=False)
    subject = models.CharField(_("identifier at the agency"), max_length=255, editable=False)
    first_used_at = models.DateTimeField(_("first used"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["agency", "user"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "subject"], name="one_person_for_an_agency_account"),
            models.UniqueConstraint(fields=["user", "agency"], name="one_account_at_an_agency"),
        ]
        verbose_name = _("account at an agency")
        verbose_name_plural = _("accounts at agencies")

    def __str__(self):
        return f"{self.user} · {self.agency}"
