"""When a feed is fetched again: the whole policy, in one function."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

USUALLY = timedelta(hours=1)
AT_LEAST, AT_MOST = timedelta(minutes=15), timedelta(days=1)
AFTER_IT_IS_GONE = timedelta(days=7)
SPREAD = 0.1  # of the wait, either way, so that feeds that failed together do not come back together
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Wishes:
    """What a publisher asks for: minutes between two fetches, hours (UTC) and days of silence, a pause."""

    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    pause: timedelta | None = None


def next_fetch(now: datetime, wishes: Wishes, *, failures: int, is_gone: bool, chance: float | None = None) -> datetime:
    """The moment of the next fetch, for ever. `failures`: in a row; `chance`: 0 to 1, at random unless given.

    After a failure the wait doubles, up to a day; what is gone for good is asked once a week, since some come back.
    """
    wait = max(USUALLY, timedelta(minutes=min(wishes.ttl_minutes or 0, AT_MOST.total_seconds() / 60)))
    wait = min(wait * 2 ** min(failures, 10), AT_MOST)  # 2 ** 10 hours are beyond the most already
    wait = AFTER_IT_IS_GONE if is_gone else wait
    chance = random.random() if chance is None else chance  # no secret
    moment = now + max(wait * (1 + SPREAD * (2 * chance - 1)), AT_LEAST, wishes.pause or timedelta(0))
    return _out_of_silence(moment, wishes)


def _out_of_silence(moment: datetime, wishes: Wishes) -> datetime:
    """The first hour from then on in which the publisher wants to be asked; any, when it never does."""
    for hours in range(24 * 8):
        later = moment + timedelta(hours=hours)
        if later.hour not in wishes.skip_hours and WEEK[later.weekday()] not in wishes.skip_days:
            return later
    return moment
