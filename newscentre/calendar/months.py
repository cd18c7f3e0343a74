"""A month as a table of weeks. Pure: year and month in, days out."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date
from typing import Protocol


class HasDays(Protocol):
    first_day: date
    last_day: date
    has_days: bool


@dataclass(frozen=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, text: str) -> "Month":
        """2012-05, as the address has it."""
        return cls(int(text[:4]), int(text[5:7]))

    @property
    def before(self) -> "Month | None":
        year, number = divmod(self.year * 12 + self.number - 2, 12)
        return Month(year, number + 1) if year >= MINYEAR else None

    @property
    def after(self) -> "Month | None":
        year, number = divmod(self.year * 12 + self.number, 12)
        return Month(year, number + 1) if year <= MAXYEAR else None

    @property
    def as_text(self) -> str:
        """A partial date."""
        return f"{self.year:04}-{self.number:02}"

    def __str__(self) -> str:
        return self.as_text


@dataclass
class Day:
    """`date` is None where a week of the month lies outside it."""

    date: date | None
    meetings: list[HasDays] = field(default_factory=list)


def weeks_of(month: Month, first_weekday: int, meetings: Iterable[HasDays]) -> list[list[Day]]:
    """Its weeks, each of seven days from `first_weekday` (0 is Monday); a meeting stands on each of its days."""
    lasting = [meeting for meeting in meetings if meeting.has_days]
    numbers = Calendar(first_weekday).monthdayscalendar(month.year, month.number)
    return [[_day(month, number, lasting) for number in week] for week in numbers]


def _day(month: Month, number: int, meetings: list[HasDays]) -> Day:
    if not number:
        return Day(None)
    that_day = date(month.year, month.number, number)
    return Day(that_day, [meeting for meeting in meetings if meeting.first_day <= that_day <= meeting.last_day])
