"""Second factors: an app, keys, and a list of codes on paper that may stand alone."""

import time
from io import StringIO
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounts.models import Action, LogEntry, User
from accounts.signing_in import encryption, factors
from demo.cast import PASSWORD
from tests.accounts.conftest import confirm
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/morocco/"
ASKED = "/en/accounts/second-factor/authenticate/"
FACTORS = "/en/accounts/second-factor/"


@pytest.fixture
def official() -> User:
    return user_of("official.mar")


@pytest.fixture
def paper(official) -> list[str]:
    """The codes of the only factor that the official has."""
    return RecoveryCodes.activate(official).get_unused_codes()


@pytest.fixture
def app(official) -> str:
    """The key of the app that shows codes, the official's only factor."""
    key = totp.generate_totp_secret()
    totp.TOTP.activate(official, key)
    return key


def code_of(key: str, steps: int = 0) -> str:
    counter = int(time.time()) // 30 + steps
    return totp.format_hotp_value(totp.hotp_value(key, counter))


def is_signed_in(client: Client) -> bool:
    return client.get(RESTRICTED).status_code == 200


# On paper -------------------------------------------------------------------------------------------------------------


def test_a_list_on_paper_alone_is_asked_for_and_each_code_opens_once(through_the_form, paper):
    client = through_the_form("official.mar")
    assert not is_signed_in(client)
    assert "list on paper" in client.get(ASKED).content.decode()
    assert client.post(ASKED, {"code": f"{paper[3][:4]} {paper[3][4:]}"}).status_code == 302
    assert is_signed_in(client)
    again = through_the_form("official.mar")
    assert again.post(ASKED, {"code": paper[3]}).status_code == 200
    assert not is_signed_in(again)


@pytest.mark.parametrize("code", ["", "0", "00000000", "' OR 1", "١٢٣٤٥٦٧٨", "9" * 500])
def test_a_wrong_code_opens_nothing(through_the_form, paper, code):
    client = through_the_form("official.mar")
    assert client.post(ASKED, {"code": code}).status_code == 200
    assert not is_signed_in(client)


def test_few_codes_left_are_said_at_sign_in(through_the_form, paper):
    for code in paper[: len(paper) - factors.FEW_CODES - 1]:
        assert Authenticator.objects.get().wrap().validate_code(code)
    client = through_the_form("official.mar")
    client.post(ASKED, {"code": paper[-1]})
    page = client.get("/en/").content.decode()
    assert f"{factors.FEW_CODES} codes are left on your list" in page
    assert f"{factors.FEW_CODES} codes left" in client.get("/en/accounts/").content.decode()


def test_the_last_code_leads_to_making_a_new_list(through_the_form, paper):
    for code in paper[1:]:
        assert Authenticator.objects.get().wrap().validate_code(code)
    client = through_the_form("official.mar")
    client.post(ASKED, {"code": paper[0]})
    assert client.get(RESTRICTED)["Location"] == FACTORS
    confirm(client)
    client.post(f"{FACTORS}codes/make/")
    assert is_signed_in(client)


def test_a_list_is_made_shown_and_downloaded_after_confirming(through_the_form, official):
    client = through_the_form("official.mar")
    for path in ("codes/make/", "codes/", "codes/download/", "app/activate/", "keys/add/"):
        assert "/reauthenticate/" in client.get(FACTORS + path)["Location"], path
    confirm(client)
    assert client.post(f"{FACTORS}codes/make/")["Location"] == f"{FACTORS}codes/"
    codes = Authenticator.objects.get(user=official).wrap().get_unused_codes()
    assert len(set(codes)) == 20
    page = client.get(f"{FACTORS}codes/").content.decode()
    file = client.get(f"{FACTORS}codes/download/")
    assert all(f"{code[:4]} {code[4:]}" in page and f"{code[:4]} {code[4:]}" in file.content.decode() for code in codes)
    assert "no-store" in file["Cache-Control"]


def test_a_new_list_ends_the_old_one(through_the_form, paper):
    client = through_the_form("official.mar")
    client.post(ASKED, {"code": paper[0]})
    confirm(client)
    client.post(f"{FACTORS}codes/make/")
    again = through_the_form("official.mar")
    again.post(ASKED, {"code": paper[1]})
    assert not is_signed_in(again)


