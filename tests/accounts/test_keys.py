"""Keys and passkeys, with a key in software: a challenge for one purpose, a PIN to sign in alone, a counter that counts."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from accounts.models import Action, LogEntry, User
from accounts.signing_in import passkeys
from demo.cast import PASSWORD
from tests.accounts.conftest import confirm
from tests.accounts.soft_key import SoftKey
from tests.conftest import user_of
from tests.depth import examples

pytestmark = pytest.mark.django_db

RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/morocco/"
FACTORS = "/en/accounts/second-factor/"
ADD, ALONE, ASKED = f"{FACTORS}keys/add/", f"{FACTORS}keys/login/", f"{FACTORS}authenticate/"
ONCE_MORE = f"{FACTORS}keys/reauthenticate/"
OPTIONS = re.compile(r'<script id="passkey-options" type="application/json">(.*?)</script>', re.DOTALL)
AS_A_SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def official() -> User:
    return user_of("official.mar")


@pytest.fixture
def with_key(through_the_form):
    """`with_key(SoftKey(), alone=True)` sets the key up for the official, in a browser that it gives back."""

    def set_up(key: SoftKey, *, alone: bool = False, login: str = "official.mar") -> Client:
        client = through_the_form(login)
        confirm(client)
        options = options_in(client.get(ADD))["creation_options"]
        fields = {"credential": json.dumps(key.create(options)), "name": "mine"}
        answer = client.post(ADD, fields | ({"passwordless": "on"} if alone else {}))
        assert answer.status_code == 302, answer.content.decode()
        return client

    return set_up


def options_in(response) -> dict:
    return json.loads(OPTIONS.search(response.content.decode())[1])


def alone_options(client: Client) -> dict:
    return client.get(ALONE, headers=AS_A_SCRIPT).json()["request_options"]


def answer_alone(client: Client, key: SoftKey, options: dict | None = None):
    return client.post(ALONE, {"credential": json.dumps(key.get(options or alone_options(client)))})


def is_signed_in(client: Client) -> bool:
    return client.get(RESTRICTED).status_code == 200


# To sign in alone -----------------------------------------------------------------------------------------------------


def test_a_passkey_signs_in_alone(with_key):
    with_key(key := SoftKey(), alone=True)
    client = Client()
    answer_alone(client, key)
    assert is_signed_in(client)


def test_a_key_signs_in_alone_only_if_its_person_chose_that(with_key):
    with_key(key := SoftKey(), alone=False)
    client = Client()
    assert answer_alone(client, key)["Location"] == "/en/accounts/login/"
    assert not is_signed_in(client)
    assert "was not accepted" in client.get("/en/accounts/login/").content.decode()


def test_a_key_without_its_pin_does_not_sign_in_alone(with_key):
    with_key(key := SoftKey(), alone=True)
    key.verifies = False
    client = Client()
    answer_alone(client, key)
    assert not is_signed_in(client)


def test_a_key_without_pin_is_not_set_up_to_sign_in_alone(through_the_form, official):
    client = through_the_form("official.mar")
    confirm(client)
    answer = SoftKey(verifies=False).create(options_in(client.get(ADD))["creation_options"])
    page = client.post(ADD, {"credential": json.dumps(answer), "passwordless": "on"})
    assert "must ask for its PIN" in page.content.decode()
    assert not Authenticator.objects.filter(user=official).exists()


@pytest.mark.parametrize("login", ["official.mar", "secretariat"])
def test_the_challenge_of_the_second_factor_signs_nobody_in_alone(with_key, through_the_form, login):
    """A key of no PIN, found with its password: the superuser's as well."""
    with_key(key := SoftKey(verifies=False), login=login)
    client = through_the_form(login)
    options = options_in(client.get(ASKED))["request_options"]
    waits_no_longer(client)
    answer_alone(client, key, options)
    assert "_auth_user_id" not in client.session


def test_who_is_deactivated_does_not_sign_in_by_a_key(with_key, official):
    with_key(key := SoftKey(), alone=True)
    User.objects.filter(pk=official.pk).update(is_active=False)
    client = Client()
    assert answer_alone(client, key)["Location"] == "/en/accounts/login/"
    assert "_auth_user_id" not in client.session


