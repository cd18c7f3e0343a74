"""Rows 16 and 17 of the attacks: calendars that programs fetch show what their person may see, and nobody else is asked."""

import pytest

from access.presets import Preset
from tests.access.planting import Planted, canaries_in
from tests.access.planting_calendar import subscribe
from tests.access.test_matrix import OTHER_DESK, PEOPLE, TABLE
from tests.conftest import STRANGER, browser_of, user_of
from tests.readers import raw


@pytest.mark.parametrize("login", [one for one in PEOPLE if one != STRANGER])
def test_a_subscription_shows_what_its_person_may_see_whoever_asks(planted: dict[Preset, Planted], login):
    address = f"/en/calendar/subscriptions/{subscribe(user_of(login))}.ics"
    for asking in (STRANGER, "secretariat", "official.ukr"):
        answer = browser_of(asking).get(address)
        assert answer.status_code == 200
        shown = canaries_in(raw(answer))
        assert {preset for preset, kind in shown if kind == "meeting"} == TABLE[login]
        others = {canary for canary in shown if canary[1] != "meeting"}
        assert others == ({("secretariat", "deskmeeting")} if login in {OTHER_DESK, "observer.las"} else set())
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
