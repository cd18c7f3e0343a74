"""Models of links that a secretariat recommends, and of what is known about external links on the portal."""

from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField
from access.triggers import Trigger
from access.visibility import RestrictedModel, SaysItsReaders
from atlas.models import Dialogue
from newscentre.stages.fetch import Reason
from newscentre.stages.links import LONGEST
from newscentre.validators import validate_safe_url


class LinkCategory(models.TextChoices):
    """Categories of links, in the order of the page."""

    FORUM = "forum", _("Forums")
    PROCESS = "process", _("Regional processes")
    RESEARCH = "research", _("Research centres")
    INITIATIVE = "initiative", _("Initiatives")
    GLOSSARY = "glossary", _("Glossaries")
    AGENCY = "agency", _("Agencies")


class Link(SaysItsReaders, RestrictedModel):
    """An institution, forum or glossary elsewhere. `gone_on`: since when it is no longer available, as far as known."""

    belongs_to = ("dialogue",)
    triggers = (
        Trigger(
            "forget_gone",
            "BEFORE UPDATE OF address",
            "newscentre_link_forget_gone()",
            when="NEW.address <> OLD.address",
        ),
    )

    dialogue = models.ForeignKey(
        Dialogue, models.PROTECT, related_name="links", verbose_name=_("kept by the Secretariat of")
    )
    slug = models.SlugField(_("identifier"))
    audience = AudienceField(verbose_name=_("audience"))
    category = models.CharField(_("category"), max_length=12, choices=LinkCategory)
    name = models.CharField(_("name"), max_length=200)
    about = models.CharField(_("about"), max_length=400, blank=True)
    address = models.CharField(_("address"), max_length=LONGEST, validators=[validate_safe_url])
    languages = ArrayField(
        models.CharField(max_length=7),
        verbose_name=_("its languages"),
        default=list,
        blank=True,
    )
    gone_on = models.DateField(_("no longer available since"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True, editable=False)

    class Meta:
        ordering = ["category", "slug"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "slug"], name="one_link_of_an_identifier")]
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self):
        return self.name

    @property
    def log_name(self) -> str:
        return f"links/{self.slug}"


class WhyBroken(models.TextChoices):
    """`Reason` as the desk reads it of an outside address."""

    REFUSED_ADDRESS = Reason.REFUSED_ADDRESS.value, _("The address is not one of the public internet.")
    REFUSED_REDIRECT = Reason.REFUSED_REDIRECT.value, _("It leads on and on, or out of a secure connection.")
    UNKNOWN_HOST = Reason.UNKNOWN_HOST.value, _("The name of its host is unknown.")
    NO_CONNECTION = Reason.NO_CONNECTION.value, _("Its host takes no connection, or breaks it off.")
    NO_TRUST = Reason.NO_TRUST.value, _("Its host does not prove who it is.")
    TOO_SLOW = Reason.TOO_SLOW.value, _("Its host did not answer in time.")
    GONE = Reason.GONE.value, _("Its host says that it is gone for good.")
    NOT_FOUND = Reason.NOT_FOUND.value, _("There is nothing at its address.")
    NOT_ALLOWED = Reason.NOT_ALLOWED.value, _("Its host answers, but does not let the portal see the page.")
    BUSY = Reason.BUSY.value, _("Its host answers, but asks for more time between two visits.")
    OUT_OF_ORDER = Reason.OUT_OF_ORDER.value, _("Its host is out of order.")
    STRANGE_ANSWER = Reason.STRANGE_ANSWER.value, _("Its host gives an answer that makes no sense.")


class OutsideAddress(RestrictedModel):
    """An outside address that stands somewhere on the portal, and how it answered; the desk's alone.

    A claim is one look: whoever holds it may begin it once, and a claim that is over may be taken by another worker.
    """

    belongs_to = ("dialogue",)
    desk = "dialogue"

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="+", verbose_name=_("dialogue"))
    address = models.CharField(_("address"), max_length=LONGEST, editable=False)
    host = models.CharField(_("host"), max_length=255, editable=False)
    stands_in = ArrayField(
        models.CharField(max_length=200), verbose_name=_("stands in"), default=list, blank=True, editable=False
    )
    checked_at = models.DateTimeField(_("last look"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("last answer"), null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    reason = models.CharField(_("why"), max_length=20, choices=WhyBroken, blank=True, editable=False)
    gone_on = models.DateField(_("no longer available since"), null=True, blank=True, editable=False)
    next_at = models.DateTimeField(_("next look"), null=True, blank=True, editable=False)
    claim = models.UUIDField(_("claim of a worker"), null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True, editable=False)
    begun_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["host", "address"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "address"], name="one_row_of_an_outside_address"),
            models.CheckConstraint(
                name="a_look_has_an_end",
                violation_error_message=_("What is being looked at has a time by which that is over."),
                condition=Q(claim__isnull=True) | Q(claimed_until__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="addresses_that_are_due")]
        verbose_name = _("outside address")
        verbose_name_plural = _("outside addresses")

    def __str__(self):
        return self.address


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "")[:255]
    except ValueError:
        return ""
