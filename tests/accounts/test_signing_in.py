"""Signing in and out: by e-mail and password, without telling who has an account, and not without end."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Affiliation, User
from demo.cast import PASSWORD
from tests.conftest import clear_own_cache, user_of
from tests.readers import anonymised, body_of, without_form_tokens

OFFICIAL = "official.mar@imap.example"
NOBODY = "official.mxr@imap.example"  # of the same length
RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/morocco/"
WRONG = "a-wrong-password-2012"


@pytest.fixture
def visitor(db) -> Client:
    return Client()


def sign_in(client: Client, email: str = OFFICIAL, password: str = PASSWORD, language: str = "en", **how):
    return client.post(f"/{language}/accounts/login/", {"login": email, "password": password}, **how)


def is_signed_in(client: Client) -> bool:
    return client.get(RESTRICTED).status_code == 200


# In -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "title"), [("en", "Sign in"), ("fr", "Se connecter"), ("ar", "تسجيل الدخول")])
def test_an_official_signs_in_by_e_mail_and_password_in_their_language(visitor, language, title):
    form = visitor.get(f"/{language}/accounts/login/")
    assert form.status_code == 200
    page = form.content.decode()
    assert f"<title>{title}" in page
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page
    assert 'type="password"' in page
    answer = sign_in(visitor, language=language)
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/")
    assert is_signed_in(visitor)


def test_the_form_carries_a_token_and_is_refused_without_it(db):
    """Row 45 of the attacks, sign-in CSRF."""
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403
    page = strict.get("/en/accounts/login/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    fields = {"login": OFFICIAL, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert strict.post("/en/accounts/login/", fields).status_code == 302


@pytest.mark.parametrize("email", ["Official.Mar@imap.example", "OFFICIAL.MAR@IMAP.EXAMPLE"])
def test_an_address_is_known_in_any_case(visitor, email):
    sign_in(visitor, email)
    assert is_signed_in(visitor)


@pytest.mark.parametrize(
    "email", ["officıal.mar@imap.example", "official.mar@imap.examplе", "official.mar", "' OR 1=1 --"]
)
def test_an_address_that_only_looks_alike_is_not_the_same(visitor, email):
    """Row 26 of the attacks."""
    assert sign_in(visitor, email).status_code == 200
    assert not is_signed_in(visitor)


def test_the_session_has_a_new_key_after_signing_in(visitor):
    """Row 24 of the attacks: a key that someone else fixed."""
    visitor.cookies["sessionid"] = "a" * 32  # fixed by someone else
    sign_in(visitor)
    first = visitor.cookies["sessionid"].value
    assert first != "a" * 32
    visitor.post("/en/accounts/logout/")
    assert not Session.objects.filter(pk=first).exists()
    sign_in(visitor)
    assert visitor.cookies["sessionid"].value != first


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor):
    cookie = sign_in(visitor).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_password_changed_ends_the_other_sessions(visitor):
    """Row 24 of the attacks."""
    sign_in(visitor)
    user = user_of("official.mar")
    user.set_password("another-long-password-2012")
    user.save()
    assert not is_signed_in(visitor)


# No telling -----------------------------------------------------------------------------------------------------------


def refusal(client: Client, email: str, password: str, language: str) -> bytes:
    response = sign_in(client, email, password, language)
    return LENGTH.sub(b"", anonymised(response, email))


LENGTH = re.compile(rb"Content-Length: \d+")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_wrong_password_an_unknown_address_and_an_inactive_account_get_the_same_answer(visitor, language):
    """Row 27 of the attacks."""
    User.objects.filter(email="official.ukr@imap.example").update(is_active=False)
    User.objects.create_user("no.password@imap.example")
    answers = {
        refusal(Client(), email, password, language)
        for email, password in (
            (OFFICIAL, WRONG),
            (NOBODY, WRONG),
            ("official.ukr@imap.example", WRONG),
            ("no.password@imap.example", WRONG),
        )
    }
    assert len(answers) == 1
    assert answers.pop().startswith(b"200")


def test_an_inactive_account_is_not_signed_in_by_its_password(visitor):
    User.objects.filter(email=OFFICIAL).update(is_active=False)
    answer = sign_in(visitor)
    assert "_auth_user_id" not in visitor.session
    assert not is_signed_in(visitor)
    assert OFFICIAL.encode() not in body_of(visitor.get(answer["Location"]) if answer.status_code == 302 else answer)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_forgotten_password_is_answered_alike_for_known_and_unknown_addresses(visitor, language):
    """Row 27 of the attacks."""
    address = f"/{language}/accounts/password/reset/"
    answers = [Client().post(address, {"email": email}) for email in (OFFICIAL, NOBODY)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, f"{address}done/")}
    pages = {without_form_tokens(body_of(Client().get(answer["Location"]))) for answer in answers}
    assert len(pages) == 1


def test_a_link_for_a_new_password_goes_to_people_with_an_account_only(visitor, once_committed):
    with once_committed():
        for email in (OFFICIAL, NOBODY, "stranger@elsewhere.example"):
            visitor.post("/en/accounts/password/reset/", {"email": email})
    assert [message.to for message in mail.outbox] == [[OFFICIAL]]


def test_an_inactive_account_is_sent_no_link(visitor, once_committed):
    User.objects.filter(email=OFFICIAL).update(is_active=False)
    with once_committed():
        visitor.post("/en/accounts/password/reset/", {"email": OFFICIAL})
    assert mail.outbox == []


def test_the_link_in_the_mail_sets_a_password_once_and_stays_on_the_portals_own_address(visitor, once_committed):
    """Row 28 of the attacks: a forged host."""
    with once_committed():
        visitor.post("/en/accounts/password/reset/", {"email": OFFICIAL}, headers={"X-Forwarded-Host": "evil.example"})
    [message] = mail.outbox
    assert "evil.example" not in message.body
    link = re.search(r"http://localhost:8000(/fr/\S+/reset/key/\S+)", message.body)[1]
    form = visitor.get(link, follow=True)
    action = form.redirect_chain[-1][0]
    new = "a-new-and-long-password-2026"
    assert visitor.post(action, {"password1": new, "password2": new}).status_code == 302
    sign_in(visitor, password=new)
    assert is_signed_in(visitor)
    again = Client().get(link, follow=True)
    assert b'type="password"' not in again.content


def test_a_link_to_a_new_password_is_not_passed_on_to_other_sites(visitor):
    """Row 21 of the attacks."""
    page = visitor.get("/en/accounts/password/reset/key/1-set-password/")
    assert page["Referrer-Policy"] in ("same-origin", "no-referrer")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_nobody_signs_up(visitor, language):
    fields = {"email": "new@imap.example", "password1": PASSWORD, "password2": PASSWORD}
    assert visitor.get(f"/{language}/accounts/signup/").status_code == 404
    assert visitor.post(f"/{language}/accounts/signup/", fields).status_code == 404
    assert not User.objects.filter(email="new@imap.example").exists()
    assert "signup" not in visitor.get(f"/{language}/accounts/login/").content.decode()


# Not without end ------------------------------------------------------------------------------------------------------


def failures_until_refused(email: str, attempts: int, **how) -> int | None:
    """How many wrong passwords are taken before even the right one is refused; None when it is not."""
    for attempt in range(attempts):
        sign_in(Client(), email, WRONG, headers={"X-Forwarded-For": f"10.0.0.{attempt}"}, **how)
    client = Client()
    sign_in(client, email, headers={"X-Forwarded-For": "10.9.9.9"}, **how)
    return attempts if not is_signed_in(client) else None


def test_after_some_wrong_passwords_the_right_one_is_refused_whatever_address_it_claims_to_come_from(db):
    assert failures_until_refused(OFFICIAL, 6) == 6


def test_a_wrong_password_or_two_do_not_lock_anyone_out(db):
    assert failures_until_refused(OFFICIAL, 2) is None


def test_the_limit_answers_alike_for_known_and_unknown_addresses(db):
    """Whether an address has an account is not told by when it is limited either."""
    answers = []
    for email in (OFFICIAL, NOBODY):
        responses = [sign_in(Client(), email, WRONG, REMOTE_ADDR=f"192.0.2.{len(email)}") for _ in range(7)]
        answers.append([anonymised(response, email) for response in responses])
        clear_own_cache()
    assert answers[0] == answers[1]
    assert answers[0][0] != answers[0][-1], "the limit was reached"


def test_one_machine_cannot_try_many_accounts(db):
    for number in range(12):
        sign_in(Client(), f"somebody{number}@imap.example", WRONG)
    client = Client()
    sign_in(client)
    assert not is_signed_in(client)


def test_links_for_a_new_password_are_limited(db, once_committed):
    with once_committed():
        statuses = [
            Client()
            .post("/en/accounts/password/reset/", {"email": OFFICIAL}, headers={"X-Forwarded-For": f"10.0.0.{number}"})
            .status_code
            for number in range(8)
        ]
    assert statuses[-1] == 429
    assert 1 <= len(mail.outbox) <= 5


def test_the_admin_has_no_way_in_of_its_own(db):
    """Row 23 of the attacks. Else the limits above would not hold there."""
    for number in range(12):
        Client().post("/secretariat/login/", {"username": "editor@imap.example", "password": f"{WRONG}{number}"})
    client = Client()
    client.post("/secretariat/login/", {"username": "editor@imap.example", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


# Where to -------------------------------------------------------------------------------------------------------------

ELSEWHERE = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "/%09/evil.example", "https:/evil.example", "https:evil.example",
    " https:evil.example", "http://evil.example/", "https://evil.example", "///evil.example", "javascript:alert(1)",
    "https://testserver@evil.example/", "/\t/evil.example", "\x08//evil.example", "https://evil。example", "//evil%E3%80%82example",
    "data:text/html,x", "https://testserver.evil.example/",
]  # fmt: skip


@pytest.mark.parametrize("there", ELSEWHERE)
def test_signing_in_and_out_and_changing_the_language_lead_nowhere_else(visitor, there):
    """Row 30 of the attacks."""
    target = quote(there)
    answers = [
        visitor.post(f"/en/accounts/login/?next={target}", {"login": OFFICIAL, "password": PASSWORD, "next": there}),
        visitor.get(f"/en/accounts/login/?next={target}"),
        visitor.post(f"/en/accounts/logout/?next={target}", {"next": there}),
        visitor.post(f"/secretariat/language/?next={target}", {"language": "fr", "next": there}),
        visitor.get(f"/secretariat/login/?next={target}"),
    ]
    for answer in answers:
        assert stays_here(answer.get("Location", "/")), answer["Location"]


def stays_here(location: str) -> bool:
    """As a browser reads an address: leading blanks and all tabs and line ends do not count, `\\` is a slash."""
    read = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    return read.startswith("/") and not read.startswith("//")


def test_signing_in_leads_back_to_the_page_one_came_from(visitor):
    fields = {"login": OFFICIAL, "password": PASSWORD, "next": RESTRICTED}
    assert visitor.post("/en/accounts/login/", fields)["Location"] == RESTRICTED


# Out ------------------------------------------------------------------------------------------------------------------


def test_signing_out_is_by_a_button_not_by_a_link(visitor):
    """Rows 24 and 45 of the attacks."""
    sign_in(visitor)
    assert visitor.get("/en/accounts/logout/").status_code == 200
    assert is_signed_in(visitor)
    key = visitor.cookies["sessionid"].value
    assert visitor.post("/en/accounts/logout/").status_code == 302
    assert not is_signed_in(visitor)
    assert not Session.objects.filter(pk=key).exists()
    stolen = Client()
    stolen.cookies["sessionid"] = key
    assert not is_signed_in(stolen)


@pytest.mark.parametrize("login", ["official.mar", "editor"])
def test_who_is_deactivated_is_a_visitor_at_the_next_request(reader, login):
    """Row 25 of the attacks."""
    client = reader(login)
    assert is_signed_in(client)
    User.objects.filter(email=f"{login}@imap.example").update(is_active=False)
    assert not is_signed_in(client)
    assert "Sign in" in client.get("/en/").content.decode()
    assert client.get("/secretariat/").status_code == 302


def test_whose_affiliation_has_ended_or_not_begun_reads_as_the_public_at_the_next_request(reader):
    """Row 25 of the attacks."""
    client = reader("official.mar")
    today = timezone.localdate()
    held = Affiliation.objects.filter(user=user_of("official.mar"))
    for dates, reads in (
        ({"ends_on": today}, True),
        ({"ends_on": today - timedelta(days=1)}, False),
        ({"ends_on": None}, True),
        ({"begins_on": today + timedelta(days=1)}, False),
    ):
        held.update(**dates)
        assert is_signed_in(client) is reads, dates


def test_who_leaves_a_secretariat_reads_no_drafts_at_the_next_request(reader):
    """Row 25 of the attacks."""
    from accounts.models import SecretariatMember

    client = reader("editor")
    assert is_signed_in(client)
    SecretariatMember.objects.filter(user=user_of("editor")).delete()
    assert not is_signed_in(client)


# Hosts ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/en/", "/en/accounts/login/", "/en/accounts/password/reset/", "/sitemap.xml", RESTRICTED]
)
def test_a_request_for_another_host_is_refused(visitor, path):
    """Row 28 of the attacks."""
    assert visitor.get(path, headers={"Host": "evil.example"}).status_code == 400


def test_an_open_profile_is_refused_for_another_host_too(visitor):
    path = "/en/maps/mtm/migration-development/morocco/"
    assert visitor.get(path).status_code == 200
    assert visitor.get(path, headers={"Host": "evil.example"}).status_code == 400


def test_a_link_for_a_new_password_cannot_be_sent_with_another_host(visitor):
    """Row 28 of the attacks."""
    answer = visitor.post("/en/accounts/password/reset/", {"email": OFFICIAL}, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert mail.outbox == []


# What an answer costs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """What the time of an answer is made of: queries, hashed passwords, and tasks left for later."""

    queries: int
    hashes: int
    tasks: int


@pytest.fixture
def cost(monkeypatch, django_capture_on_commit_callbacks):
    hashed: list[str] = []
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda self, password, salt: hashed.append(password) or f"argon2$x${salt}"
    )
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda self, password, encoded: bool(hashed.append(password)))

    def cost_of(path: str, fields: dict) -> Cost:
        client = Client()
        client.get(path)
        hashed.clear()
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks() as tasks:
            client.post(path, fields)
        return Cost(len(queries), len(hashed), len(tasks))

    return cost_of


WHO = [OFFICIAL, NOBODY, "inactive@imap.example", "no.password@imap.example"]


@pytest.fixture
def accounts_of_each_kind(db):
    """Known, unknown, inactive, and without a password that could be used."""
    User.objects.create_user("inactive@imap.example", PASSWORD, is_active=False)
    User.objects.create_user("no.password@imap.example")


def test_a_wrong_password_costs_the_same_whoever_it_is_tried_for(accounts_of_each_kind, cost):
    """Row 27 of the attacks, by time: what an answer is made of does not tell whether there is an account."""
    costs = {cost("/en/accounts/login/", {"login": email, "password": WRONG}) for email in WHO}
    assert len(costs) == 1
    assert costs.pop().hashes == 1


def test_a_forgotten_password_costs_the_same_whoever_forgot_it(accounts_of_each_kind, cost):
    """Row 27 of the attacks, by time: the mail is written by a task, for nobody too."""
    costs = {cost("/en/accounts/password/reset/", {"email": email}) for email in WHO}
    assert len(costs) == 1
    assert costs.pop().tasks == 1


FORMS_OF_AN_ACCOUNT = [
    "", "terms/", "sessions/end/", "tokens/", "tokens/1/revoke/", "logout/", "password/change/", "reauthenticate/",
    "second-factor/codes/make/", "second-factor/app/activate/", "second-factor/keys/add/", "second-factor/1/remove/",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS_OF_AN_ACCOUNT)
def test_no_form_of_an_account_is_taken_without_its_token_whatever_came_before(db, form):
    """Row 45 of the attacks: an exemption of one request (the API, a visitor's page) does not stay for the next."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user_of("official.mar"))
    Client(enforce_csrf_checks=True).post("/api/me")
    Client(enforce_csrf_checks=True).get("/en/")
    assert strict.post(f"/en/accounts/{form}", {"session": "every", "accept": "on"}).status_code == 403
    assert is_signed_in(strict)
