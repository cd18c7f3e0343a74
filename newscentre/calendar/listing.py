"""The calendar as a reader sees it: coming and past meetings, and those of a month, with their documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _

from access.names import with_sayable
from access.viewer import Viewer
from access.visibility import RestrictedQuerySet
from atlas.addresses import absolute_url
from atlas.models import Subject, SubjectKind, Theme
from newscentre.calendar.ics import CalendarEvent
from newscentre.calendar.models import (
    DocumentKind,
    Meeting,
    MeetingDocument,
    MeetingQuerySet,
    MeetingState,
    ParticipantList,
)
from newscentre.query_params import QueryParams

PER_PAGE = 50
MOST_TO_COME, MOST_IN_A_FILE = 100, 1000
STATES = {
    MeetingState.CONFIRMED: "CONFIRMED",
    MeetingState.TENTATIVE: "TENTATIVE",
    MeetingState.CANCELLED: "CANCELLED",
}


@dataclass(frozen=True)
class MeetingFilters(QueryParams):
    """Each is empty, or a value as it stands in the address: `dialogue=mtm`, `country=malta`, `year=2012`."""

    dialogue: str = ""
    theme: str = ""
    country: str = ""
    year: str = ""

    def apply(self, meetings: MeetingQuerySet, viewer: Viewer) -> MeetingQuerySet:
        """What the viewer may not be told of finds no more than what does not exist."""
        if self.dialogue:
            meetings = meetings.filter(dialogue=self.dialogue)
        if self.theme:
            meetings = meetings.filter(theme__in=Theme.objects.sayable_to(viewer).filter(pk=self.theme))
        if self.country:
            called = Subject.objects.sayable_to(viewer).filter(kind=SubjectKind.COUNTRY, slug=self.country)
            meetings = meetings.filter(country__in=called)
        if self.year:
            meetings = meetings.filter(starts__startswith=self.year if len(self.year) == 4 else "-")
        return meetings


def meetings_seen(viewer: Viewer) -> MeetingQuerySet:
    meetings = Meeting.objects.visible_to(viewer).select_related("dialogue")
    return with_sayable(meetings, viewer, "country", "theme")


def to_come(viewer: Viewer, filters: MeetingFilters, today: date) -> list[Meeting]:
    """The next ones first."""
    return list(filters.apply(meetings_seen(viewer), viewer).to_come(today).order_by("starts", "pk")[:MOST_TO_COME])


def of_the_past(viewer: Viewer, filters: MeetingFilters, today: date, page: int) -> tuple[list[Meeting], bool]:
    """The last ones first, and whether there are earlier ones."""
    first = (page - 1) * PER_PAGE
    past = filters.apply(meetings_seen(viewer), viewer).of_the_past(today).order_by("-starts", "-pk")
    rows = list(past[first : first + PER_PAGE + 1])
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def countries_and_years(viewer: Viewer) -> tuple[list[Subject], list[str]]:
    """Where and when there were meetings that this viewer may see."""
    seen = Meeting.objects.visible_to(viewer)
    years = seen.order_by().annotate(year=Left("starts", 4)).values_list("year", flat=True).distinct()
    countries = Subject.objects.sayable_to(viewer).filter(pk__in=seen.order_by().values("country"))
    return list(countries), sorted(years, reverse=True)


def documents_seen(viewer: Viewer) -> RestrictedQuerySet:
    return MeetingDocument.objects.visible_to(viewer).select_related("meeting")


def documents_of(meeting: Meeting, viewer: Viewer) -> list[MeetingDocument]:
    """A meeting's documents in the order of `DocumentKind`, each kind by language."""
    rows = documents_seen(viewer).filter(meeting=meeting)
    places = {kind: place for place, kind in enumerate(DocumentKind.values)}
    return sorted(rows, key=lambda row: (places[row.kind], row.language, row.pk))


def participants_of(meeting: Meeting, viewer: Viewer) -> ParticipantList | None:
    return ParticipantList.objects.visible_to(viewer).select_related("meeting").filter(meeting=meeting).first()


def as_entries(meetings: Iterable[Meeting]) -> list[CalendarEvent]:
    """Meetings with known days as iCalendar events; others have no place in a calendar."""
    return [_as_entry(meeting) for meeting in meetings if meeting.has_days]


def _as_entry(meeting: Meeting) -> CalendarEvent:
    place = _(", ").join(filter(None, [meeting.city, meeting.country.name if meeting.country else ""]))
    address = absolute_url(reverse("meeting", args=[meeting.address_number]))
    starts, ends = _moments(meeting)
    return CalendarEvent(
        uid=f"meeting-{meeting.address_number}@{urlsplit(settings.SITE_ADDRESS).hostname}",
        name=meeting.name,
        starts=starts,
        ends=ends,
        changed_at=meeting.changed_at,
        place=place,
        about="\n\n".join(filter(None, [meeting.about, address])),
        address=address,
        state=STATES[MeetingState(meeting.state)],
        is_open=meeting.is_open,
    )


def _moments(meeting: Meeting) -> tuple[date, date]:
    """Both days; or, where both hours are known, both moments in the zone of the place."""
    if meeting.opens_at is None or meeting.closes_at is None:
        return meeting.first_day, meeting.last_day
    zone = ZoneInfo(meeting.time_zone)
    return (
        datetime.combine(meeting.first_day, meeting.opens_at, zone),
        datetime.combine(meeting.last_day, meeting.closes_at, zone),
    )
