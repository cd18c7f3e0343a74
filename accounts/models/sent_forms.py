from django.db import models
from django.utils.translation import gettext_lazy as _


class SentForm(models.Model):
    """A processed form of the admin, by the key that it carried. Deleted after some days (`accounts.tasks`)."""

    key = models.UUIDField(primary_key=True)
    person = models.BigIntegerField(help_text="the number of who sent it")
    answer = models.CharField(max_length=2000, blank=True, help_text="the address to which it led")
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("form that was sent")
        verbose_name_plural = _("forms that were sent")

    def __str__(self):
        return str(self.key)
