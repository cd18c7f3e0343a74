"""Tokens for machines and calendars: judged anew at each use, and never told again."""

import base64
import logging
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.viewing import viewing
from accounts.models import Action, Affiliation, LogEntry, PersonalToken, SecretariatMember, TokenScope, User
from accounts.secret_digests import digest_of
from accounts.signing_in.personal_tokens import make_token, person_bearing, secret_in
from demo.cast import PASSWORD
from imap.logs import JsonFormatter
from tests.accounts.conftest import confirm
from tests.accounts.test_gate import newer_terms
from tests.conftest import user_of
from tests.readers import raw

pytestmark = pytest.mark.django_db

ME = "/api/me"
MOROCCO_IN = ("mtm", "rabat-process")


def secret_of(login: str, scope: TokenScope = TokenScope.READ, days: int = 365) -> str:
    return make_token(user_of(login), "machine", scope, days)[1]


def me(secret: str, **more):
    return Client(headers={"Authorization": f"Bearer {secret}"}).get(ME, **more)


# Making ---------------------------------------------------------------------------------------------------------------


def test_a_token_is_made_after_confirming_shown_once_and_told_by_mail(through_the_form, once_committed):
    client = through_the_form("official.ukr")
    assert "/reauthenticate/" in client.get("/en/accounts/tokens/")["Location"]
    confirm(client)
    with once_committed():
        page = client.post("/en/accounts/tokens/", {"name": "robot", "scope": "read", "days": "30"})
    secret = re.search(r"imap_[\w-]+", page.content.decode())[0]
    assert "no-store" in page["Cache-Control"]
    assert len(secret) - len("imap_") >= 22  # 128 bits in base64
    token = PersonalToken.objects.get()
    assert token.digest == digest_of(secret)
    assert secret not in str(list(PersonalToken.objects.values()))
    assert secret not in client.get("/en/accounts/").content.decode()
    assert "robot" in mail.outbox[0].body
    assert secret not in mail.outbox[0].body
    assert me(secret).status_code == 200


def test_a_token_for_calendars_is_shown_as_the_address_to_subscribe_to(through_the_form):
    client = through_the_form("official.ukr")
    confirm(client)
    page = client.post("/en/accounts/tokens/", {"name": "mine", "scope": "calendar", "days": "30"}).content.decode()
    address = re.search(r"/en/calendar/subscriptions/imap_[\w-]+\.ics", page)[0]
    assert "10-Year Anniversary" in Client().get(address).content.decode()


@pytest.mark.parametrize("days", ["0", "366", "99999", "-1", "x"])
def test_no_token_lasts_longer_than_a_year(through_the_form, days):
    client = through_the_form("official.ukr")
    confirm(client)
    client.post("/en/accounts/tokens/", {"name": "robot", "scope": "read", "days": days})
    assert not PersonalToken.objects.exists()
    assert make_token(user_of("official.ukr"), "x", TokenScope.READ, 9999)[0].expires_on <= (
        timezone.localdate() + timedelta(days=365)
    )


def test_no_two_secrets_are_alike():
    user = user_of("official.ukr")
    assert len({make_token(user, "x", TokenScope.READ, 1)[1] for _ in range(50)}) == 50


# What it opens --------------------------------------------------------------------------------------------------------


def test_a_token_says_who_and_what_may_be_read_until_when():
    until = timezone.localdate() + timedelta(days=9)
    Affiliation.objects.filter(user=user_of("official.mar.dev")).update(ends_on=until)
    answer = me(secret_of("official.mar.dev"))
    assert answer["Cache-Control"] == "private, no-store"
    found = answer.json()
    assert found["name"] == "Official of Morocco (development)"
    assert {row["token"]: row["until"] for row in found["may_read"]} == {
        "dialogue:mtm:migration-development": until.isoformat(),
        "partner:morocco": until.isoformat(),
        **{f"person:{dialogue}:{user_of('official.mar.dev').pk}": until.isoformat() for dialogue in MOROCCO_IN},
    }
    assert not answer.cookies


