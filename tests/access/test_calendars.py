"""Rows 16 and 17 of the attacks: calendars that programs fetch show what their person may see, and nobody else is asked."""

import pytest

from access.presets import Preset
from tests.access.planting import Planted, canaries_in
from tests.access.planting_calendar import subscribe
from tests.access.test_matrix import PEOPLE, TABLE
from tests.conftest import STRANGER, browser_of, user_of
from tests.readers import raw


@pytest.mark.parametrize("login", [one for one in PEOPLE if one != STRANGER])
def test_a_subscription_shows_what_its_person_may_see_whoever_asks(planted: dict[Preset, Planted], login):
    address = f"/en/calendar/subscriptions/{subscribe(user_of(login))}.ics"
    for asking in (STRANGER, "secretariat", "official.ukr"):
        answer = browser_of(asking).get(address)
        assert answer.status_code == 200
        assert {preset for preset, kind in canaries_in(raw(answer))} == TABLE[login]
        assert {kind for _preset, kind in canaries_in(raw(answer))} == {"meeting"}
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
