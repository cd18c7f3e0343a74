"""Partial dates (a year, quarter, month or day), stored as text that sorts: 2013, 2016-01, 2016-Q1, 2016-01-18."""

import re
from calendar import monthrange
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FORM = re.compile(
    r"(?P<year>(?!0000)\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?))?",
    re.ASCII,
)


def is_partial_date(text: str) -> bool:
    """Whether it has the form, and the year has such a day."""
    return FORM.fullmatch(text) is not None and text[8:10] <= f"{last_day(text):%d}"


def validate_partial_date(text: str) -> None:
    if not is_partial_date(text):
        raise ValidationError(
            _("“%(text)s” is not a date such as 2013, 2013-Q2, 2013-06 or 2013-06-18."), params={"text": text}
        )


def year_of(text: str) -> int:
    return int(text[:4])


def first_day(text: str) -> date:
    """The day on which a partial date begins: 1 April 2016 for 2016-Q2. Without a date the first of all days."""
    parts = FORM.fullmatch(text)
    if parts is None:
        return date.min
    quarter = parts["quarter"]
    month = 3 * int(quarter) - 2 if quarter else int(parts["month"] or 1)
    return date(int(parts["year"]), month, int(parts["day"] or 1))


def last_day(text: str) -> date:
    """The day on which a partial date ends: 29 February 2012 for 2012-02. Without a date the first of all days."""
    parts = FORM.fullmatch(text)
    if parts is None:
        return date.min
    year, quarter = int(parts["year"]), parts["quarter"]
    month = 3 * int(quarter) if quarter else int(parts["month"] or 12)
    end = monthrange(year, month)[1]
    return date(year, month, min(int(parts["day"] or end), end))
