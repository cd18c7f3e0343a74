"""The log: who did what, and when. No content, no search words; purged by the owner's role after its time."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField
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
    VIEWED_AS = "viewed-as", _("viewed as someone else")


class LogEntry(RestrictedModel):
    """One line. Written by `accounts.log.note` alone; its person and the secretariats concerned may read it."""

    append_only = True

    at = models.DateTimeField(_("when"), db_default=Now())
    action = models.CharField(_("action"), max_length=20, choices=Action)
    # Without constraints: a line says what was, whatever became of those it names.
    person = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, related_name="log", verbose_name=_("person")
    )
    dialogue = models.ForeignKey(
        Dialogue, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("dialogue")
    )
    object = models.CharField(
        _("object"), max_length=200, blank=True, help_text=_("what it was done to, such as an edition")
    )
    audience = AudienceField(editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["dialogue", "-at"], name="log_of_a_dialogue")]
        verbose_name = _("line of the log")
        verbose_name_plural = _("log")

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object}"