def test_the_api_takes_a_header_and_neither_cookie_nor_query(reader):
    """Rows 2, 21 and 23 of the attacks: no second way in, and no secret in an address."""
    secret = secret_of("official.mar")
    assert reader("official.mar").get(ME).status_code == 401
    assert Client().get(f"{ME}?token={secret}&access_token={secret}").status_code == 401
    assert Client().post(ME, {"token": secret}).status_code == 405
    assert Client(headers={"Authorization": f"Basic {secret}"}).get(ME).status_code == 401
    answer = Client().get(ME)
    assert (answer.status_code, answer["WWW-Authenticate"], answer["Cache-Control"]) == (
        401,
        "Bearer",
        "private, no-store",
    )


def test_a_token_opens_no_page(reader):
    client = Client(headers={"Authorization": f"Bearer {secret_of('editor')}"})
    assert client.get("/en/maps/mtm/irregular-mixed-migration/morocco/").status_code == 404
    assert client.get("/secretariat/").status_code == 302


def test_every_wrong_token_gets_the_same_answer():
    """Row 27 of the attacks: nothing tells an unknown token from one that ended."""
    expired, revoked, calendar, good = (
        secret_of("official.mar"), secret_of("official.mar"), secret_of("official.mar", TokenScope.CALENDAR),
        secret_of("official.mar"),
    )  # fmt: skip
    PersonalToken.objects.filter(digest=digest_of(expired)).update(expires_on=timezone.localdate() - timedelta(days=1))
    PersonalToken.objects.filter(digest=digest_of(revoked)).update(revoked_at=timezone.now())
    wrong = [expired, revoked, calendar, "imap_x", "x" * 5000, "", "ع" * 8, good[:-1], good + "x", good.upper()]
    answers = {raw(me(secret)) for secret in wrong}
    assert len(answers) == 1
    assert answers.pop().startswith(b"401")
    assert me(good).status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "bearer  x  ", "x", "", "Bearer a b", "BEARER abc"])
def test_headers_of_every_shape_are_read(header):
    assert secret_in(header) in ("", "x", "a b", "abc")


# As a password, for programs of maps that know no other way ------------------------------------------------------------


def basic(user_name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user_name}:{password}".encode()).decode()}


@pytest.mark.parametrize("user_name", ["", "official.mar@imap.example", "token", "anybody", "أحمد"])
@pytest.mark.parametrize("path", [ME, "/api/ogc/collections/mtm-stops/items"])
def test_a_token_is_taken_as_the_password_of_whatever_user_name(user_name, path):
    secret = secret_of("official.mar")
    by_header = Client(headers={"Authorization": f"Bearer {secret}"}).get(path)
    answer = Client(headers=basic(user_name, secret)).get(path)
    assert answer.status_code == 200
    told, by_bearer = answer.json(), by_header.json()
    assert told.pop("timeStamp", "") >= by_bearer.pop("timeStamp", "")
    assert told == by_bearer


def test_what_is_read_with_it_is_in_the_log():
    official = user_of("official.mar")
    Client(headers=basic("x", secret_of("official.mar"))).get("/api/ogc/collections/mtm-stops/items")
    with viewing(official.viewer):
        assert LogEntry.objects.filter(action=Action.EXPORTED, person=official).exists()


def test_the_password_of_the_account_is_no_token():
    official = user_of("official.mar")
    assert Client(headers=basic(official.email, PASSWORD)).get(ME).status_code == 401


@pytest.mark.parametrize("header", ["Basic", "Basic x", "Basic !!!", "basic /w==", "Basic Og==", "Basic 2K06eA=="])
def test_a_wrong_password_gets_the_answer_of_a_wrong_token(header):
    wrong, by_header = Client(headers={"Authorization": header}).get(ME), me("imap_x")
    assert (wrong.status_code, wrong.content) == (by_header.status_code, by_header.content) == (401, by_header.content)
    assert wrong["WWW-Authenticate"] == 'Basic realm="i-Map"'


def test_without_a_token_nothing_asks_for_a_password():
    """What is restricted is missing: no answer hints that something is behind a door."""
    for path in ("/api/ogc/collections/hidden/items", "/api/ogc/collections/mtm-stops/items"):
        assert "WWW-Authenticate" not in Client().get(path)


def test_wrong_passwords_are_counted_as_wrong_tokens():
    for number in range(20):
        Client(headers=basic("x", f"imap_{number}")).get(ME)
    assert Client(headers=basic("x", secret_of("official.mar"))).get(ME).status_code == 429


