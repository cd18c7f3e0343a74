"""Models of a reader's saved searches, and of the mails about what is new in them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from access import tokens
from access.fields import AudienceField
from access.numbers import RandomKeyField
from access.policies import RowPolicies
from access.visibility import RestrictedModel
from accounts.models import User


class Watch(RestrictedModel):
    """A filter of the news that a reader keeps. What somebody looks for is theirs alone; no secretariat reads it."""

    row_policies = RowPolicies(
        writing="('self:' || owner_id) = ANY ((SELECT imap_viewer())::text[]) AND audience = ARRAY['self:' || owner_id]"
    )

    id = RandomKeyField(primary_key=True)
    owner = models.ForeignKey(User, models.CASCADE, related_name="watches", verbose_name=_("reader"))
    # Empty: its label says what it looks for, of what its reader may be told at that moment (`newscentre.filter_labels`).
    name = models.CharField(_("name"), max_length=80, blank=True)
    query = models.CharField(_("filter"), max_length=600, help_text=_("as it stands in the address of the news"))
    audience = AudienceField(verbose_name=_("audience"), editable=False)
    made_at = models.DateTimeField(_("kept since"), auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "query"], name="one_watch_of_a_filter")]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")

    def __str__(self):
        return self.name or self.query

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.audience = [tokens.own(self.owner_id)]
        super().save(*args, **kwargs)


class Mailing(models.Model):
    """One mail to one reader for one occasion (`day:2026-11-28`, `week:2026-W48`, `review:12`), planned, then done with once.

    It holds no content. `until`: the articles that were released up to then are told of; `key`: the digest of the secret in
    the address by which the reader ends such mails.
    """

    recipient = models.ForeignKey(User, models.CASCADE, related_name="mailings", verbose_name=_("reader"))
    occasion = models.CharField(_("occasion"), max_length=40)
    key = models.CharField(_("digest of the key"), max_length=64, unique=True)
    planned_at = models.DateTimeField(_("planned"))
    until = models.DateTimeField(_("tells of articles until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    done_at = models.DateTimeField(_("done with"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "occasion"], name="one_mail_for_an_occasion")]
        indexes = [
            models.Index(fields=["planned_at"], condition=models.Q(done_at__isnull=True), name="mails_to_be_sent")
        ]
        verbose_name = _("mail of news")
        verbose_name_plural = _("mails of news")

    def __str__(self):
        return self.occasion
