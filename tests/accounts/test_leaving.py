"""Who leaves, or whose partner does, loses at the next request what they stood for, and keeps what is their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from access import tokens
from access.viewer import Viewer
from access.viewing import viewing
from accounts.dialogue_members import memberships_of
from accounts.models import Affiliation, Engagement, ReadingGroup, SecretariatMember, TokenScope, User
from accounts.nominations import engagements, mandates
from accounts.signing_in.personal_tokens import make_token
from atlas.models import Membership
from newscentre.models import Article, Meeting, Watch
from newscentre.subscriptions.tasks import send_digests
from tests.accounts.conftest import DEVELOPMENT, IRREGULAR, accepted, nominated
from tests.conftest import browser_of, user_of
from tests.newscentre.feeds_of_tests import article, feed

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
WHO, TODAY = "official.mar", timezone.localdate()
SEARCHES = "/en/news/searches/"
PASSWORD_PAGE = "/en/accounts/login/"


# What happens ---------------------------------------------------------------------------------------------------------


def mandate() -> Affiliation:
    return Affiliation.objects.get(user=user_of(WHO), partner="morocco")


def the_mandate_is_ended() -> None:
    with viewing(user_of("focalpoint.mar").viewer):
        mandates.end(mandate(), user_of("focalpoint.mar"))


def the_mandate_runs_out() -> None:
    Affiliation.objects.filter(pk=mandate().pk).update(ends_on=TODAY - timedelta(days=1))


def the_partner_leaves_the_dialogue() -> None:
    Membership.objects.filter(partner="morocco", dialogue="mtm").update(left=TODAY.year)


def the_partner_becomes_an_observer() -> None:
    Membership.objects.filter(partner="morocco", dialogue="mtm").delete()
    Membership.objects.create(partner_id="morocco", dialogue_id="mtm", role="observer")


def the_desk_ends_it_for_its_dialogue() -> None:
    browser_of("editor").post(
        "/secretariat/accounts/affiliation/",
        {"action": "end", "_selected_action": [str(mandate().pk)], "_end": "1", "reason": ""},
    )


def the_account_is_closed() -> None:
    User.objects.filter(pk=user_of(WHO).pk).update(is_active=False)


# What is held ---------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """Three meetings of the MTM Dialogue, three articles, and what the official holds before the event."""

    person: User
    browser: Client
    meetings: dict[str, Meeting]
    calendar: str
    machine: str

    def reads(self, by: str) -> bool:
        return self.browser.get(f"/en/calendar/{self.meetings[by].address_number}/").status_code == 200

    def is_signed_in(self) -> bool:
        return self.browser.get("/en/accounts/").status_code == 200

    def sees_own_searches(self) -> bool:
        answer = self.browser.get(SEARCHES)
        return answer.status_code == 200 and "My own search" in answer.content.decode()

    def is_told(self) -> set[str]:
        """By what the articles are read that the next digest tells of."""
        send_digests()
        bodies = "".join(message.body for message in mail.outbox if message.to == [self.person.email])
        return {by for by in self.meetings if f"News by {by}" in bodies}

    def in_the_calendar(self) -> set[str] | None:
        answer = Client().get(self.calendar)
        if answer.status_code != 200:
            return None
        return {by for by in self.meetings if f"Meeting by {by}" in answer.content.decode()}

    def machine_may_ask(self) -> bool:
        return Client(headers={"Authorization": f"Bearer {self.machine}"}).get("/api/me").status_code == 200

    def comes_in_again(self) -> bool:
        """With the password, in another browser; and reads the group's meeting there."""
        again = Client()
        again.post(PASSWORD_PAGE, {"login": self.person.email, "password": "demo-only-2012"})
        return again.get(f"/en/calendar/{self.meetings['group'].address_number}/").status_code == 200

    def as_someone_of_it(self, whom: str) -> set[str]:
        """What a secretariat sees that views its dialogue as someone of the partner, or of the group."""
        desk = browser_of("editor")
        desk.post("/en/accounts/view-as/", {"dialogue": "mtm", "whom": whom, "themes": [IRREGULAR]})
        if "viewing-as" not in desk.get("/en/maps/mtm/").content.decode():
            return {"nobody of this kind"}
        return {
            by
            for by, row in self.meetings.items()
            if desk.get(f"/en/calendar/{row.address_number}/").status_code == 200
        }


