"""Strangers' guesses are slowed, and whose account it is comes in all the same: rows 27 and 29 of the attacks."""

import time
from collections.abc import Callable
from unittest import mock

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from accounts.models import User
from accounts.signing_in.open_sessions import end_sessions
from demo.cast import PASSWORD
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

OWN = "/en/accounts/"
OFFICIAL, WRONG, NEW = "official.mar@imap.example", "a-wrong-password-2012", "a-new-and-long-password-2026"
ASKED = f"{OWN}second-factor/authenticate/"


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def at(network: str) -> Client:
    return Client(headers={"X-Forwarded-For": network})


def sign_in(client: Client, password: str = PASSWORD, email: str = OFFICIAL):
    return client.post(f"{OWN}login/", {"login": email, "password": password})


def is_signed_in(client: Client) -> bool:
    return client.get(OWN).status_code == 200


def from_one_network() -> None:
    for _ in range(8):
        sign_in(at("198.51.100.1"), WRONG)


def from_many_networks() -> None:
    for number in range(80):
        sign_in(at(f"198.51.{number}.1"), WRONG)


GUESSES: list[Callable[[], None]] = [from_one_network, from_many_networks]


@pytest.fixture
def home() -> Client:
    """A browser in which the official has signed in before."""
    client = at("203.0.113.1")
    sign_in(client)
    client.post(f"{OWN}logout/")
    return client


def test_guesses_from_one_network_keep_nobody_out_of_another():
    from_one_network()
    assert not is_signed_in((sign_in(client := at("198.51.100.1")), client)[1])
    client = at("203.0.113.1")
    sign_in(client)
    assert is_signed_in(client)


def test_a_guess_every_fifty_seconds_for_hours_keeps_nobody_out():
    now = time.time()
    for guess in range(150):
        with mock.patch("time.time", return_value=now + guess * 50):
            sign_in(at("198.51.100.1"), WRONG)
    with mock.patch("time.time", return_value=now + 150 * 50):
        client = at("203.0.113.1")
        sign_in(client)
        assert is_signed_in(client)


@pytest.mark.parametrize("guess", GUESSES, ids=lambda way: way.__name__)
def test_a_known_device_gets_through(home, guess):
    guess()
    sign_in(home)
    assert is_signed_in(home)


def test_a_known_device_gets_through_beside_who_guesses_in_the_same_network(home):
    for _ in range(12):
        sign_in(at("203.0.113.1"), WRONG)
    sign_in(home)
    assert is_signed_in(home)


def test_guesses_from_many_networks_are_slowed_all_the_same():
    from_many_networks()
    client = at("192.0.2.1")
    assert "Too many failed" in sign_in(client).content.decode()
    assert not is_signed_in(client)


def test_a_new_password_by_mail_gets_through_and_makes_the_browser_known():
    from_many_networks()
    user, client = user_of("official.mar"), at("192.0.2.1")
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    form = client.get(f"{OWN}password/reset/key/{key}/")["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    for number in range(70):
        sign_in(at(f"198.51.{number}.2"), WRONG)
    sign_in(client, NEW)
    assert is_signed_in(client)


def test_a_new_password_by_mail_lifts_the_limit_in_every_browser():
    from_many_networks()
    user, client = user_of("official.mar"), at("192.0.2.1")
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    form = client.get(f"{OWN}password/reset/key/{key}/")["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    other = at("192.0.2.9")
    sign_in(other, NEW)
    assert is_signed_in(other)


def test_wrong_codes_of_a_stranger_do_not_keep_its_person_out(home):
    """Of one who knows the password, that is."""
    codes = RecoveryCodes.activate(user_of("official.mar")).get_unused_codes()
    for _ in range(2):
        thief = at("198.51.100.1")
        sign_in(thief)
        for number in range(5):
            thief.post(ASKED, {"code": f"{number:08}"})
    thief.post(ASKED, {"code": codes[1]})
    assert not is_signed_in(thief)
    sign_in(home)
    home.post(ASKED, {"code": codes[0]})
    assert is_signed_in(home)


def test_a_new_password_by_mail_forgets_the_wrong_codes_too():
    """Of a thief who knew the password that there was, from everywhere."""
    user = user_of("official.mar")
    codes = RecoveryCodes.activate(user).get_unused_codes()
    for network in range(17):
        sign_in(thief := at(f"198.51.{network}.1"))
        for number in range(4):
            thief.post(ASKED, {"code": f"{number:08}"})
    client = at("192.0.2.1")
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    form = client.get(f"{OWN}password/reset/key/{key}/")["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    other = at("192.0.2.9")
    sign_in(other, NEW)
    other.post(ASKED, {"code": codes[0]})
    assert is_signed_in(other)


# What a known device is -----------------------------------------------------------------------------------------------


def test_a_known_device_has_no_guesses_without_end(home):
    for _ in range(12):
        answer = sign_in(home, WRONG)
    assert "Too many failed" in answer.content.decode()


def test_a_known_device_is_one_persons():
    """A browser of somebody else, or a cookie written by hand, is a stranger's."""
    other = at("203.0.113.1")
    sign_in(other, email="official.ukr@imap.example")
    other.post(f"{OWN}logout/")
    forged = at("203.0.113.2")
    forged.cookies["device"] = '[[1,"x","y"]]:forged'
    from_many_networks()
    for client in (other, forged):
        sign_in(client)
        assert not is_signed_in(client)


def new_password(user: User) -> None:
    user.set_password(NEW)
    user.save()


def sessions_ended(user: User) -> None:
    end_sessions(user)


@pytest.mark.parametrize("end", [new_password, sessions_ended], ids=lambda way: way.__name__)
def test_a_device_is_known_no_more_once_what_was_open_ended(home, end):
    end(user_of("official.mar"))
    from_many_networks()
    for password in (PASSWORD, NEW):
        sign_in(home, password)
    assert not is_signed_in(home)


def test_several_people_of_one_browser_are_each_known():
    shared = at("203.0.113.1")
    for email in (OFFICIAL, "official.ukr@imap.example"):
        sign_in(shared, email=email)
        shared.post(f"{OWN}logout/")
    from_many_networks()
    sign_in(shared)
    assert is_signed_in(shared)


def test_the_cookie_is_out_of_reach_of_scripts_and_says_nothing_of_the_person():
    client = at("203.0.113.1")
    sign_in(client)
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "official" not in cookie.value


def test_for_an_address_that_nobody_has_the_answers_are_the_same():
    answers = []
    for email in (OFFICIAL, "nobody@imap.example"):
        pages = [sign_in(at(f"198.51.{number}.1"), WRONG, email).content.decode() for number in range(62)]
        answers.append(["Too many failed" in page for page in pages])
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][-1]) == (False, True)
