"""Dates that may be partial: a year, a quarter, a month, a day. Kept as text that sorts: 2013, 2016-01, 2016-Q1, 2016-01-18."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FORM = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?))?"
)


def is_partial_date(text: str) -> bool:
    return FORM.fullmatch(text) is not None


def refuse_wrong_date(text: str) -> None:
    if not is_partial_date(text):
        raise ValidationError(
            _("“%(text)s” is not a date such as 2013, 2013-Q2, 2013-06 or 2013-06-18."), params={"text": text}
        )


def year_of(text: str) -> int:
    return int(text[:4])
