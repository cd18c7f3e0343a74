"""Writes meetings as iCalendar (RFC 5545). Pure: events in, bytes out; it never names a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from newscentre.calendar.timezones import described
from untrusted.characters import clean, clean_line

CONTENT_TYPE = "text/calendar; charset=utf-8"
ASK_AGAIN = timedelta(hours=12)


@dataclass(frozen=True)
class CalendarEvent:
    """`starts`, `ends`: both days of the meeting, or both moments in its time zone. `address`: of its page."""

    uid: str
    name: str
    starts: date
    ends: date
    changed_at: datetime
    place: str = ""
    about: str = ""
    address: str = ""
    state: str = "CONFIRMED"
    is_open: bool = True


def as_calendar(name: str, language: str, entries: Iterable[CalendarEvent]) -> bytes:
    """A calendar of that name, in a language by its code, with the zones that it needs."""
    calendar = Calendar()
    calendar.add("prodid", f"-//i-Map//Calendar//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for field in ("name", "x-wr-calname"):
        calendar.add(field, _on_one_line(name))
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    entries = list(entries)
    for zone in _zones(entries):
        calendar.add_component(zone)
    for entry in entries:
        calendar.add_component(_event(entry, language))
    return calendar.to_ical()


def _zones(entries: list[CalendarEvent]) -> list[Timezone]:
    moments = [moment for entry in entries for moment in (entry.starts, entry.ends) if isinstance(moment, datetime)]
    zones = {moment.tzinfo for moment in moments if isinstance(moment.tzinfo, ZoneInfo)}
    return described(zones, min(moments), max(moments)) if zones else []


def _on_one_line(text: str) -> str:
    return " ".join(clean_line(text).split())


def _in_lines(text: str) -> str:
    return "\n".join(_on_one_line(line) for line in clean(text).splitlines()).strip()


def _day_after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def _event(entry: CalendarEvent, language: str) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts)
    event.add("dtend", entry.ends if isinstance(entry.ends, datetime) else _day_after(entry.ends))
    event.add("summary", _on_one_line(entry.name), parameters={"LANGUAGE": language})
    for name, value in (
        ("location", _on_one_line(entry.place)),
        ("description", _in_lines(entry.about)),
        ("url", entry.address),
    ):
        if value:
            event.add(name, value)
    event.add("status", entry.state)
    event.add("transp", "TRANSPARENT" if not isinstance(entry.starts, datetime) else "OPAQUE")
    event.add("class", "PUBLIC" if entry.is_open else "CONFIDENTIAL")
    return event
