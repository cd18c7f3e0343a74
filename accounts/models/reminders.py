"""Records which reminder about a mandate was sent, so that none is sent twice."""

from django.db import models
from django.utils import timezone

from accounts.models.people import Affiliation


class Reminder(models.Model):
    """A reminder that was sent to the person or to those who re-confirm: `step` is days before `ends_on`, 0 when past."""

    affiliation = models.ForeignKey(Affiliation, models.CASCADE, related_name="reminders")
    ends_on = models.DateField()
    days_before = models.PositiveSmallIntegerField()
    is_to_person = models.BooleanField(default=False)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation", "ends_on", "days_before", "is_to_person"], name="one_reminder_of_a_step"
            )
        ]

    def __str__(self):
        return f"{self.affiliation_id}: {self.days_before}"
