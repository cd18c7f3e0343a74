"""The table of limits, tripped one by one: a limit that is not tripped here fails."""

import uuid
from collections.abc import Callable
from unittest.mock import patch

import pytest
from allauth.core.internal.ratelimit import parse_rates
from django.conf import settings as configured
from django.test import Client

from accounts.signing_in import rate_limits
from demo.cast import PASSWORD
from tests.accounts.conftest import confirm
from tests.conftest import clear_own_cache, user_of

pytestmark = pytest.mark.django_db

WRONG = "a-wrong-password-2012"
OF_ACCOUNT = "/en/accounts/"


class Attempt:
    """One more try at something. `address`: the client's, `account`: whom it is about, `signed_in`: a browser."""

    def __init__(self, address: str, account: str, signed_in: Client):
        self.account, self.signed_in = account, signed_in
        self.client = Client(REMOTE_ADDR=address)

    def post(self, path: str, fields: dict | None = None, client: Client | None = None):
        return (client or self.client).post(OF_ACCOUNT + path, fields or {})


def is_too_many(response) -> bool:
    return response.status_code == 429


def says_too_many(response) -> bool:
    return "Too many failed login attempts" in response.content.decode()


def in_a_known_device(one: Attempt):
    """Wrong passwords in a browser that the person has used, wherever it is now."""
    client = Client(REMOTE_ADDR=f"10.1.1.{len(one.account)}")
    client.cookies["device"] = one.signed_in.cookies["device"].value
    return one.post("login/", {"login": "official.mar@imap.example", "password": WRONG}, client)


def asks_for_a_map_that_is_not_kept(one: Attempt):
    with (
        patch("atlas.print_cache._key", side_effect=lambda *told: f"printed:{uuid.uuid4()}"),
        patch("atlas.print_cache.typeset", return_value=b""),
    ):
        return one.client.get("/en/maps/mtm/routes/editions/2025/1/map-2012-a4.pdf")


TRIES: dict[str, Callable[[Attempt], bool]] = {
    "login": lambda one: is_too_many(one.post("login/")),
    "login_failed": lambda one: says_too_many(one.post("login/", {"login": one.account, "password": WRONG})),
    "guesses_of_strangers": lambda one: says_too_many(
        one.post("login/", {"login": "one@imap.example", "password": WRONG})
    ),
    "guesses_in_a_known_device": lambda one: says_too_many(in_a_known_device(one)),
    "reset_password": lambda one: is_too_many(one.post("password/reset/", {"email": one.account})),
    "reset_password_from_key": lambda one: is_too_many(one.post("password/reset/key/1-abc/")),
    "change_password": lambda one: is_too_many(one.post("password/change/", client=one.signed_in)),
    "reauthenticate": lambda one: is_too_many(one.post("reauthenticate/", client=one.signed_in)),
    "webauthn_login": lambda one: is_too_many(one.post("second-factor/keys/login/")),
    "single_sign_on": lambda one: is_too_many(one.client.get("/single-sign-on/nobody/")),
    "token_failed": lambda one: is_too_many(one.client.get("/api/me", headers={"Authorization": "Bearer x"})),
    "map_file": lambda one: is_too_many(one.client.get("/en/maps/mtm/routes/editions/1/1/map-1-a4.pdf")),
    "print_made": lambda one: is_too_many(asks_for_a_map_that_is_not_kept(one)),
    "search": lambda one: is_too_many(one.client.get("/en/search/")),
    "suggest": lambda one: is_too_many(one.client.get("/en/search/suggestions/")),
    "make_token": lambda one: is_too_many(one.post("tokens/", client=one.signed_in)),
    "invitation": lambda one: is_too_many(one.client.get(f"{OF_ACCOUNT}join/{'x' * 43}/")),
    "nominate": lambda one: is_too_many(one.signed_in.post("/en/nominations/new/")),
    "nomination_mail": lambda one: is_too_many(one.signed_in.post("/en/nominations/1/again/")),
    "confirm_mandate": lambda one: is_too_many(one.signed_in.post("/en/nominations/people/1/confirm/")),
    "own_data": lambda one: is_too_many(one.signed_in.get(f"{OF_ACCOUNT}data/")),
}


TABLES = (rate_limits.OF_ACCOUNTS, rate_limits.OF_FACTORS, rate_limits.OURS)


