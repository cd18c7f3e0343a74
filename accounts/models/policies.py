"""Models of what differs between partners in how their people get and keep their accounts."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.widening import CONFIRMED_BY_ANOTHER, SecondPersonRequest, WideningState
from atlas.models import Partner

DOMAIN = RegexValidator(
    r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$",
    _("A domain in small letters, such as interior.example."),
)


class PartnerPolicy(models.Model):
    """A partner without a row has no domain, mandates of twelve months, and the second factor that its roles require."""

    mentions = ("partner",)

    partner = models.OneToOneField(
        Partner, models.CASCADE, primary_key=True, related_name="policy", verbose_name=_("partner")
    )
    domains = ArrayField(
        models.CharField(max_length=253, validators=[DOMAIN]),
        verbose_name=_("e-mail domains"),
        default=list,
        blank=True,
        help_text=_("Matched exactly: the part after @, without its subdomains. Separate several by commas."),
    )
    months = models.PositiveSmallIntegerField(_("months until accounts are re-confirmed"), default=12)
    requires_second_factor = models.BooleanField(_("second factor required of all its people"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="months_between_one_and_thirty_six",
                violation_error_message=_("A mandate runs for 1 to 36 months."),
                violation_error_code="months",
                condition=models.Q(months__range=(1, 36)),
            )
        ]
        verbose_name = _("policy of a partner")
        verbose_name_plural = _("policies of partners")

    def __str__(self):
        return str(self.partner)


class PolicyWidening(SecondPersonRequest):
    """What a person of a secretariat asked for and a second person has to confirm: it lets more people in, or for longer.

    `months` and `requires_second_factor` are null where they stay as they are. Kept after it is decided.
    """

    mentions = ("partner",)

    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="policy_widenings", verbose_name=_("partner"), editable=False
    )
    added_domains = ArrayField(
        models.CharField(max_length=253), verbose_name=_("e-mail domains to add"), default=list, editable=False
    )
    months = models.PositiveSmallIntegerField(_("months until accounts are re-confirmed"), null=True, editable=False)
    requires_second_factor = models.BooleanField(
        _("second factor required of all its people"), null=True, editable=False
    )

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=Q(state=WideningState.WAITING),
                name="one_widening_of_a_policy_waits",
                violation_error_message=_("A wider policy of this partner waits to be confirmed already."),
            ),
            models.CheckConstraint(
                name="a_second_person_confirms_a_policy",
                violation_error_message=_("A second person confirms a wider policy."),
                condition=CONFIRMED_BY_ANOTHER,
            ),
        ]
        verbose_name = _("wider policy to confirm")
        verbose_name_plural = _("wider policies to confirm")

    def __str__(self):
        return str(self.partner)