# The app --------------------------------------------------------------------------------------------------------------


def test_an_app_is_set_up_by_its_code_and_asked_from_then_on(through_the_form, official):
    client = through_the_form("official.mar")
    confirm(client)
    page = client.get(f"{FACTORS}app/activate/").content.decode()
    key = client.session[totp.SECRET_SESSION_KEY]
    assert key in page
    assert "data:image/svg+xml;base64," in page
    assert client.post(f"{FACTORS}app/activate/", {"code": "000000"}).status_code == 200
    assert client.post(f"{FACTORS}app/activate/", {"code": code_of(key)}).status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(through_the_form("official.mar"))
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


def test_a_code_of_the_app_opens_once_for_as_long_as_it_is_right(through_the_form, app):
    """Replay: what was read over a shoulder."""
    now = time.time() // 30 * 30 + 15
    with mock.patch("time.time", return_value=now):
        code = code_of(app)
        client = through_the_form("official.mar")
        client.post(ASKED, {"code": code})
        assert is_signed_in(client)
    for later in (1, 31):
        with mock.patch("time.time", return_value=now + later):
            thief = through_the_form("official.mar")
            thief.post(ASKED, {"code": code})
            assert not is_signed_in(thief), later


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(through_the_form, app, steps, opens):
    with mock.patch("time.time", return_value=time.time() // 30 * 30 + 15):
        client = through_the_form("official.mar")
        client.post(ASKED, {"code": code_of(app, steps)})
        assert is_signed_in(client) is opens


# No way round ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["official.mar", "editor"])
def test_no_way_in_leads_round_the_factor(through_the_form, login, once_committed):
    """Row 23 of the attacks: the admin's sign-in, a new password, the API, a page opened directly."""
    user = user_of(login)
    RecoveryCodes.activate(user)
    client = through_the_form(login)
    for path in (RESTRICTED, "/secretariat/", "/en/accounts/", "/en/accounts/data/", "/api/me", FACTORS):
        assert client.get(path).status_code in (302, 401, 404), path
    direct = Client()
    direct.post("/secretariat/login/", {"username": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in direct.session
    with once_committed():
        client.post("/en/accounts/password/reset/", {"email": user.email})
    link = mail.outbox[0].body.split("http://localhost:8000")[1].split()[0]
    action = client.get(link, follow=True).redirect_chain[-1][0]
    new = "a-new-and-long-password-2026"
    client.post(action, {"password1": new, "password2": new})
    assert "_auth_user_id" not in client.session
    client.post("/en/accounts/login/", {"login": user.email, "password": new})
    assert "_auth_user_id" not in client.session
    assert client.get("/en/accounts/login/")["Location"] == ASKED


def test_the_factor_asked_for_is_that_of_who_typed_the_password(through_the_form, paper):
    """Row 26: another's codes, another's id."""
    other = RecoveryCodes.activate(user_of("official.ukr")).get_unused_codes()
    client = through_the_form("official.mar")
    client.post(ASKED, {"code": other[0], "user": user_of("official.ukr").pk})
    assert not is_signed_in(client)


def test_the_session_has_a_new_key_after_the_factor(through_the_form, paper):
    """Row 24: a key that was fixed, or seen between password and factor, opens nothing."""
    client = through_the_form("official.mar")
    before = client.cookies["sessionid"].value
    client.post(ASKED, {"code": paper[0]})
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_wrong_codes_are_not_without_end(through_the_form, paper):
    client = through_the_form("official.mar")
    for number in range(5):
        client.post(ASKED, {"code": f"{number:08}"}, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    client.post(ASKED, {"code": paper[0]})
    assert not is_signed_in(client)


def test_a_wrong_code_is_a_line_of_the_log(through_the_form, paper, official):
    through_the_form("official.mar").post(ASKED, {"code": "00000000"})
    from access.viewing import viewing

    with viewing(official.viewer):
        assert LogEntry.objects.filter(action=Action.SIGN_IN_FAILED, person=official).count() == 1


# Removing -------------------------------------------------------------------------------------------------------------


def test_removing_the_app_leaves_the_list_on_paper_and_says_so(through_the_form, app, official):
    RecoveryCodes.activate(official)
    client = through_the_form("official.mar")
    client.post(ASKED, {"code": code_of(app)})
    confirm(client)
    held = Authenticator.objects.get(type="totp")
    page = client.get(f"{FACTORS}{held.pk}/remove/").content.decode()
    assert "a code from your list on paper" in page
    assert client.post(f"{FACTORS}{held.pk}/remove/")["Location"] == FACTORS
    assert [factor.type for factor in factors.factors_of(official)] == ["recovery_codes"]


def test_who_needs_a_factor_keeps_one(through_the_form, paper, official, settings):
    settings.SECOND_FACTOR = "all"
    client = through_the_form("official.mar")
    client.post(ASKED, {"code": paper[0]})
    confirm(client)
    held = Authenticator.objects.get()
    assert "set up another before" in client.post(f"{FACTORS}{held.pk}/remove/").content.decode()
    assert Authenticator.objects.exists()
    settings.SECOND_FACTOR = "off"
    client.post(f"{FACTORS}{held.pk}/remove/")
    assert not Authenticator.objects.exists()


def test_nobody_removes_anothers_factor(through_the_form, official):
    """Row 26: POST with another's id."""
    theirs = RecoveryCodes.activate(user_of("official.ukr")).instance
    client = through_the_form("official.mar")
    confirm(client)
    assert client.post(f"{FACTORS}{theirs.pk}/remove/").status_code == 404
    assert client.post(f"{FACTORS}{theirs.pk + 1000}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_a_lost_factor_is_taken_away_by_the_secretariat_who_tells(reader, official, paper, once_committed):
    held = reader("official.mar")
    with once_committed():
        reader("secretariat").post(
            "/secretariat/accounts/user/", {"action": "take_away_factors", "_selected_action": official.pk}
        )
    assert not Authenticator.objects.filter(user=official).exists()
    assert mail.outbox[0].to == [official.email]
    assert held is not None


# At rest --------------------------------------------------------------------------------------------------------------


def test_neither_key_nor_codes_stand_in_the_database(app, official):
    seed = encryption.decrypt(RecoveryCodes.activate(official).instance.data["seed"])
    held = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert app not in held
    assert seed not in held


def test_a_replaced_secret_key_reads_on_while_its_predecessor_is_a_fallback(settings):
    former = settings.SECRET_KEY
    kept = encryption.encrypt("seed")
    settings.SECRET_KEY = "another" * 10
    settings.SECRET_KEY_FALLBACKS = [former]
    assert encryption.decrypt(kept) == "seed"


def test_factors_encrypted_anew_need_the_former_secret_key_no_more(through_the_form, paper, app, settings):
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    settings.SECRET_KEY_FALLBACKS = [former]
    call_command("encrypt_factors_anew", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    for code in (paper[0], code_of(app)):
        client = through_the_form("official.mar")
        client.post(ASKED, {"code": code})
        assert is_signed_in(client)


def test_what_another_secret_key_wrote_opens_nothing_and_breaks_nothing(through_the_form, paper, settings):
    client = through_the_form("official.mar")
    held = Authenticator.objects.get()
    held.data["seed"] = encryption.encrypt("x")[:-4] + "AAAA"
    held.save()
    assert client.post(ASKED, {"code": paper[0]}).status_code == 200
    assert not is_signed_in(client)


# In three languages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_pages_of_factors_load_files_only(through_the_form, app, official, language):
    RecoveryCodes.activate(official)
    client = through_the_form("official.mar")
    pages = [client.get(f"/{language}/accounts/second-factor/authenticate/")]
    client.post(ASKED, {"code": code_of(app)})
    confirm(client)
    base = f"/{language}/accounts/second-factor/"
    pages += [client.get(base + path) for path in ("", "codes/", "codes/make/", "keys/add/", "reauthenticate/")]
    Authenticator.objects.filter(type="totp").delete()
    pages.append(client.get(f"{base}app/activate/"))
    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert f'<html lang="{language}"' in html
        assert "unsafe" not in page["Content-Security-Policy"]
        for head in html.split("<script")[1:]:
            assert "src=" in head.split(">")[0] or 'type="application/json"' in head.split(">")[0]
        assert " style=" not in html.split("<body>")[1]