# A challenge is for one purpose, one person, one answer ---------------------------------------------------------------


def waits_no_longer(client: Client) -> None:
    """As after a quarter of an hour: the session forgets that a password was typed."""
    session = client.session
    session.pop("account_login", None)
    session.save()


def questions(outside: Client, inside: Client) -> dict[passkeys.Purpose, dict]:
    """A question of each purpose: two put to one who waits for the second factor in the end, two to one who is in."""
    alone = alone_options(outside)
    outside.post("/en/accounts/login/", {"login": "official.mar@imap.example", "password": PASSWORD})
    return {
        passkeys.Purpose.SIGN_IN_ALONE: alone,
        passkeys.Purpose.SECOND_FACTOR: options_in(outside.get(ASKED))["request_options"],
        passkeys.Purpose.CONFIRM: options_in(inside.get(ONCE_MORE))["request_options"],
        passkeys.Purpose.SET_UP: options_in(inside.get(ADD))["creation_options"],
    }


@pytest.mark.parametrize("answered", [passkeys.Purpose.SECOND_FACTOR, passkeys.Purpose.SIGN_IN_ALONE])
@pytest.mark.parametrize("asked", list(passkeys.Purpose))
def test_the_answer_to_one_question_signs_nobody_in_by_another(with_key, asked, answered):
    inside = with_key(key := SoftKey(), alone=True)
    options = questions(client := Client(), inside)[asked]
    if answered is passkeys.Purpose.SIGN_IN_ALONE:
        waits_no_longer(client)
    path = ALONE if answered is passkeys.Purpose.SIGN_IN_ALONE else ASKED
    client.post(path, {"credential": json.dumps(key.get(options))})
    assert is_signed_in(client) is (asked is answered)


@pytest.mark.parametrize("asked", list(passkeys.Purpose))
def test_the_answer_to_one_question_confirms_nothing_by_another(with_key, asked):
    inside = with_key(key := SoftKey(), alone=True)
    options = questions(Client(), inside)[asked]
    inside.post(ONCE_MORE, {"credential": json.dumps(key.get(options))})
    records = inside.session["account_authentication_methods"]
    assert any(record.get("type") == "webauthn" for record in records) is (asked is passkeys.Purpose.CONFIRM)


def test_a_challenge_is_answered_once_whether_rightly_or_wrongly(with_key):
    with_key(key := SoftKey(), alone=True)
    client = Client()
    options = alone_options(client)
    answer_alone(client, SoftKey(user_handle=key.user_handle, credential_id=key.credential_id), options)
    answer_alone(client, key, options)
    assert not is_signed_in(client)
    options = alone_options(client)
    answer_alone(client, key, options)
    assert is_signed_in(client)
    client.post("/en/accounts/logout/")
    answer_alone(client, key, options)
    assert not is_signed_in(client)


def test_a_challenge_is_answered_soon(with_key, monkeypatch):
    with_key(key := SoftKey(), alone=True)
    client = Client()
    options = alone_options(client)
    now = passkeys.time.time()
    monkeypatch.setattr(passkeys.time, "time", lambda: now + passkeys.GOOD_FOR + 1)
    answer_alone(client, key, options)
    assert not is_signed_in(client)


def test_after_signing_in_no_challenge_is_left(with_key):
    with_key(key := SoftKey())
    client = Client()
    alone_options(client)
    client.post("/en/accounts/login/", {"login": "official.mar@imap.example", "password": PASSWORD})
    options = options_in(client.get(ASKED))["request_options"]
    client.post(ASKED, {"credential": json.dumps(key.get(options))})
    assert is_signed_in(client)
    kept = " ".join(client.session.keys())
    assert "_auth_user_id" in kept
    assert "challenge" not in kept
    assert "webauthn" not in kept


