"""The page of one's own account: what one may read and why, sessions, choices, and one's data to take away."""

import json
from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.utils import timezone

from access import tokens
from access.viewing import viewing
from accounts.account_page.entitlements import entitlements_of
from accounts.activity_log.writer import log_action
from accounts.models import Action, Affiliation, Event, MandateEvent, ReadingGroup, Scope, User
from accounts.signing_in.devices import device_of
from accounts.signing_in.personal_tokens import make_token
from accounts.tasks import forget_ended_sessions
from tests.access import planting_people
from tests.accounts.conftest import confirm
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

OWN = "/en/accounts/"
RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/morocco/"


def sentences(login: str) -> list[str]:
    return [ground.sentence for ground in entitlements_of(user_of(login))]


# What one may read ----------------------------------------------------------------------------------------------------


def test_an_official_reads_what_they_may_and_why_and_until_when(reader):
    until = timezone.localdate() + timedelta(days=30)
    Affiliation.objects.filter(user=user_of("official.mar.dev")).update(ends_on=until)
    page = reader("official.mar.dev").get(OWN).content.decode()
    assert (
        "You may read the restricted profiles of “Migration and Development” (MTM), because Morocco nominated you."
        in page
    )
    assert "Irregular and Mixed Migration" not in page
    assert f"until {until.day} {until:%B %Y}" in page


def test_every_token_of_every_person_of_the_cast_has_its_ground():
    for user in User.objects.filter(email__endswith="@imap.example"):
        held = user.viewer.tokens - {tokens.PUBLIC, tokens.NOMINATED, tokens.own(user.pk)}
        grounds = {ground.token for ground in entitlements_of(user)} - {""}
        assert grounds == held, user


def test_an_observer_is_told_what_is_not_granted_and_what_is():
    assert any("only what the Secretariat grants is open" in sentence for sentence in sentences("observer.las"))
    Scope.objects.filter(affiliation__user=user_of("observer.las")).update(is_granted=True)
    assert any("and the Secretariat granted it" in sentence for sentence in sentences("observer.las"))


def test_who_is_suspended_is_told_so():
    yesterday = timezone.localdate() - timedelta(days=1)
    Affiliation.objects.filter(user=user_of("official.mar")).update(ends_on=yesterday)
    assert sentences("official.mar") == ["What you read for Morocco is suspended until Morocco confirms you again."]


def test_a_member_of_a_group_reads_its_name_and_end_and_nothing_after_it():
    group = ReadingGroup.objects.create(
        slug="experts", dialogue_id="prague-process", name_en="Experts", name_fr="", name_ar=""
    )
    group.members.add(user_of("official.ukr"))
    assert any("shared with “Experts”" in sentence for sentence in sentences("official.ukr"))
    ReadingGroup.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert not any("Experts" in sentence for sentence in sentences("official.ukr"))


def test_an_authority_and_a_secretariat_are_told_their_rights():
    assert any("You may nominate the people of Morocco" in sentence for sentence in sentences("focalpoint.mar"))
    assert any("because you work in its Secretariat" in sentence for sentence in sentences("editor"))


@pytest.mark.parametrize("login", ["translator.ar", "editor", "official.mar", "observer.las"])
@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_everyone_has_the_page_in_each_language(reader, login, language):
    page = reader(login).get(f"/{language}/accounts/")
    assert page.status_code == 200
    assert user_of(login).email in page.content.decode()


def test_a_stranger_is_led_to_the_sign_in(reader):
    stranger = reader("stranger")
    assert stranger.get(OWN)["Location"] == f"/en/accounts/login/?next={OWN}"
    for path in ("data/", "tokens/", "second-factor/", "terms/"):
        assert "/login/" in stranger.get(OWN + path)["Location"]


# Choices --------------------------------------------------------------------------------------------------------------


def test_language_and_digest_are_kept(reader):
    client = reader("official.ukr")
    assert client.post(OWN, {"language": "fr", "news_digest": "weekly"})["Location"] == "/fr/accounts/"
    user = user_of("official.ukr")
    assert (user.language, user.news_digest) == ("fr", "weekly")


def test_nothing_else_is_set_by_the_form(reader):
    """Rows 10 and 26 of the attacks: fields that nobody offered."""
    client = reader("official.ukr")
    extra = {"is_staff": "on", "is_superuser": "on", "email": "x@evil.example", "name": "X", "id": "1", "pk": "1"}
    client.post(OWN, {"language": "fr", "news_digest": "none", **extra})
    user = user_of("official.ukr")
    assert (user.is_staff, user.is_superuser, user.name) == (False, False, "Official of Ukraine")
    assert client.post(OWN, {"language": "de", "news_digest": "hourly"}).status_code == 200


