"""When an external link counts as no longer available: the whole policy, as pure functions."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from newscentre.stages.fetch import Reason

LOOKS_BEFORE_GONE, DAYS_BEFORE_GONE = 4, timedelta(days=5)
AFTER_AN_ANSWER, AFTER_A_FAILURE, AFTER_IT_IS_GONE = timedelta(days=7), timedelta(days=1), timedelta(days=7)
WHILE_NOBODY_ANSWERS = timedelta(hours=1)
# The host answers, but not to a program: whether the page is there, nobody knows.
SAYS_NOTHING = {Reason.NOT_ALLOWED, Reason.BUSY}


@dataclass(frozen=True)
class LinkStatus:
    """How an address stood at the last look. `gone_on`: the day on which it was first shown as no longer available."""

    failures: int = 0
    failing_since: datetime | None = None
    reason: str = ""
    gone_on: date | None = None
    wait: timedelta = AFTER_AN_ANSWER


def after_an_answer() -> LinkStatus:
    return LinkStatus()


def after_a_failure(before: LinkStatus, reason: Reason, now: datetime, *, others_answer: bool) -> LinkStatus:
    """What is known after a look that failed. `others_answer`: whether another host answered about then.

    When nobody answers, it is our own way out that fails, and nothing is held against an address.
    """
    if reason in SAYS_NOTHING:
        return replace(before, reason=reason.value, wait=AFTER_AN_ANSWER)
    if not others_answer:
        return replace(before, wait=WHILE_NOBODY_ANSWERS)
    failures, since = before.failures + 1, before.failing_since or now
    is_gone = failures >= LOOKS_BEFORE_GONE and now - since >= DAYS_BEFORE_GONE
    gone_on = before.gone_on or (now.date() if is_gone else None)
    return LinkStatus(failures, since, reason.value, gone_on, AFTER_IT_IS_GONE if gone_on else AFTER_A_FAILURE)
