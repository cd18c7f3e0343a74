"""Queries of the activity log: the lines of a secretariat's own dialogues, filtered and page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, DateField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.viewer import Viewer
from accounts.audiences.forms import InReadingOrder
from accounts.models import Action, Affiliation, LogEntry, User
from atlas.models import Dialogue, Partner

LINES_ON_A_PAGE = 50
DAYS_AT_FIRST, MOST_DAYS = 30, settings.LOG_DAYS


class AnyPartnerFirst(InReadingOrder):
    def __iter__(self):
        yield "", "—"
        yield from super().__iter__()


class PartnerByName(forms.ModelChoiceField):
    iterator = AnyPartnerFirst


class LogFilter(forms.Form):
    """Filters of the log. The period is bounded, so that counting stays cheap."""

    dialogue = forms.ModelChoiceField(
        Dialogue.objects.none(), label=gettext_lazy("dialogue"), required=False, empty_label="—"
    )
    since = forms.DateField(label=gettext_lazy("from"), widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=gettext_lazy("until"), widget=forms.DateInput({"type": "date"}))
    action = forms.ChoiceField(label=gettext_lazy("action"), required=False)
    person = forms.CharField(label=gettext_lazy("name or e-mail"), required=False, max_length=100)
    partner = PartnerByName(Partner.objects.none(), label=gettext_lazy("partner"), required=False)
    object = forms.CharField(label=gettext_lazy("object"), required=False, max_length=100)

    def __init__(self, viewer: Viewer, asked, *args, **kwargs):
        today = timezone.localdate()
        period = {"since": str(today - timedelta(days=DAYS_AT_FIRST - 1)), "until": str(today)}
        given = {name: asked[name] for name in self.base_fields if asked.get(name)}
        super().__init__(period | given, *args, **kwargs)
        self.viewer = viewer
        self.fields["partner"].queryset = Partner.objects.sayable_to(viewer).select_related("subject")  # type: ignore[attr-defined]
        self.fields["dialogue"].queryset = Dialogue.objects.filter(pk__in=viewer.secretariats)  # type: ignore[attr-defined]
        self.fields["action"].choices = [("", "—"), *Action.choices]  # type: ignore[attr-defined]
        if len(viewer.secretariats) == 1:
            del self.fields["dialogue"]

    def clean(self):
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and not 0 <= (until - since).days < MOST_DAYS:
            raise ValidationError(
                _("The period ends after it begins and has at most %(number)s days."), params={"number": MOST_DAYS}
            )
        return cleaned

    @property
    def dialogues(self) -> list[str]:
        """The dialogues whose secretariats see the lines."""
        chosen = self.cleaned_data.get("dialogue")
        return [chosen.pk] if chosen else self.viewer.secretariats

    def lines(self) -> QuerySet[LogEntry]:
        asked = self.cleaned_data
        lines = LogEntry.objects.visible_to(Viewer.secretariat_of(*self.dialogues))
        lines = lines.filter(at__gte=_begin_of(asked["since"]), at__lt=_begin_of(asked["until"] + timedelta(days=1)))
        if asked["action"]:
            lines = lines.filter(action=asked["action"])
        if asked["object"]:
            lines = lines.filter(object__icontains=asked["object"])
        if asked["person"]:
            named = Q(name__icontains=asked["person"]) | Q(email__icontains=asked["person"])
            lines = lines.filter(person__in=User.objects.filter(named))
        if asked["partner"]:
            lines = lines.filter(Exists(_stood_then().filter(partner=asked["partner"])))
        return lines

    def by_day(self) -> dict[date, int]:
        """Number of lines per day; days without any are left out."""
        days = self.lines().order_by().annotate(day=TruncDate("at")).values("day").annotate(number=Count("pk"))
        return {row["day"]: row["number"] for row in days}


def _stood_then() -> QuerySet[Affiliation]:
    """The partners for whom the person of a line stood when it was written."""
    is_not_over = Q(ended_at__isnull=True) | Q(ended_at__gte=OuterRef("at"))
    return Affiliation.objects.filter(
        is_not_over, user=OuterRef("person"), begins_on__lte=Cast(OuterRef("at"), DateField())
    )


def _begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class LogPage:
    """Lines, newest first; `before` is the cursor of the next page, empty on the last."""

    lines: list[LogEntry]
    before: str


def page_of(lines: QuerySet[LogEntry], viewer: Viewer, before: str = "") -> LogPage:
    """One page, found by the position of its first line, so that nothing is counted."""
    if place := _place(before):
        at, pk = place
        lines = lines.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    found = list(lines.select_related("person", "dialogue").order_by("-at", "-pk")[: LINES_ON_A_PAGE + 1])
    shown = found[:LINES_ON_A_PAGE]
    is_last = len(found) <= LINES_ON_A_PAGE
    return LogPage(with_partners(shown, viewer), "" if is_last else f"{shown[-1].at.isoformat()}_{shown[-1].pk}")


def _place(before: str) -> tuple[datetime, int] | None:
    at, _sep, pk = before.rpartition("_")
    try:
        moment = parse_datetime(at)
    except ValueError:
        return None
    return (moment, int(pk)) if moment and moment.tzinfo and pk.isdecimal() and len(pk) < 19 else None


def with_partners(lines: Iterable[LogEntry], viewer: Viewer) -> list[LogEntry]:
    """Sets `partners` on each line: those the person stood for then, if the viewer may be told. One query."""
    lines = list(lines)
    rows = Affiliation.objects.filter(user__in={line.person_id for line in lines if line.person_id})
    rows = rows.filter(partner__in=Partner.objects.sayable_to(viewer))
    stood: dict[int, list[Affiliation]] = {}
    for row in rows.select_related("partner__subject"):
        stood.setdefault(row.user_id, []).append(row)
    for line in lines:
        line.partners = [row.partner.display_name for row in stood.get(line.person_id or 0, ()) if row.held_at(line.at)]
    return lines
