"""Models of how a person comes to read for a partner: nomination, submission to each dialogue, invitation.

Audiences: the partner's own authority, the secretariats of the dialogues asked for, and, once there is an account, the
person. What happened to a mandate is kept for good in `MandateEvent`.
"""

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.fields import AudienceField, names_no_group
from access.numbers import RandomKeyField
from access.policies import RowPolicies
from access.row_level_security import secretariat_holds
from access.visibility import RestrictedModel
from accounts.models.people import Affiliation, User
from accounts.models.words import refuse_hidden_words
from atlas.models import Dialogue, Partner, Theme


def letter_path(nomination: "Nomination", name: str) -> str:
    """A random storage path for a letter, with a file extension given by `accounts.nominations.letters`."""
    return f"nominations/{nomination.received_on:%Y}/{secrets.token_hex(16)}.{name.rpartition('.')[2]}"


# SQL for the policies of nominations: who nominates for a partner, and the secretariats to which a nomination was sent.
HOLDS_AUTHORITY = "('authority:' || {}) = ANY ((SELECT imap_viewer())::text[])"
A_SECRETARIAT_READS = (
    "EXISTS (SELECT 1 FROM unnest((SELECT imap_viewer())::text[]) held"
    " WHERE held LIKE 'secretariat:%' AND held = ANY (audience))"
)
AUTHORITY_OF_NOMINATION = HOLDS_AUTHORITY.format(
    "(SELECT n.partner_id FROM accounts_nomination n WHERE n.id = nomination_id)"
)
SUBMISSION_WRITING = (
    f"({secretariat_holds('dialogue_id')} OR (state IN ('waiting', 'withdrawn') AND {AUTHORITY_OF_NOMINATION}))"
)
THEMES_WRITING = (
    "EXISTS (SELECT 1 FROM accounts_submission s JOIN accounts_nomination n ON n.id = s.nomination_id"
    f" WHERE s.id = submission_id AND ({secretariat_holds('s.dialogue_id')}"
    f" OR (s.state = 'waiting' AND {HOLDS_AUTHORITY.format('n.partner_id')})))"
)


class Nomination(RestrictedModel):
    """A partner names a person who shall read for it. Without `nominated_by` it came on paper."""

    mentions = ("partner",)
    row_policies = RowPolicies(writing=f"({HOLDS_AUTHORITY.format('partner_id')} OR {A_SECRETARIAT_READS})")

    id = RandomKeyField(primary_key=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="nominations", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=120, validators=[refuse_hidden_words])
    office = models.CharField(_("office"), max_length=160, validators=[refuse_hidden_words])
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=7, choices=settings.LANGUAGES, default="en")
    reason = models.TextField(_("reason"), max_length=2000)
    letter = models.FileField(_("letter or note verbale"), upload_to=letter_path, blank=True)
    is_focal_point = models.BooleanField(_("national focal point"), default=False)
    may_nominate = models.BooleanField(_("may nominate"), default=False)
    nominated_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="nominations_made", verbose_name=_("nominated by")
    )
    recorded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    successor_to = models.ForeignKey(
        Affiliation, models.SET_NULL, null=True, blank=True, related_name="successors", verbose_name=_("successor to")
    )
    predecessor_leaves_on = models.DateField(_("the predecessor's last day"), null=True, blank=True)
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="nominations")
    audience = AudienceField(verbose_name=_("audience"), editable=False)

    class Meta:
        ordering = ["-received_on", "-created_at"]
        constraints = [names_no_group("accounts_nomination_names_no_group")]
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")

    def __str__(self):
        return f"{self.name} – {self.partner}"

    @property
    def is_on_paper(self) -> bool:
        return self.nominated_by_id is None

    @property
    def takes_over_the_address(self) -> bool:
        """Whether the predecessor, who has not left yet, has the address that the person will have, as of a shared mailbox."""
        former = self.successor_to
        return former is not None and former.ended_at is None and former.user.email == self.email


