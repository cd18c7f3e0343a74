"""What is new since the reader's last visit, on home, the i-Map and the profile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from accounts.account_page.visits import A_VISIT_ENDS_AFTER
from profiles.models import Draft, Profile
from profiles.publishing import publish
from tests.conftest import user_of

pytestmark = pytest.mark.django_db
PAGES = ("/en/", "/en/maps/mtm/")
PROFILE = "/en/maps/mtm/irregular-mixed-migration/morocco/detection/"
NEW = "New since your last visit"


def visited(login, ago):
    """The member of the cast was here that long ago, and not since."""
    user = user_of(login)
    user.visit_began_at, user.last_visit_at = timezone.now() - ago, None
    user.save()


def publish_a_change():
    with viewing(Viewer.secretariat_of("mtm")):
        profile = Profile.objects.get(dialogue="mtm", theme="irregular-mixed-migration", slug="morocco")
        draft = Draft.objects.get(section__profile=profile, section__heading__slug="detection", language="en")
        draft.html += "<p>One sentence more.</p>"
        draft.save()
        return publish(profile, as_of="2013")


def test_a_first_visit_marks_nothing_as_new(reader):
    page = reader("official.mar").get("/en/").content.decode()
    assert NEW not in page


def test_what_was_published_since_the_last_visit_is_named(reader):
    visited("official.mar", A_VISIT_ENDS_AFTER + timedelta(days=1))
    publish_a_change()
    official = reader("official.mar")
    for page in PAGES:
        html = official.get(page).content.decode()
        assert PROFILE.replace("detection/", "") in html[html.index(NEW) :]


def test_a_profile_says_how_many_of_its_sections_changed(reader):
    publish_a_change()
    user = user_of("official.mar")
    with viewing(Viewer.secretariat_of("mtm")):
        first, second = Profile.objects.get(
            dialogue="mtm", theme="irregular-mixed-migration", slug="morocco"
        ).editions.order_by("number")
    user.visit_began_at = timezone.now()
    user.last_visit_at = first.published_at + (second.published_at - first.published_at) / 2
    user.save()
    page = reader("official.mar").get(PROFILE).content.decode()
    assert NEW in page
    assert "1 section of this profile has changed" in page


def test_the_new_stays_new_during_the_visit(reader):
    visited("official.mar", timedelta(days=2))
    official = reader("official.mar")
    for _ in range(3):
        assert NEW in official.get("/en/maps/mtm/").content.decode()


def test_what_a_reader_may_not_see_is_not_new_to_them(reader):
    visited("official.ukr", timedelta(days=1))
    publish_a_change()
    for page in PAGES:
        html = reader("official.ukr").get(page).content.decode()
        assert NEW in html
        assert "/irregular-mixed-migration/morocco/" not in html