def every_rate() -> list:
    return [
        pytest.param(limit, words, id=f"{limit} {words}")
        for limit, rates in rate_limits.EVERY_LIMIT.items()
        for words in rates.split(",")
    ]


@pytest.fixture
def confirmed(through_the_form) -> Client:
    client = through_the_form("official.mar")
    confirm(client)
    return client


@pytest.mark.parametrize(("limit", "words"), every_rate())
def test_each_limit_is_tripped_after_as_many_tries_as_it_says(limit, words: str, confirmed, monkeypatch):
    """By the client's address, whoever it is about; by what it is about, from wherever it comes; by the person.

    Wrong passwords at one account are counted by network.
    """
    clear_own_cache()  # what signing in counted
    table = next(table for table in TABLES if limit in table)
    monkeypatch.setitem(table, limit, words)  # each of several rates for itself
    [rate] = parse_rates(words)
    for number in range(rate.amount + 1):
        address = "10.9.9.9" if rate.per == "ip" or limit == "login_failed" else f"10.0.0.{number}"
        account = "one@imap.example" if rate.per == "key" else f"nobody{number}@imap.example"
        refused = TRIES[limit](Attempt(address, account, confirmed))
        assert refused is (number == rate.amount), number


def test_what_allauth_would_limit_by_itself_is_in_the_table_or_has_no_address():
    from allauth.account import app_settings as accounts
    from allauth.mfa import app_settings as factors
    from django.urls import NoReverseMatch, reverse

    no_address = {
        "signup": "account_signup_by_passkey",
        "manage_email": "account_email",
        "confirm_email": "account_email_verification_sent",
        "change_phone": "account_change_phone",
        "verify_phone": "account_verify_phone",
        "request_login_code": "account_request_login_code",
    }
    unlisted = {*accounts.RATE_LIMITS, *factors.RATE_LIMITS} - set(rate_limits.EVERY_LIMIT)
    assert unlisted == set(no_address)
    for view in no_address.values():
        with pytest.raises(NoReverseMatch):
            reverse(view)


def test_the_refusal_is_a_page_in_the_readers_language():
    for _ in range(21):
        answer = Client().post("/ar/accounts/password/reset/key/1-abc/")
    assert answer.status_code == 429
    assert 'dir="rtl"' in answer.content.decode()


# The client's address -------------------------------------------------------------------------------------------------


def failures_from(forwarded: Callable[[int], str], number: int = 11) -> bool:
    """Whether so many wrong passwords, each for another account, with these X-Forwarded-For, were too many."""
    for attempt in range(number):
        fields = {"login": f"nobody{attempt}@imap.example", "password": WRONG}
        answer = Client(headers={"X-Forwarded-For": forwarded(attempt)}).post("/en/accounts/login/", fields)
        assert answer.status_code == 200
    return says_too_many(answer)


def test_without_proxies_a_forged_address_evades_nothing():
    """Row 29 of the attacks."""
    assert configured.ALLAUTH_TRUSTED_PROXY_COUNT == 0
    assert failures_from(lambda number: f"10.0.0.{number}")


def test_behind_a_proxy_the_address_it_saw_counts_and_what_the_client_wrote_does_not(settings):
    """Row 29 of the attacks."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert failures_from(lambda number: f"10.0.0.{number}, 198.51.100.7")
    assert not failures_from(lambda number: "198.51.100.8", number=9)


def test_clients_behind_one_proxy_are_told_apart(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert not failures_from(lambda number: f"198.51.100.{number}")


def test_one_who_fails_does_not_lock_out_another_at_another_address(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    failures_from(lambda number: "198.51.100.7")
    fields = {"login": "official.mar@imap.example", "password": PASSWORD}
    answer = Client(headers={"X-Forwarded-For": "198.51.100.8"}).post("/en/accounts/login/", fields)
    assert answer.status_code == 302
    assert user_of("official.mar").last_login is not None


@pytest.mark.parametrize(
    "path", ["/en/nominations/new/", "/en/nominations/1/again/", "/en/nominations/people/1/confirm/"]
)
def test_a_stranger_is_told_the_same_however_often_they_ask(path):
    assert {Client().post(path).status_code for _ in range(5)} == {404}
