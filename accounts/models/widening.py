"""Models of requests that a second person must confirm."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.fields import AudienceField
from access.triggers import Trigger
from access.viewer import Viewer
from access.visibility import RestrictedModel
from accounts.models.people import User
from atlas.models import Dialogue


class WideningState(models.TextChoices):
    WAITING = "waiting", _("to be confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")
    OVERTAKEN = "overtaken", _("overtaken by another change")


# What the database asks of each row of a `SecondPersonRequest`.
CONFIRMED_BY_ANOTHER = ~Q(state=WideningState.CONFIRMED) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")))


class SecondPersonRequest(models.Model):
    """A request that lets more people read: who asked, and who confirmed or refused. Kept after the decision."""

    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    state = models.CharField(
        pgettext_lazy("of a request", "state"), max_length=20, choices=WideningState, default=WideningState.WAITING
    )
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed or refused by")
    )
    decided_at = models.DateTimeField(_("confirmed or refused"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_waiting(self) -> bool:
        return self.state == WideningState.WAITING


class Widening(SecondPersonRequest, RestrictedModel):
    """A row shall be read by more people. Seen by the desk only; kept after it is decided.

    `held` is the row's audience when this was asked, `wanted` the one asked for; null means as the profile.
    """

    belongs_to = ("dialogue",)
    desk = "dialogue"
    triggers = (Trigger("refuse_others", "BEFORE INSERT OR UPDATE OF wanted", "accounts_widening_refuse_others()"),)

    content_type = models.ForeignKey(
        ContentType, models.CASCADE, editable=False, related_name="+", verbose_name=_("kind")
    )
    object_id = models.PositiveBigIntegerField(_("object"), editable=False)
    name = models.CharField(_("of what"), max_length=200, help_text=_("as the log names it"))
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="widenings", verbose_name=_("dialogue"))
    held = AudienceField(null=True, default=None, verbose_name=_("audience"), editable=False)
    wanted = AudienceField(null=True, default=None, verbose_name=_("Asked for"), editable=False)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"],
                condition=Q(state=WideningState.WAITING),
                name="one_widening_of_a_row_waits",
                violation_error_message=_("A wider audience of this waits to be confirmed already."),
            ),
            models.CheckConstraint(
                name="a_second_person_confirms_a_widening",
                violation_error_message=_("A second person of the Secretariat confirms a wider audience."),
                condition=CONFIRMED_BY_ANOTHER,
            ),
        ]
        verbose_name = _("wider audience to confirm")
        verbose_name_plural = _("wider audiences to confirm")

    def __str__(self):
        return self.name

    def row_for(self, viewer: Viewer) -> Any:
        """The row if the viewer may see it; None when it is gone."""
        return self.rows_for(viewer).filter(pk=self.object_id).first()

    def rows_for(self, viewer: Viewer) -> Any:
        model = self.content_type.model_class()
        return model._default_manager.visible_to(viewer)  # type: ignore[union-attr]

    def can_be_decided_by(self, person: User) -> bool:
        """Whether this is another person, of that secretariat."""
        return person.pk != self.asked_by_id and person.viewer.is_secretariat_of(self.dialogue_id)