@pytest.fixture
def world() -> World:
    person = user_of(WHO)
    group = ReadingGroup.objects.create(slug="readers", dialogue_id="mtm", name_en="Readers of drafts")
    group.members.add(person)
    audiences = {
        "theme": tokens.dialogue("mtm", IRREGULAR), "group": tokens.group("readers"),
        "name": tokens.person("mtm", person.pk),
    }  # fmt: skip
    meetings = {}
    with viewing(DESK):
        for by, token in audiences.items():
            meetings[by] = Meeting.objects.create(
                dialogue_id="mtm", slug=f"by-{by}", name_en=f"Meeting by {by}", starts="2013-06-18", audience=[token]
            )
            row = article(feed(audience=[token]), title=f"News by {by}")
            Article.objects.filter(pk=row.pk).update(released_at=timezone.now() - timedelta(hours=2))
    User.objects.filter(pk=person.pk).update(news_digest="daily", language="en")
    with viewing(person.viewer):
        Watch.objects.create(owner=person, name="My own search", query="")
    secret = make_token(person, "calendar", TokenScope.CALENDAR, 30)[1]
    return World(
        person, browser_of(WHO), meetings, f"/en/calendar/subscriptions/{secret}.ics",
        make_token(person, "machine", TokenScope.READ, 30)[1],
    )  # fmt: skip


ALL, NONE = {"theme", "group", "name"}, set()
BY_DIALOGUE = {"group", "name"}
# event: reads by theme, group, name; still signed in; own searches; told by mail; calendar (None: refused); API token;
# comes in again and reads by the group; what a desk sees as someone of Morocco, and as a member of the group
TABLE: dict[Callable[[], None] | None, tuple] = {
    None: (ALL, True, True, ALL, ALL, True, True, {"theme"}, {"group"}),
    the_mandate_is_ended: (NONE, False, False, NONE, None, False, False, {"theme"}, {"group"}),
    the_mandate_runs_out: (NONE, True, True, NONE, None, False, False, {"theme"}, {"group"}),
    the_partner_leaves_the_dialogue: (NONE, True, True, NONE, NONE, True, False, {"nobody of this kind"}, {"group"}),
    the_desk_ends_it_for_its_dialogue: (NONE, True, True, NONE, NONE, True, False, {"theme"}, {"group"}),
    the_account_is_closed: (NONE, False, False, NONE, None, False, False, {"theme"}, {"group"}),
    the_partner_becomes_an_observer: (BY_DIALOGUE, True, True, BY_DIALOGUE, BY_DIALOGUE, True, True, NONE, {"group"}),
}


@pytest.mark.parametrize("event", TABLE, ids=lambda event: event.__name__ if event else "nothing happens")
def test_who_leaves_reads_from_the_next_request_on_what_the_table_says(world, event):
    if event:
        event()
    if event is the_desk_ends_it_for_its_dialogue:
        world.browser = browser_of(WHO)  # ending ended the session; they come in again for the other dialogue
    reads, signed_in, searches, told, calendar, machine, again, as_partner, as_member = TABLE[event]
    assert {by for by in world.meetings if world.reads(by)} == reads
    assert world.is_signed_in() is signed_in
    assert world.sees_own_searches() is searches
    assert world.is_told() == told
    assert world.in_the_calendar() == calendar
    assert world.machine_may_ask() is machine
    assert world.comes_in_again() is again
    assert world.as_someone_of_it("partner:morocco") == as_partner
    assert world.as_someone_of_it("group:readers") == as_member


# Standing -------------------------------------------------------------------------------------------------------------


def seat() -> None:
    SecretariatMember.objects.create(user=user_of("official.ukr"), dialogue_id="mtm")


def engagement() -> None:
    Engagement.objects.create(user=user_of("official.ukr"), dialogue_id="mtm", purpose="x", ends_on=TODAY)


def engagement_over() -> None:
    Engagement.objects.create(user=user_of("official.ukr"), dialogue_id="mtm", purpose="x", ends_on="2012-01-01")


def engagement_elsewhere() -> None:
    Engagement.objects.create(user=user_of("official.ukr"), dialogue_id="rabat-process", purpose="x", ends_on=TODAY)


def role(name: str) -> Callable[[], None]:
    def given() -> None:
        Membership.objects.create(partner_id="ukraine", dialogue_id="mtm", role=name)

    given.__name__ = f"partner_is_{name}"
    return given


def stands(person: User, dialogue: str) -> bool:
    return any(found.dialogue == dialogue for found in memberships_of(person))


