"""Readers' pages of the calendar, its files, and subscriptions for calendar programs."""

from collections.abc import Iterable
from dataclasses import replace

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access import tokens
from access.names import with_sayable
from access.viewer import Viewer
from access.viewing import viewing
from accounts.activity_log.writer import log_action
from accounts.models import Action, TokenScope
from accounts.requests import ReaderRequest
from accounts.signing_in.personal_tokens import person_bearing
from accounts.signing_in.rate_limits import is_spent, is_within
from atlas.file_names import content_disposition
from atlas.wording import first_weekday, weekdays
from newscentre.calendar import listing
from newscentre.calendar.ics import CONTENT_TYPE, as_calendar
from newscentre.calendar.models import Meeting, MeetingDocument
from newscentre.calendar.months import Month, weeks_of
from newscentre.filter_forms import MeetingFilterForm
from newscentre.filter_labels import partners_by_name
from newscentre.private_files import file_response

LAST_PAGE = 200


@require_safe
def calendar(request: ReaderRequest) -> HttpResponse:
    """What is to come, then what was, the newest first."""
    filters, page, today = listing.MeetingFilters.of(request.GET), _page(request), timezone.localdate()
    past, has_earlier = listing.of_the_past(request.viewer, filters, today, page)
    context = {
        **_frame(request, filters),
        "to_come": listing.to_come(request.viewer, filters, today) if page == 1 else [],
        "past": past,
        "later": filters.as_query(page=str(page - 1)) if page > 1 else "",
        "earlier": filters.as_query(page=str(page + 1)) if has_earlier and page < LAST_PAGE else "",
    }
    return render(request, "newscentre/calendar/list.html", context)


@require_safe
def month(request: ReaderRequest, month: str) -> HttpResponse:
    """A month as a table of weeks; beside it the meetings of which the month is known and the day is not."""
    filters, shown = replace(listing.MeetingFilters.of(request.GET), year=""), Month.of(month)
    in_it = filters.apply(listing.meetings_seen(request.viewer), request.viewer).of_month(shown.year, shown.number)
    meetings = list(in_it.order_by("starts", "pk"))
    context = {
        **_frame(request, filters, is_month=True),
        "month": shown,
        "month_to_show": shown,
        "weekdays": weekdays(),
        "weeks": weeks_of(shown, first_weekday(), meetings),
        "without_day": [meeting for meeting in meetings if not meeting.has_days],
        "number": len(meetings),
        "today": timezone.localdate(),
    }
    return render(request, "newscentre/calendar/month.html", context)


def _frame(request: ReaderRequest, filters: listing.MeetingFilters, is_month: bool = False) -> dict[str, object]:
    return {
        "active": "calendar",
        "filters": filters,
        "query": filters.as_query(),
        "month_to_show": f"{timezone.localdate():%Y-%m}",
        "filter_form": MeetingFilterForm(filters, request.viewer, is_month),
    }


@require_safe
def meeting(request: ReaderRequest, number: int) -> HttpResponse:
    row = get_object_or_404(
        with_sayable(listing.meetings_seen(request.viewer), request.viewer, "host"), address_number=number
    )
    participants = listing.participants_of(row, request.viewer)
    read = [] if row.is_open else [row.log_name]
    read += [participants.log_name] if participants else []
    log_action(Action.READ, _person(request), dialogue=row.dialogue_id, objects=read)
    context = {
        "active": "calendar",
        "meeting": row,
        "documents": listing.documents_of(row, request.viewer),
        "participants": participants,
        "supporters": partners_by_name(row.supporters, request.viewer),
        "delegations": partners_by_name(row.delegations, request.viewer),
    }
    return render(request, "newscentre/calendar/meeting.html", context)


@require_safe
def document(request: ReaderRequest, number: int) -> FileResponse:
    """The file of a document, as one to keep."""
    row: MeetingDocument = get_object_or_404(listing.documents_seen(request.viewer), address_number=number)
    if tokens.PUBLIC not in row.readers:
        log_action(Action.EXPORTED, _person(request), dialogue=row.meeting.dialogue_id, objects=[row.log_name])
    return file_response(row, f"{row.meeting.slug}-{row.kind}-{row.language}")


@require_safe
def meeting_file(request: ReaderRequest, number: int) -> HttpResponse:
    """One meeting for a calendar program; only where its days are known."""
    row = get_object_or_404(listing.meetings_seen(request.viewer), address_number=number)
    if not row.has_days:
        raise Http404
    if not row.is_open:
        log_action(Action.EXPORTED, _person(request), dialogue=row.dialogue_id, objects=[row.log_name])
    return _as_file(row.name, [row], f"meeting-{row.address_number}")


@require_safe
def calendar_file(request: ReaderRequest) -> HttpResponse:
    """The meetings of a filter for a calendar program, as whoever asks may see them now."""
    filters = listing.MeetingFilters.of(request.GET)
    meetings = _newest(request.viewer, filters)
    if any(not row.is_open for row in meetings):
        log_action(Action.EXPORTED, _person(request), objects=[f"calendar{filters.as_query()}"])
    return _as_file(_("Calendar of the i-Map"), meetings, "i-map-calendar")


@require_safe
def subscription(request: ReaderRequest, key: str) -> HttpResponse:
    """The same for a program that cannot sign in: what its person may see at this moment, whoever else is signed in."""
    person = None if is_spent(request, "token_failed") else person_bearing(key, TokenScope.CALENDAR)
    if person is None:
        is_within(request, "token_failed")
        raise Http404
    filters = listing.MeetingFilters.of(request.GET)
    with viewing(person.viewer):
        meetings = _newest(person.viewer, filters)
        log_action(Action.EXPORTED, person, objects=["calendar/subscription"])
        response = _as_file(_("Calendar of the i-Map"), meetings, "i-map-calendar")
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _newest(viewer: Viewer, filters: listing.MeetingFilters) -> list[Meeting]:
    return list(
        filters.apply(listing.meetings_seen(viewer), viewer).order_by("-starts", "-pk")[: listing.MOST_IN_A_FILE]
    )


def _as_file(name: str, meetings: Iterable[Meeting], file_name: str) -> HttpResponse:
    content = as_calendar(name, get_language() or "en", listing.as_entries(meetings))
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition(f"{file_name}.ics")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _person(request: ReaderRequest):
    return request.user if request.user.is_authenticated else None


def _page(request: ReaderRequest) -> int:
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1
    return min(max(number, 1), LAST_PAGE)