# Sessions -------------------------------------------------------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def test_sessions_are_listed_and_ended_one_by_one(through_the_form):
    here = through_the_form("official.mar", **{"User-Agent": FIREFOX})
    there = through_the_form("official.mar", **{"User-Agent": SAFARI})
    page = here.get(OWN).content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    session = UserSession.objects.get(user_agent=SAFARI)
    here.post(f"{OWN}sessions/end/", {"session": session.pk})
    assert there.get(RESTRICTED).status_code == 404
    assert here.get(RESTRICTED).status_code == 200


@pytest.mark.parametrize(("which", "still_here"), [("others", True), ("every", False)])
def test_all_others_or_every_session_are_ended(through_the_form, which, still_here):
    clients = [through_the_form("official.mar") for _ in range(3)]
    clients[0].post(f"{OWN}sessions/end/", {"session": which})
    reading = [client.get(RESTRICTED).status_code == 200 for client in clients]
    assert reading == [still_here, False, False]
    assert Session.objects.count() <= 2


def test_nobody_ends_anothers_session(through_the_form):
    """Row 26 of the attacks."""
    theirs, mine = through_the_form("official.ukr"), through_the_form("official.mar")
    session = UserSession.objects.get(user=user_of("official.ukr"))
    assert mine.post(f"{OWN}sessions/end/", {"session": session.pk}).status_code == 404
    assert theirs.get("/en/accounts/").status_code == 200


def test_reading_writes_nothing_about_the_session(through_the_form, django_assert_num_queries):
    client = through_the_form("official.mar")
    client.get("/en/privacy/")
    with django_assert_num_queries(6) as queries:
        client.get("/en/privacy/")
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_ended_sessions_are_forgotten_with_address_and_device(through_the_form):
    through_the_form("official.mar")
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    forget_ended_sessions()
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox, Linux"),
        (SAFARI, "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("curl/8.0", "another device"),
        ("", "another device"),
    ],
)
def test_a_device_is_named_by_browser_and_system(user_agent, words):
    assert device_of(user_agent) == words


# Password -------------------------------------------------------------------------------------------------------------


def test_a_new_password_ends_the_other_sessions_and_is_told_by_mail(through_the_form, once_committed):
    """Rows 24 and 25: session keys change, what was open elsewhere ends."""
    here, there = through_the_form("official.mar"), through_the_form("official.mar")
    before = here.cookies["sessionid"].value
    new = "a-new-and-long-password-2026"
    fields = {"oldpassword": "demo-only-2012", "password1": new, "password2": new}
    with once_committed():
        assert here.post("/en/accounts/password/change/", fields)["Location"] == OWN
    assert here.cookies["sessionid"].value != before
    assert here.get(RESTRICTED).status_code == 200
    assert there.get(RESTRICTED).status_code == 404
    assert "mot de passe" in mail.outbox[0].subject


# Data -----------------------------------------------------------------------------------------------------------------


def own_data(client) -> dict:
    answer = client.get(f"{OWN}data/")
    assert answer["Content-Type"] == "application/json"
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    return json.loads(answer.content)


def test_data_is_given_after_confirming_only(through_the_form):
    client = through_the_form("official.mar")
    assert client.get(f"{OWN}data/")["Location"].startswith("/en/accounts/reauthenticate/?next=")
    confirm(client)
    assert own_data(client)["account"]["email"] == "official.mar@imap.example"


def test_the_data_holds_every_kind_and_no_secret(through_the_form):
    user = user_of("official.mar")
    with viewing(user_of("editor").viewer):
        nominated = planting_people.nomination(
            user=user, audience=[tokens.authority("morocco"), tokens.own(user.pk), tokens.secretariat("mtm")]
        )
        nominated.save()
        planting_people.event(nominated, person=user).save()
        MandateEvent.objects.create(
            event=Event.NOMINATED, person=user, name="unseen", audience=[tokens.secretariat("mtm")]
        )
    _, secret = make_token(user, "calendar", "calendar", 30)
    client = through_the_form("official.mar")
    seed = RecoveryCodes.activate(user).instance.data["seed"]
    confirm(client)
    with viewing(user.viewer):
        log_action(Action.READ, user, dialogue="mtm", objects=["an edition"])
    found = own_data(client)
    assert len(found["nominations"]) == len(found["history"]) == 1
    assert found["second_factors"][0]["type"] == "recovery_codes"
    assert found["terms_accepted"][0]["terms"] == "2026-11-24"
    assert {line["action"] for line in found["log"]} >= {"signed-in", "read", "exported"}
    assert found["sessions"][0]["ip"] == "127.0.0.1"
    text = json.dumps(found)
    for hidden in (secret, seed, user.password, '"digest"', "unseen", client.cookies["sessionid"].value):
        assert hidden not in text, hidden


def test_the_data_holds_nothing_of_others(through_the_form):
    with viewing(user_of("editor").viewer):
        planting_people.plant_people(user_of("official.ukr"))
    client = through_the_form("official.mar")
    confirm(client)
    text = json.dumps(own_data(client))
    assert "candidate@imap.example" not in text
    assert "official.ukr" not in text
