"""Working days of a country by its weekend and public holidays (`holidays` package; no database, no network)."""

from datetime import date, timedelta
from functools import cache

import holidays

FRIDAY = 4  # of `date.weekday()`, where Monday is 0
KNOWN = frozenset(holidays.list_supported_countries())


def is_working_day(country: str | None, day: date) -> bool:
    """Whether offices work on this day. `country`: two letters of ISO 3166; none or an unknown one: Monday to Friday."""
    if country not in KNOWN:
        return day.weekday() <= FRIDAY
    return _calendar(country).is_working_day(day)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last one of a month that is shorter."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


@cache
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
