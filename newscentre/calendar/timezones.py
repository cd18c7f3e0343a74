"""Time zones as iCalendar describes them (RFC 5545, 3.6.5), for programs that know no others. Pure.

icalendar's own description gives each change in the clock time after it, where the standard wants that before it, and
looks for changes in steps of weeks, which a month of Ramadan can fall between.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY = timedelta(days=1)
YEARS_BEFORE, YEARS_AFTER = 1, 5  # round the years of the events: programs move them, and let them recur


def described(zones: Iterable[ZoneInfo], first: date, last: date) -> list[Timezone]:
    """A VTIMEZONE for each zone, by name, right from the year before `first` to five years after `last`."""
    years = max(first.year - YEARS_BEFORE, 1900), min(last.year + YEARS_AFTER, date.max.year - 1)
    return [_described(zone.key, *years) for zone in sorted(set(zones), key=lambda zone: zone.key)]


@lru_cache(maxsize=256)
def _described(name: str, first_year: int, last_year: int) -> Timezone:
    zone = ZoneInfo(name)
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    at_first = start.astimezone(zone)
    observances: dict[tuple, list[datetime]] = {_observance(at_first, at_first): [at_first.replace(tzinfo=None)]}
    for change in _changes(zone, start, end):
        before, after = (change - timedelta(seconds=1)).astimezone(zone), change.astimezone(zone)
        clock_before = (change + (before.utcoffset() or timedelta())).replace(tzinfo=None)
        observances.setdefault(_observance(before, after), []).append(clock_before)
    component = Timezone()
    component.add("tzid", name)
    for (offset_from, offset_to, abbreviation, is_daylight), moments in observances.items():
        component.add_component(_component(offset_from, offset_to, abbreviation, is_daylight, moments))
    return component


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterable[datetime]:
    """The moments (UTC, whole seconds) from which on another offset or abbreviation holds."""
    moment = start
    while moment < end:
        following = moment + DAY
        if _rule(moment, zone) != _rule(following, zone):
            low, high = moment, following
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                if _rule(middle, zone) == _rule(moment, zone):
                    low = middle
                else:
                    high = middle
            yield high
        moment = following


def _rule(moment: datetime, zone: ZoneInfo) -> tuple:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _observance(before: datetime, after: datetime) -> tuple:
    return before.utcoffset(), after.utcoffset(), after.tzname(), bool(after.dst())


def _component(
    offset_from: timedelta, offset_to: timedelta, abbreviation: str, is_daylight: bool, moments: list[datetime]
) -> TimezoneDaylight | TimezoneStandard:
    component = TimezoneDaylight() if is_daylight else TimezoneStandard()
    component.add("dtstart", moments[0])
    component.add("tzoffsetfrom", offset_from)
    component.add("tzoffsetto", offset_to)
    component.add("tzname", abbreviation)
    if moments[1:]:
        component.add("rdate", moments[1:])
    return component