# Origin and counter ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:8001",
        "http://localhost",
        "https://localhost:8000",
        "http://evil.localhost:8000",
        "http://localhost.evil.example:8000",
        "https://evil.example",
        "null",
    ],
)
def test_a_key_answers_on_the_portals_own_pages_only(with_key, origin):
    with_key(key := SoftKey(), alone=True)
    key.origin = origin
    client = Client()
    answer_alone(client, key)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("https://maps.example.org:443/", "https://maps.example.org"),
        ("https://Maps.example.org", "https://maps.example.org"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(settings, site, origin):
    settings.SITE_ADDRESS = site
    assert passkeys._server()._verify(origin)
    assert not passkeys._server()._verify(origin + ":8443")


@pytest.mark.parametrize("said", [0, 1, 5])
def test_a_counter_that_does_not_move_on_is_that_of_a_copy(with_key, official, said):
    with_key(key := SoftKey(counter=3), alone=True)
    for _ in range(2):
        client = Client()
        answer_alone(client, key)
        assert is_signed_in(client)
    copy, client = key, Client()
    copy.counter, copy.counts = said, False
    answer_alone(client, copy)
    assert not is_signed_in(client)
    assert Authenticator.objects.get(user=official, type="webauthn").data[passkeys.COUNTER] == 5


def test_a_key_that_never_counts_is_taken(with_key):
    with_key(key := SoftKey(counts=False), alone=True)
    for _ in range(2):
        client = Client()
        answer_alone(client, key)
        assert is_signed_in(client)


def test_a_key_belongs_to_one_person(with_key, official):
    with_key(key := SoftKey(), alone=True)
    with pytest.raises(AssertionError, match="was not accepted"):
        with_key(key, login="official.ukr")
    assert Authenticator.objects.get(type="webauthn").user == official


def test_a_refused_key_is_a_line_of_the_log(with_key, through_the_form, official):
    from access.viewing import viewing

    with_key(SoftKey())
    client = through_the_form("official.mar")
    client.post(ASKED, {"credential": json.dumps(SoftKey().get(options_in(client.get(ASKED))["request_options"]))})
    with viewing(official.viewer):
        assert LogEntry.objects.filter(action=Action.SIGN_IN_FAILED, person=official).count() == 1


# Nonsense -------------------------------------------------------------------------------------------------------------

NONSENSE = [
    "", "{", "null", "[]", "1", '"x"', "true", "{}", '{"id":"x"}', '{"id":"x","rawId":"x"}',
    '{"id":"x","rawId":"y"}', '{"rawId":"x","response":null}', '{"response":{"userHandle":1}}',
    '{"response":{"userHandle":"\\ud800"}}', '{"response":{"userHandle":"LTE"}}',
    '{"response":{"userHandle":"OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}}', '{"response":[]}', "[" * 9000, '{"a":' * 9000,
    "9" * 9000, '{"id":"eA","rawId":"eA","type":"\\u0000","response":{}}', "x" * 30_000,
]  # fmt: skip


def places(client_asked: Client, client_in: Client) -> list[tuple[Client, str]]:
    return [(Client(), ALONE), (client_asked, ASKED), (client_in, ONCE_MORE), (client_in, ADD)]


@pytest.mark.parametrize("credential", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_for_a_credential_is_answered_kindly(with_key, through_the_form, credential):
    inside = with_key(SoftKey())
    confirm(inside)
    outside = through_the_form("official.mar")
    for client, path in places(outside, inside):
        client.get(path, headers=AS_A_SCRIPT if path == ALONE else None)
        answer = client.post(path, {"credential": credential})
        assert answer.status_code in (200, 302), path
        page = answer.content.decode() if answer.status_code == 200 else client.get(answer["Location"]).content.decode()
        assert "was not accepted" in page or not credential, path


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.deep
@given(change=st.tuples(st.sampled_from(["id", "rawId", "type", "response", "clientExtensionResults"]), JSON),
       inner=st.tuples(st.sampled_from(["clientDataJSON", "authenticatorData", "signature", "userHandle"]), JSON))  # fmt: skip
@of_hypothesis(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_credential_no_answer_breaks(db, settings, change, inner):
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = {}
    client = Client()
    credential = SoftKey(user_handle="MQ").get(alone_options(client))
    credential["response"] |= dict([inner])
    credential |= dict([change])
    assert client.post(ALONE, {"credential": json.dumps(credential)}).status_code in (302, 429)
