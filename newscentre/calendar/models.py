"""Models of the calendar: meetings of a dialogue, their documents, and the names of their participants.

Chatham House Rule: a meeting and its documents name offices and partners. Names of people stand in `ParticipantList`
alone, which the dialogue may read, and nobody else ever.
"""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import ClassVar
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import tokens
from access.fields import AudienceField, no_tokens, validate_tokens
from access.numbers import AddressNumberMixin
from access.visibility import RestrictedModel, RestrictedQuerySet, SaysItsReaders
from atlas.models import Dialogue, Partner, Subject, SubjectKind, Theme
from atlas.periods import first_day, last_day, validate_partial_date
from newscentre.private_files import KeptFile, kept_path, validate_file_type

WIDER_THAN_A_DIALOGUE = [tokens.PUBLIC, tokens.NOMINATED]


def refuse_unknown_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is no time zone such as Europe/Malta."), params={"name": name})


def refuse_more_than_the_dialogue(audience: Iterable[str]) -> None:
    if not set(WIDER_THAN_A_DIALOGUE).isdisjoint(audience):
        raise ValidationError(_("Names of participants are for the dialogue only."))


class MeetingState(models.TextChoices):
    CONFIRMED = "confirmed", pgettext_lazy("of a meeting", "confirmed")
    TENTATIVE = "tentative", pgettext_lazy("of a meeting", "not confirmed yet")
    CANCELLED = "cancelled", pgettext_lazy("of a meeting", "cancelled")


class MeetingQuerySet(RestrictedQuerySet):
    def with_last_day(self) -> "MeetingQuerySet":
        """`last`: the partial date on which each ends; as text it sorts as dates do."""
        return self.annotate(last=Case(When(ends="", then=F("starts")), default=F("ends")))

    def of_the_past(self, today: date) -> "MeetingQuerySet":
        return self.with_last_day().exclude(_is_not_over(today))

    def to_come(self, today: date) -> "MeetingQuerySet":
        """Meetings that are not over, including those in a month or year that is not over."""
        return self.with_last_day().filter(_is_not_over(today))

    def of_month(self, year: int, month: int) -> "MeetingQuerySet":
        """Meetings that overlap a month. Those without a known month are left out."""
        this, following = f"{year}-{month:02}", f"{year}-{month:02}-99"
        return (
            self.with_last_day().filter(starts__lte=following, last__gte=this).exclude(starts__regex=r"^\d{4}(-Q\d)?$")
        )


def _is_not_over(today: date) -> Q:
    quarter = (today.month + 2) // 3
    still_running = [f"{today:%Y}", f"{today:%Y-%m}", f"{today:%Y}-Q{quarter}"]
    return Q(last__gte=today.isoformat()) | Q(last__in=still_running)


