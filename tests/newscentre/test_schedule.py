"""When a feed is asked again, for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from newscentre.stages.schedule import Wishes, next_fetch

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)  # a Wednesday


def wait(wishes: Wishes = Wishes(), failures: int = 0, is_gone: bool = False, chance: float = 0.5) -> timedelta:  # noqa: B008
    return next_fetch(NOW, wishes, failures=failures, is_gone=is_gone, chance=chance) - NOW


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_feed_is_asked_every_hour_and_no_two_at_the_same_moment():
    assert wait() == hours(1)
    assert wait(chance=0) == timedelta(minutes=54)
    assert wait(chance=1) == timedelta(minutes=66)


@pytest.mark.parametrize(("failures", "number"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 24), (50, 24), (10_000, 24)])
def test_after_failures_the_wait_doubles_up_to_a_day_and_never_ends(failures, number):
    assert wait(failures=failures) == hours(number)


def test_what_is_gone_is_asked_once_a_week():
    assert wait(is_gone=True, failures=3) == timedelta(days=7)


@pytest.mark.parametrize(("minutes", "number"), [(None, 1), (0, 1), (5, 1), (180, 3), (10_000_000, 24)])
def test_a_publisher_may_ask_to_be_asked_less_often(minutes, number):
    assert wait(Wishes(ttl_minutes=minutes)) == hours(number)


def test_a_pause_is_kept_to_the_end():
    assert wait(Wishes(pause=timedelta(days=3))) == timedelta(days=3)
    assert wait(Wishes(pause=timedelta(seconds=5))) == hours(1)


def test_hours_and_days_of_silence_are_kept():
    assert next_fetch(NOW, Wishes(skip_hours=(10, 11)), failures=0, is_gone=False, chance=0.5).hour == 12
    thursday = next_fetch(NOW, Wishes(skip_days=("Wednesday",)), failures=0, is_gone=False, chance=0.5)
    assert (thursday.weekday(), thursday.hour) == (3, 0)


def test_a_publisher_that_never_wants_to_be_asked_is_asked_all_the_same():
    assert wait(Wishes(skip_hours=tuple(range(24)))) == hours(1)