def test_over_an_open_line_a_token_is_no_password(settings):
    headers = basic("x", secret_of("official.mar"))
    assert Client(headers=headers, REMOTE_ADDR="198.51.100.1").get(ME).status_code == 403
    assert Client(headers=headers, REMOTE_ADDR="198.51.100.1").get(ME, secure=True).status_code == 200
    settings.IS_PRODUCTION = True
    assert Client(headers=headers).get(ME).status_code == 403
    assert Client(headers=headers).get(ME, secure=True).status_code == 200


# When it ends ---------------------------------------------------------------------------------------------------------


def suspended(user: User) -> None:
    user.affiliations.update(ends_on=timezone.localdate() - timedelta(days=1))


def ended(user: User) -> None:
    user.affiliations.update(ended_at=timezone.now())


def inactive(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def owing(user: User) -> None:
    newer_terms()


@pytest.mark.parametrize("change", [suspended, ended, inactive, owing])
def test_a_token_is_judged_at_each_use(change):
    """Rows 5 and 25 of the attacks: what ended is refused at the next request."""
    secret = secret_of("official.mar")
    assert me(secret).status_code == 200
    change(user_of("official.mar"))
    assert me(secret).status_code == 401


def test_a_token_of_a_secretariat_ends_with_the_seat():
    secret = secret_of("editor")
    assert person_bearing(secret, TokenScope.READ) == user_of("editor")
    SecretariatMember.objects.filter(user=user_of("editor")).delete()
    assert person_bearing(secret, TokenScope.READ) is None


def test_a_token_does_not_come_back_with_a_new_mandate():
    secret = secret_of("official.mar")
    ended(user_of("official.mar"))
    again = Affiliation.objects.create(user=user_of("official.mar"), partner_id="morocco")
    again.scopes.create(dialogue_id="mtm", theme_id="migration-development")
    assert me(secret).status_code == 401
    assert me(secret_of("official.mar")).status_code == 200


def test_a_token_that_is_revoked_opens_nothing_at_once(through_the_form):
    secret = secret_of("official.mar")
    client = through_the_form("official.mar")
    client.post(f"/en/accounts/tokens/{PersonalToken.objects.get().pk}/revoke/")
    assert me(secret).status_code == 401


def test_nobody_revokes_anothers_token(through_the_form):
    """Row 26 of the attacks."""
    secret = secret_of("official.ukr")
    client = through_the_form("official.mar")
    assert client.post(f"/en/accounts/tokens/{PersonalToken.objects.get().pk}/revoke/").status_code == 404
    assert me(secret).status_code == 200


def test_a_use_is_noted_by_its_day_and_once_a_day(django_assert_num_queries):
    secret = secret_of("official.mar")
    me(secret)
    assert PersonalToken.objects.get().last_used_on == timezone.localdate()
    with django_assert_num_queries(2):  # the token; the person with what they hold and owe
        person_bearing(secret, TokenScope.READ)


def test_a_token_does_not_count_as_a_visit():
    me(secret_of("official.mar"))
    assert user_of("official.mar").visit_began_at is None


# Secrets stay secret --------------------------------------------------------------------------------------------------


def test_a_token_is_in_no_log(caplog):
    """Row 21 of the attacks."""
    secret = secret_of("official.mar")
    with caplog.at_level(logging.DEBUG):
        me(secret)
        me(f"{secret}x")
        Client().get(f"{ME}?token={secret}")
    lines = [JsonFormatter().format(record) for record in caplog.records if record.name.startswith("imap")]
    assert lines
    assert secret not in "".join(lines)


def test_wrong_tokens_are_not_without_end():
    secret = secret_of("official.mar")
    statuses = [
        Client(headers={"Authorization": f"Bearer imap_{number}", "X-Forwarded-For": f"10.0.0.{number}"})
        .get(ME)
        .status_code
        for number in range(25)
    ]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert me(secret).status_code == 429


def test_the_database_is_asked_for_a_digest_and_never_for_a_secret():
    """Rows 21 and 47 of the attacks: how long a look-up takes says nothing of the secret, and no statement carries it."""
    secret = secret_of("official.mar")
    with CaptureQueriesContext(connection) as queries:
        for tried in (secret, f"{secret[:-1]}x", "imap_x"):
            me(tried)
    statements = "".join(query["sql"] for query in queries)
    assert digest_of(secret) in statements
    assert secret[:-1] not in statements
