"""Partners, their memberships in dialogues, and the states that a dialogue covers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.names import Name
from access.visibility import RestrictedModel, RestrictedQuerySet
from atlas.change_counters import COUNTED_AS_REFERENCE
from atlas.models.dialogues import Dialogue
from atlas.models.keys import IN_TOKENS, KEY
from atlas.models.subjects import Subject


class PartnerKind(models.TextChoices):
    STATE = "state", _("state")
    AGENCY = "agency", _("agency")
    ORGANISATION = "organisation", _("organisation")


class Partner(Name):
    """A state, an agency or another organisation. A state is named by its subject."""

    mentions = ("subject",)
    triggers = (COUNTED_AS_REFERENCE,)

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
        """Memberships that hold today. The database applies the same rule to readers (`accounts.tokens_sql`)."""
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
    triggers = (COUNTED_AS_REFERENCE,)

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
    triggers = (COUNTED_AS_REFERENCE,)

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