class Meeting(SaysItsReaders, AddressNumberMixin, RestrictedModel):
    """A meeting of a dialogue. Its dates may be partial; what the sources leave in doubt of it stands in `doubts`."""

    mentions = ("theme", "country", "host", "supporters", "delegations")
    belongs_to = ("dialogue",)

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="meetings", verbose_name=_("dialogue"))
    slug = models.SlugField(_("identifier"))
    audience = AudienceField(verbose_name=_("audience"))
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("theme")
    )
    name = models.CharField(_("name"), max_length=200)
    series = models.CharField(_("series"), max_length=120, blank=True, help_text=_("such as “i-Map expert meeting”"))
    number = models.PositiveSmallIntegerField(_("number in its series"), null=True, blank=True)
    state = models.CharField(_("status"), max_length=10, choices=MeetingState, default=MeetingState.CONFIRMED)
    starts = models.CharField(
        _("begins on"),
        max_length=10,
        validators=[validate_partial_date],
        help_text=_("A year, a month or a day: 2013, 2013-06 or 2013-06-18."),
    )
    ends = models.CharField(_("ends on"), max_length=10, blank=True, validators=[validate_partial_date])
    opens_at = models.TimeField(_("opens at"), null=True, blank=True)
    closes_at = models.TimeField(_("closes at"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=40, blank=True, validators=[refuse_unknown_zone], help_text=_("such as Europe/Malta")
    )
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.ForeignKey(
        Subject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("country"),
        limit_choices_to={"kind": SubjectKind.COUNTRY},
    )
    host = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings_hosted",
        verbose_name=pgettext_lazy("of a meeting", "host"),
    )
    host_office = models.CharField(_("office that hosts"), max_length=200, blank=True)
    co_chairs = models.TextField(_("co-chairs"), blank=True, help_text=_("One office to a line; no names of people."))
    supporters = models.ManyToManyField(
        Partner, related_name="meetings_supported", blank=True, verbose_name=_("supporters")
    )
    delegations = models.ManyToManyField(
        Partner, related_name="meetings_attended", blank=True, verbose_name=_("delegations")
    )
    about = models.TextField(_("about"), blank=True, help_text=_("No names of people."))
    visits = models.TextField(_("visits"), blank=True)
    doubts = models.TextField(_("what the sources leave in doubt"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True, editable=False)

    objects: ClassVar = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "slug"], name="one_meeting_of_an_identifier"),
            models.CheckConstraint(
                name="hours_are_of_a_zone",
                violation_error_message=_("Hours need a time zone."),
                violation_error_code="time_zone",
                condition=Q(opens_at__isnull=True, closes_at__isnull=True) | ~Q(time_zone=""),
            ),
        ]
        indexes = [models.Index(fields=["-starts", "-id"], name="meetings_by_date")]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def __str__(self):
        return self.name

    def clean(self):
        if self.ends and first_day(self.ends) < first_day(self.starts):
            raise ValidationError({"ends": _("It ends before it begins.")})
        on_one_day = not self.ends or self.ends == self.starts
        if on_one_day and self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("It ends before it begins.")})
        if (self.opens_at or self.closes_at) and not self.time_zone:
            raise ValidationError({"time_zone": _("Hours are of a time zone.")})

    @property
    def log_name(self) -> str:
        return f"calendar/{self.address_number}"

    @property
    def has_days(self) -> bool:
        """Whether its first and last day are known; only then it can stand in a calendar of days."""
        return len(self.starts) == len(self.ends or self.starts) == len("2012-05-22")

    @property
    def first_day(self) -> date:
        return first_day(self.starts)

    @property
    def last_day(self) -> date:
        return last_day(self.ends or self.starts)

    @property
    def month(self) -> str:
        """2012-05, of its first day; empty where the month is not known."""
        return self.starts[:7] if len(self.starts) >= 7 and "Q" not in self.starts else ""

    @property
    def is_over(self) -> bool:
        return self.last_day < timezone.localdate()

    @property
    def is_cancelled(self) -> bool:
        return self.state == MeetingState.CANCELLED

    @property
    def offices_of_co_chairs(self) -> list[str]:
        return [line.strip() for line in (self.co_chairs or "").splitlines() if line.strip()]


class DocumentKind(models.TextChoices):
    """Kinds of documents, in the order in which a meeting produces them."""

    AGENDA = "agenda", _("agenda")
    GUIDE = "guide", _("discussion guide")
    GUIDANCE = "guidance", _("guidance note")
    PRESENTATION = "presentation", _("presentation")
    SUMMARY = "summary", _("summary of discussions")


class MeetingDocument(SaysItsReaders, AddressNumberMixin, KeptFile, RestrictedModel):
    """A document of a meeting in one language; read as the meeting, or by fewer."""

    belongs_to = ("meeting",)

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="documents", verbose_name=_("meeting"))
    audience = AudienceField(verbose_name=_("audience"), null=True, default=no_tokens)
    kind = models.CharField(_("kind"), max_length=15, choices=DocumentKind)
    title = models.CharField(_("title"), max_length=200, help_text=_("in the language of the document"))
    language = models.CharField(_("language"), max_length=7)
    file = models.FileField(_("file"), upload_to=partial(kept_path, "meetings"), validators=[validate_file_type])
    changed_at = models.DateTimeField(_("changed"), auto_now=True, editable=False)

    class Meta:
        ordering = ["meeting", "pk"]
        verbose_name = _("document of a meeting")
        verbose_name_plural = _("documents of meetings")

    def __str__(self):
        return self.title

    @property
    def audience_parent(self) -> Meeting:
        """What it inherits its audience from."""
        return self.meeting

    @property
    def log_name(self) -> str:
        return f"calendar/documents/{self.address_number}"


class ParticipantList(SaysItsReaders, RestrictedModel):
    """Names of those who took part, for the dialogue: never for everyone, nor for the nominated of other dialogues."""

    belongs_to = ("meeting",)

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="participants", verbose_name=_("meeting"))
    audience = AudienceField(verbose_name=_("audience"), validators=[validate_tokens, refuse_more_than_the_dialogue])
    names = models.TextField(_("names"), help_text=_("One person to a line, with office and partner."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="names_are_for_the_dialogue",
                violation_error_message=_(
                    "Names of participants are for their dialogue, a group of it, or the Secretariat."
                ),
                condition=~Q(audience__overlap=WIDER_THAN_A_DIALOGUE),
            )
        ]
        verbose_name = _("list of participants")
        verbose_name_plural = _("lists of participants")

    def __str__(self):
        return str(self.meeting)

    @property
    def log_name(self) -> str:
        return f"calendar/{self.meeting.address_number}/participants"

    @property
    def dialogue_id(self) -> str:
        return self.meeting.dialogue_id

    @property
    def theme_id(self) -> str | None:
        return self.meeting.theme_id

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.names.splitlines() if line.strip()]