class State(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Submission(RestrictedModel):
    """A nomination as submitted to the secretariat of one dialogue, for some of its themes."""

    mentions = ("themes",)
    belongs_to = ("dialogue", "nomination")
    row_policies = RowPolicies(writing=SUBMISSION_WRITING, join_tables={"themes": THEMES_WRITING})

    id = RandomKeyField(primary_key=True)
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="submissions", verbose_name=_("nomination"))
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="submissions", verbose_name=_("dialogue"))
    themes = models.ManyToManyField(Theme, related_name="+", verbose_name=_("themes"))
    state = models.CharField(_("status"), max_length=20, choices=State, default=State.WAITING)
    reason = models.TextField(_("reason of the decision"), blank=True, max_length=2000)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    audience = AudienceField(verbose_name=_("audience"), editable=False)

    class Meta:
        ordering = ["nomination", "dialogue"]
        constraints = [
            models.UniqueConstraint(fields=["nomination", "dialogue"], name="one_submission_to_a_dialogue"),
            models.CheckConstraint(
                name="a_refusal_has_a_reason",
                violation_error_message=_("Whoever declines a nomination says why."),
                violation_error_code="reason",
                condition=~models.Q(state=State.DECLINED) | ~models.Q(reason=""),
            ),
        ]
        verbose_name = _("nomination to a dialogue")
        verbose_name_plural = _("nominations to dialogues")

    def __str__(self):
        return f"{self.nomination} / {self.dialogue_id}"

    @property
    def age_days(self) -> int:
        return (timezone.localdate() - self.nomination.received_on).days


class ApprovedAddress(models.Model):
    """One address outside a partner's domains that a secretariat approved, for offices without a mailbox of their own."""

    mentions = ("partner",)

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="approved_addresses", verbose_name=_("partner"))
    email = models.EmailField(_("e-mail"))
    approved_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("decided by")
    )
    approved_at = models.DateTimeField(_("approved"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["partner", "email"]
        constraints = [models.UniqueConstraint(fields=["partner", "email"], name="one_approval_of_an_address")]
        verbose_name = _("approved address")
        verbose_name_plural = _("approved addresses")

    def __str__(self):
        return self.email


class Invitation(models.Model):
    """A link to an account, sent once to one address. Only the digest of its secret is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("sent to"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)

    class Meta:
        ordering = ["-sent_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self):
        return self.email

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.cancelled_at is None and self.expires_at > timezone.now()


class Event(models.TextChoices):
    NOMINATED = "nominated", _("nominated")
    RECORDED = "recorded", _("recorded from paper")
    CORRECTED = "corrected", _("address corrected")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    INVITED = "invited", _("invited")
    JOINED = "joined", _("joined")
    CONFIRMED = "confirmed", _("re-confirmed")
    GRANTED = "granted", _("reading granted")
    HANDED_OVER = "handed-over", _("handed over")
    ENDED = "ended", _("ended")


class MandateEvent(RestrictedModel):
    """An event of a mandate: who did what, and when. Added once, never changed, kept permanently."""

    mentions = ("partner",)
    belongs_to = ("nomination",)
    regardless_of = {"dialogue": "It tells its own people what became of their mandate, whoever wrote it."}
    append_only = True
    row_policies = RowPolicies(writing="audience && (SELECT imap_viewer())")

    at = models.DateTimeField(_("when"), default=timezone.now)
    event = models.CharField(_("event"), max_length=20, choices=Event)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="mandate_events", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=120, help_text=_("as it was written then"))
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="mandate_events", verbose_name=_("partner")
    )
    dialogue = models.ForeignKey(
        Dialogue, models.PROTECT, null=True, related_name="mandate_events", verbose_name=_("dialogue")
    )
    nomination = models.ForeignKey(
        Nomination, models.PROTECT, null=True, related_name="events", verbose_name=_("nomination")
    )
    note = models.TextField(_("note"), blank=True)
    audience = AudienceField(verbose_name=_("audience"), editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [names_no_group("accounts_mandateevent_names_no_group")]
        verbose_name = _("event of a mandate")
        verbose_name_plural = _("history of mandates")

    def __str__(self):
        return f"{self.get_event_display()}: {self.name}"
