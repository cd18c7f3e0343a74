"""Lists of what was updated: ordered by the date that stands there, the newest first, whoever reads."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from profiles.models import Edition, Profile
from tests.conftest import user_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
# In the order in which they are published; the dates shown say otherwise.
AS_OF = ["2031-02", "2030", "2031-Q2", "2029-11-30", "2031-04-01"]
NEWEST_FIRST = ["2031-Q2", "2031-04-01", "2031-02", "2030", "2029-11-30"]
UPDATES = re.compile(r'<ul class="news">\n(.*?)</ul>', re.DOTALL)
ADDRESS = re.compile(r'href="/en/maps/(mtm/[a-z-]+/[a-z-]+)/"')


@pytest.fixture
def updated() -> dict[str, str]:
    """Address of a profile → the date of its newest edition, of five that everyone may read."""
    with viewing(DESK):
        open_ones = [row for row in Profile.objects.filter(dialogue="mtm").order_by("pk") if "public" in row.audience]
        profiles = open_ones[: len(AS_OF)]
        assert len(profiles) == len(AS_OF)
        for number, (profile, as_of) in enumerate(zip(profiles, AS_OF, strict=True)):
            Edition.objects.create(
                profile=profile, number=90, published_at=timezone.now().replace(microsecond=number), as_of=as_of,
                audience=["public"], endorsement=profile.endorsement,
            )  # fmt: skip
    return {profile.path: as_of for profile, as_of in zip(profiles, AS_OF, strict=True)}


def dates_of(page: str, updated: dict[str, str]) -> list[str]:
    return [updated[path] for path in ADDRESS.findall(page) if path in updated]


@pytest.mark.parametrize("login", ["stranger", "official.mar", "editor"])
@pytest.mark.parametrize("path", ["/en/", "/en/maps/mtm/"])
def test_updated_profiles_stand_in_the_order_of_the_date_shown(reader, updated, login, path):
    page = reader(login).get(path).content.decode()
    lists = [dates_of(found, updated) for found in UPDATES.findall(page)]
    assert [dates for dates in lists if dates] == [NEWEST_FIRST]


@pytest.mark.parametrize("path", ["/en/", "/en/maps/mtm/"])
def test_what_is_new_since_the_last_visit_too(client, updated, path):
    user = user_of("official.mar")
    user.visit_began_at, user.last_visit_at = datetime(2026, 1, 1, tzinfo=UTC), None
    user.save()
    client.force_login(user)
    page = client.get(path).content.decode()
    assert "New since your last visit" in page
    lists = [dates_of(found, updated) for found in UPDATES.findall(page)]
    assert [dates for dates in lists if dates] == [NEWEST_FIRST, NEWEST_FIRST]
