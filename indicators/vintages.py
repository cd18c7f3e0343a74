"""Which figures were known on a date, and which vintage of a figure is the newest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from atlas.periods import first_day, last_day, validate_partial_date
from indicators.models import Observation


def known(observations: Iterable[Observation], on: date | None = None) -> list[Observation]:
    """Those known on a day, today by default.

    A partial date counts as its end: what came to be known in 2012-02 is known from 29 February 2012. Only a period
    that still runs counts from its beginning, since the figure is held already. Without a date: known at all times.
    A row that was corrected counts until the day of its correction, the one that replaced it from that day on.
    """
    today = timezone.localdate()
    day = on or today
    return [
        row
        for row in observations
        if (last_day(row.known_on) <= day or first_day(row.known_on) <= today <= day)
        and (row.held_from is None or row.held_from <= day)
        and (row.withdrawn_on is None or day < row.withdrawn_on)
    ]


def newest_vintages(observations: Iterable[Observation]) -> list[Observation]:
    """One vintage of each figure, the one that came to be known last, in the order in which the figures come."""
    newest: dict[tuple, Observation] = {}
    for row in observations:
        held = newest.get(row.quantity)
        if held is None or held.vintage <= row.vintage:
            newest[row.quantity] = row
    return list(newest.values())


@dataclass(frozen=True)
class AsOfDate:
    """The day for which a reader asked, or why there is none; without either it is today."""

    day: date | None = None
    error: str = ""


def as_of_date(text: str) -> AsOfDate:
    """What a reader wrote: a day, a month, a quarter or a year, which stand for their last day."""
    if not text:
        return AsOfDate()
    try:
        validate_partial_date(text[:40])
    except ValidationError as error:
        return AsOfDate(error=error.messages[0])
    return AsOfDate(last_day(text))
