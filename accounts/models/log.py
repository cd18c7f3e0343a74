"""Models of the activity log: who did what, and when. It holds no content and no search words."""

from datetime import date

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField, names_no_group
from access.policies import RowPolicies
from access.visibility import RestrictedModel
from accounts.models.people import User
from atlas.models import Dialogue


class Action(models.TextChoices):
    READ = "read", _("read")
    EXPORTED = "exported", _("exported")
    SIGNED_IN = "signed-in", _("signed in")
    SIGN_IN_FAILED = "sign-in-failed", _("failed to sign in")
    NOMINATED = "nominated", _("nominated")
    AUDIENCE_CHANGED = "audience-changed", _("changed an audience")
    WIDENING_ASKED = "widening-asked", _("asked for a wider audience")
    WIDENING_REFUSED = "widening-refused", _("refused a wider audience")
    POLICY_CHANGED = "policy-changed", _("changed a partner's policy")
    POLICY_ASKED = "policy-asked", _("asked for a wider policy of a partner")
    POLICY_REFUSED = "policy-refused", _("refused a wider policy of a partner")
    VIEWED_AS = "viewed-as", _("viewed as someone else")


class LogEntry(RestrictedModel):
    """One line. Written by `accounts.activity_log.writer.log_action` alone; its person and the secretariats concerned may read it."""

    append_only = True
    regardless_of = {"dialogue": "A line says what was, to those it names, whatever became of the dialogue."}
    row_policies = RowPolicies(writing="true")  # whoever does something is noted

    at = models.DateTimeField(_("when"), db_default=Now())
    action = models.CharField(_("action"), max_length=20, choices=Action)
    # Without constraints: a line says what was, whatever became of those it names.
    person = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, related_name="log", verbose_name=_("person")
    )
    dialogue = models.ForeignKey(
        Dialogue,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("dialogue"),
    )
    object = models.CharField(
        _("object"), max_length=200, blank=True, help_text=_("what it was done to, such as an edition")
    )
    audience = AudienceField(verbose_name=_("audience"), editable=False)

    partners: list[str]  # filled by accounts.activity_log.querysets: for whom the person stood then

    class Meta:
        ordering = ["-at", "-pk"]
        # One index for the pages, the counts by day and the purge: each line written pays for every index.
        indexes = [models.Index(fields=["-at", "-id"], name="log_in_its_order")]
        constraints = [names_no_group("accounts_logentry_names_no_group")]
        verbose_name = _("line of the log")
        verbose_name_plural = _("log")

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object}"


class UseOfQuarter(RestrictedModel):
    """How the restricted part of a dialogue was read in a quarter: numbers without persons, kept when the lines are gone.

    The Secretariat's own reading is not counted.
    """

    belongs_to = ("dialogue",)
    desk = "dialogue"

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="+", verbose_name=_("dialogue"))
    began_on = models.DateField(_("quarter"), help_text=_("its first day"))
    reads = models.PositiveIntegerField(_("reads"))
    readers = models.PositiveIntegerField(_("readers"))
    partners = models.PositiveIntegerField(_("partners"))
    profiles = models.PositiveIntegerField(_("profiles read"))

    class Meta:
        ordering = ["-began_on", "dialogue"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "began_on"], name="one_row_for_a_quarter")]
        verbose_name = _("use in a quarter")
        verbose_name_plural = _("use by quarter")

    def __str__(self):
        return f"{self.dialogue_id}, {self.period}"

    @property
    def period(self) -> str:
        return f"{self.began_on.year}-Q{(self.began_on.month + 2) // 3}"

    def is_over(self, today: date) -> bool:
        return (today.year, (today.month + 2) // 3) > (self.began_on.year, (self.began_on.month + 2) // 3)
