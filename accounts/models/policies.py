"""What differs between partners in how their people get and keep their accounts."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from atlas.models import Partner

DOMAIN = RegexValidator(
    r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$",
    _("A domain in small letters, such as interior.example."),
)


class PartnerPolicy(models.Model):
    """A partner without a row has no domain of its own, twelve months, and the second factor of its people's roles."""

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
