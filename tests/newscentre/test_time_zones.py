"""Calendars say when a meeting is to programs that know no time zones but those in the file."""

import io
import subprocess
import sys
import zoneinfo
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.tz import tzical

from newscentre.calendar.ics import CalendarEvent, as_calendar

# Morocco's clock changes round Ramadan, Egypt's came back in 2023, Gaza's follow no rule, the others are plain.
ZONES = [
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Gaza",
    "Europe/Brussels",
    "Africa/Tunis",
    "Asia/Tehran",
    "America/Sao_Paulo",
]


def calendar_of(*moments: datetime) -> bytes:
    changed_at = datetime(2026, 1, 1, tzinfo=UTC)
    entries = [
        CalendarEvent(
            uid=str(number), name="Meeting", starts=moment, ends=moment + timedelta(hours=2), changed_at=changed_at
        )
        for number, moment in enumerate(moments)
    ]
    return as_calendar("Calendar", "en", entries)


@pytest.mark.parametrize("name", ZONES)
def test_every_hour_of_the_years_of_the_meetings_has_the_offset_that_the_file_says(name):
    zone = zoneinfo.ZoneInfo(name)
    held = calendar_of(datetime(2012, 3, 1, 10, tzinfo=zone), datetime(2027, 3, 1, 10, tzinfo=zone))
    told = tzical(io.StringIO(held.decode())).get(name)
    moment, wrong = datetime(2011, 1, 2, tzinfo=UTC), []
    while moment < datetime(2032, 12, 31, tzinfo=UTC):
        local = moment.astimezone(zone)
        is_clear = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
        if is_clear and local.replace(tzinfo=told).utcoffset() != local.utcoffset():
            wrong.append(local)
        moment += timedelta(hours=1)
    assert wrong == []


def test_a_calendar_of_days_alone_needs_no_zone():
    changed_at = datetime(2026, 1, 1, tzinfo=UTC)
    entry = CalendarEvent(
        uid="1", name="Meeting", starts=date(2012, 3, 1), ends=date(2012, 3, 2), changed_at=changed_at
    )
    assert b"VTIMEZONE" not in as_calendar("Calendar", "en", [entry])


def test_a_zone_that_several_meetings_share_stands_once():
    zone = zoneinfo.ZoneInfo("Africa/Tunis")
    held = calendar_of(datetime(2012, 3, 1, 10, tzinfo=zone), datetime(2013, 3, 1, 10, tzinfo=zone))
    assert held.count(b"BEGIN:VTIMEZONE") == 1


def test_the_pinned_time_zones_are_used_whatever_the_system_has(tmp_path):
    """A system whose time zones cannot even be read does no harm."""
    fake = tmp_path / "Africa" / "Casablanca"
    fake.parent.mkdir()
    fake.write_bytes(b"not a time zone")
    program = "import imap, zoneinfo; print(len(zoneinfo.TZPATH), zoneinfo.ZoneInfo('Africa/Casablanca').key)"
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONTZPATH": str(tmp_path), "IMAP_MODE": "test"},
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == ["0", "Africa/Casablanca"], told.stderr
