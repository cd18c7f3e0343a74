"""Working days follow the weekend and the holidays of each country."""

from datetime import date

import pytest

from accounts.nominations.working_days import is_working_day, months_after

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 3, day) for day in (6, 7, 8, 9))


@pytest.mark.parametrize("country", ["EG", "DZ", "AF"])
def test_friday_and_saturday_are_the_weekend_of_some(country):
    assert [is_working_day(country, day) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == [False, False, True, True]


@pytest.mark.parametrize("country", ["MA", "TN", "FR", "LB", None, "", "XX", "EU"])
def test_saturday_and_sunday_are_the_weekend_of_others_and_of_organisations(country):
    assert [is_working_day(country, day) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("country", "holiday"),
    [("MA", date(2026, 7, 30)), ("FR", date(2026, 7, 14)), ("EG", date(2026, 7, 23)), ("TR", date(2026, 10, 29))],
    ids=["throne day", "bastille day", "revolution day", "republic day"],
)
def test_a_public_holiday_is_no_working_day_there_and_one_elsewhere(country, holiday):
    assert not is_working_day(country, holiday)
    assert is_working_day(None, holiday)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 36, date(2029, 12, 31)),
    ],
)
def test_months_end_where_the_calendar_has_them_end(day, months, later):
    assert months_after(day, months) == later