@pytest.mark.parametrize(
    ("given", "does_stand"),
    [
        (lambda: None, False), (seat, True), (engagement, True), (engagement_over, False),
        (engagement_elsewhere, False), (role("partner"), True), (role("observer"), True), (role("donor"), True),
    ],
)  # fmt: skip
def test_who_has_a_seat_an_engagement_or_a_partner_in_the_dialogue_stands_there(given, does_stand):
    person = user_of("official.ukr")
    Membership.objects.filter(partner="ukraine", dialogue="mtm").delete()
    ReadingGroup.objects.create(slug="readers", dialogue_id="mtm", name_en="Readers").members.add(person)
    given()
    assert stands(person, "mtm") is does_stand
    held = user_of("official.ukr").viewer.tokens
    assert (tokens.group("readers") in held) is does_stand
    assert (tokens.person("mtm", person.pk) in held) is does_stand
    assert tokens.own(person.pk) in held


def test_who_is_nominated_again_after_a_desk_ended_it_stands_there_again():
    the_desk_ends_it_for_its_dialogue()
    assert not stands(user_of(WHO), "mtm")
    person = accepted(nominated({"mtm": [DEVELOPMENT]}, email=user_of(WHO).email))
    assert stands(person, "mtm")


# What the pages say ---------------------------------------------------------------------------------------------------


def test_the_desk_is_told_which_groups_and_named_audiences_end_with_a_mandate(world):
    page = browser_of("editor").post(
        "/secretariat/accounts/affiliation/", {"action": "end", "_selected_action": [str(mandate().pk)]}
    )
    text = page.content.decode()
    assert "Reading with the group “Readers of drafts” (MTM) ends too." in text
    assert "Shared with this person by name, and read no more: meeting: Meeting by name (MTM)." in text


def test_the_desk_is_told_nothing_ends_where_the_person_stands_by_something_else(world):
    engagement = Engagement.objects.create(user=world.person, dialogue_id="mtm", purpose="Translation", ends_on=TODAY)
    page = browser_of("editor").post(
        "/secretariat/accounts/affiliation/", {"action": "end", "_selected_action": [str(mandate().pk)]}
    )
    assert "ends too" not in page.content.decode()
    the_mandate_runs_out()
    page = browser_of("editor").post(
        "/secretariat/accounts/engagement/", {"action": "end", "_selected_action": [str(engagement.pk)]}
    )
    assert "Reading with the group “Readers of drafts” (MTM) ends too." in page.content.decode()


def test_a_focal_point_is_told_that_groups_end_and_learns_no_name_that_they_may_not_know(world):
    address = f"/en/nominations/people/{mandate().pk}/end/"
    text = browser_of("focalpoint.mar").get(address).content.decode()
    assert "Reading with 1 named group of MTM ends too." in text
    assert "What MTM shares with this person by name ends too." in text
    assert "Readers of drafts" not in text
    ReadingGroup.objects.get().members.add(user_of("focalpoint.mar"))
    text = browser_of("focalpoint.mar").get(address).content.decode()
    assert "Reading with the group “Readers of drafts” (MTM) ends too." in text


def test_the_page_of_a_group_lists_its_members_without_standing(world):
    the_mandate_runs_out()
    text = browser_of("editor").get("/secretariat/accounts/readinggroup/readers/change/").content.decode()
    assert f"Official of Morocco ({WHO}@imap.example). They have no mandate" in text
    with viewing(user_of("editor").viewer):
        ReadingGroup.objects.get().members.clear()
    text = browser_of("editor").get("/secretariat/accounts/readinggroup/readers/change/").content.decode()
    assert "None: every member has a mandate" in text


def test_who_is_in_a_group_without_standing_reads_so_on_their_own_page(world):
    page = browser_of(WHO).get("/en/accounts/").content.decode()
    assert "because you are a member of this group and take part in MTM." in page
    assert "You may read what MTM shares with you by name, while you take part in it." in page
    the_mandate_runs_out()
    page = browser_of(WHO).get("/en/accounts/").content.decode()
    assert "You are a member of “Readers of drafts”, but read nothing by it" in page
    assert "by name" not in page


def test_an_engagement_that_ends_takes_its_groups_along():
    translator = user_of("translator.ar")
    ReadingGroup.objects.create(slug="readers", dialogue_id="mtm", name_en="Readers").members.add(translator)
    row = Engagement.objects.get(user=translator)
    with viewing(user_of("editor").viewer):
        engagements.disengage(row, user_of("editor"))
    assert user_of("translator.ar").viewer.tokens == {tokens.PUBLIC}, "the account is closed"
