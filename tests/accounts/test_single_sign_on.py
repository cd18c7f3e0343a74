"""Single sign-on of an agency: its own people, nominated already, and nobody else. Against a provider on loopback."""

import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from accounts.models import Affiliation, AgencyAccount, Scope, User
from accounts.signing_in.agency_settings import Agency, agencies_of
from atlas.models import Dialogue
from tests.accounts import provider as oidc
from tests.accounts.test_signing_in import ELSEWHERE, stays_here
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

OWN = "/en/accounts/"


@pytest.fixture
def provider(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with oidc.serving() as running:
        yield running


@pytest.fixture
def unhcr(settings, provider) -> User:
    """UNHCR, and another agency with a domain of its own, at the same provider."""
    user = user_of("unhcr")
    user.email = "k.user@unhcr.example"
    user.save()
    common = {"server": provider.address, "client_id": oidc.CLIENT_ID, "client_secret": oidc.CLIENT_SECRET}
    settings.AGENCIES = (
        Agency(id="unhcr", name="UNHCR", domains=("unhcr.example",), **common),
        Agency(id="iom", name="IOM", domains=("iom.example",), **common),
    )
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [agency.as_app() for agency in settings.AGENCIES]}
    }
    provider.claims = {"email": "k.user@unhcr.example", "email_verified": True}
    return user


def to_the_agency(client: Client, agency: str = "unhcr", query: str = "", **headers: str) -> str:
    return client.get(f"/single-sign-on/{agency}/{query}", headers=headers or None)["Location"]


def back(address: str) -> str:
    """What the provider's page sends the browser to, as a path of the portal."""
    location = urlsplit(httpx.Client(trust_env=False).get(address).headers["Location"])
    return f"{location.path}?{location.query}"


def sign_in(client: Client, agency: str = "unhcr", query: str = ""):
    return client.get(back(to_the_agency(client, agency, query)))


def is_signed_in(client: Client) -> bool:
    return client.get(OWN).status_code == 200


# In -------------------------------------------------------------------------------------------------------------------


def test_the_sign_in_page_offers_the_agencies_that_are_configured(unhcr):
    page = Client().get("/en/accounts/login/?next=/en/maps/").content.decode()
    assert 'href="/single-sign-on/unhcr/?next=%2Fen%2Fmaps%2F"' in page
    assert "Sign in through UNHCR" in page


def test_without_configuration_there_is_neither_button_nor_address(db):
    assert "/single-sign-on/" not in Client().get("/en/accounts/login/").content.decode()
    for path in ("/single-sign-on/unhcr/", "/single-sign-on/unhcr/back/"):
        assert Client().get(path).status_code == 404


def test_a_nominated_person_of_the_agency_signs_in_and_comes_to_the_page_they_wanted(unhcr, provider):
    client = Client()
    answer = sign_in(client, query="?next=/fr/maps/mtm/")
    assert (answer.status_code, answer["Location"]) == (302, "/fr/maps/mtm/")
    assert is_signed_in(client)
    assert int(client.session["_auth_user_id"]) == unhcr.pk
    assert len(provider.verified) == 1
    assert not SocialAccount.objects.exists()
    assert list(AgencyAccount.objects.values_list("user", "agency", "subject")) == [(unhcr.pk, "unhcr", "person-1")]


def test_the_way_there_carries_state_nonce_and_challenge_and_no_secret(unhcr):
    asked = parse_qs(urlsplit(to_the_agency(Client())).query)
    assert asked["redirect_uri"] == ["http://testserver/single-sign-on/unhcr/back/"]
    assert asked["code_challenge_method"] == ["S256"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 16
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert oidc.CLIENT_SECRET not in str(asked)


def test_the_session_has_a_new_key_after_single_sign_on(unhcr):
    """Row 24 of the attacks."""
    client = Client()
    address = to_the_agency(client)
    before = client.cookies["sessionid"].value
    client.get(back(address))
    assert client.cookies["sessionid"].value != before


def test_the_second_factor_is_asked_for_as_everywhere(unhcr):
    """Row 23 of the attacks."""
    codes = RecoveryCodes.activate(unhcr).get_unused_codes()
    client = Client()
    assert sign_in(client)["Location"] == "/en/accounts/second-factor/authenticate/"
    assert not is_signed_in(client)
    client.post("/en/accounts/second-factor/authenticate/", {"code": codes[0]})
    assert is_signed_in(client)


def test_an_address_counts_in_any_case(unhcr, provider):
    provider.claims["email"] = "K.User@UNHCR.example"
    client = Client()
    sign_in(client)
    assert is_signed_in(client)


# And nobody else ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@unhcr.example"},
        {"email": "k.user@unhcr.example", "email_verified": False},
        {"email": "k.user@unhcr.example", "email_verified": "true"},
        {"email": "k.user@unhcr.example", "email_verified": None},
        {"email": "official.mar@imap.example"},
        {"email": "k.user@sub.unhcr.example"},
        {"email": "k.user@unhcr.example.evil.example"},
        {"email": "k.user@evil.example@unhcr.example"},
        {"email": "k.uſer@unhcr.example"},
        {"email": "\u212a.user@unhcr.example"},
        {"email": ""},
        {"email": None},
        {"email": ["k.user@unhcr.example"]},
        {"email": "\x00.user@unhcr.example"},
    ],
)
def test_nobody_else_gets_in_and_nobody_is_signed_up(unhcr, provider, claims):
    """Row 26 of the attacks, by the word of a provider."""
    people = User.objects.count()
    provider.claims |= claims
    client = Client()
    assert sign_in(client)["Location"] == "/en/accounts/login/"
    assert not is_signed_in(client)
    assert User.objects.count() == people
    assert "nobody with your address is nominated" in client.get("/en/accounts/login/").content.decode()


def test_an_unverified_address_counts_where_the_provider_vouches_for_its_domain(unhcr, provider, settings):
    settings.AGENCIES = (Agency(**{**settings.AGENCIES[0].__dict__, "vouches_for_addresses": True}),)
    del provider.claims["email_verified"]
    client = Client()
    sign_in(client)
    assert is_signed_in(client)
    provider.claims["email_verified"] = False
    client = Client()
    sign_in(client)
    assert not is_signed_in(client)


def test_another_agencys_provider_cannot_sign_in_as_them(unhcr):
    client = Client()
    sign_in(client, agency="iom")
    assert not is_signed_in(client)


def test_who_was_deactivated_is_refused(unhcr):
    User.objects.filter(pk=unhcr.pk).update(is_active=False)
    client = Client()
    sign_in(client)
    assert not is_signed_in(client)


def unsigned(claims: dict) -> str:
    def part(content: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'kid': oidc.KEY_ID})}.{part(claims)}."


def by_another_key(claims: dict) -> str:
    return jwt.encode(claims, oidc.new_key(), algorithm="RS256", headers={"kid": oidc.KEY_ID})


def by_the_public_key_as_a_password(claims: dict) -> str:
    return jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": oidc.KEY_ID})


def rightly(**changed):
    def sign(claims: dict) -> str:
        return jwt.encode(claims | changed, oidc.KEY, algorithm="RS256", headers={"kid": oidc.KEY_ID})

    return sign


def without(name: str):
    return lambda claims: rightly()({key: value for key, value in claims.items() if key != name})


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        by_another_key,
        by_the_public_key_as_a_password,
        rightly(aud="another-portal"),
        rightly(aud=[oidc.CLIENT_ID, "another-portal"]),
        rightly(aud=[oidc.CLIENT_ID, oidc.CLIENT_ID]),
        rightly(azp="another-portal"),
        rightly(sub=""),
        rightly(sub="\x00"),
        rightly(sub="x" * 256),
        without("sub"),
        without("aud"),
        rightly(iss="https://evil.example"),
        rightly(exp=int(time.time()) - 3600),
        rightly(nonce="another"),
        rightly(nonce=""),
        lambda claims: "not.a.token",
        lambda claims: "",
    ],
    ids=[
        "alg none",
        "another key",
        "HS256",
        "audience",
        "two audiences",
        "twice the same",
        "another party",
        "empty sub",
        "NUL in sub",
        "long sub",
        "no sub",
        "no audience",
        "issuer",
        "expired",
        "nonce",
        "no nonce",
        "garbage",
        "none",
    ],
)
def test_a_token_that_is_not_the_providers_for_this_sign_in_is_refused(unhcr, provider, sign):
    provider.sign = sign
    client = Client()
    assert sign_in(client)["Location"] == "/en/accounts/login/"
    assert not is_signed_in(client)


def test_a_way_back_opens_only_the_browser_that_began_and_once(unhcr):
    """Row 45 of the attacks, sign-in CSRF: nobody is signed in by a link that another began."""
    began, other = Client(), Client()
    address = back(to_the_agency(began))
    assert other.get(address)["Location"] == "/en/accounts/login/"
    assert not is_signed_in(other)
    began.get(address)
    assert is_signed_in(began)
    began.post("/en/accounts/logout/")
    began.get(address)
    assert not is_signed_in(began)


def test_the_state_of_one_agency_is_not_taken_back_by_another(unhcr):
    client = Client()
    address = back(to_the_agency(client, "iom"))
    client.get(address.replace("/iom/", "/unhcr/"))
    assert not is_signed_in(client)


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?error=access_denied", "?code=x&state=x"])
def test_a_way_back_that_nobody_began_opens_nothing(unhcr, query):
    client = Client()
    assert client.get(f"/single-sign-on/unhcr/back/{query}")["Location"] == "/en/accounts/login/"
    assert not is_signed_in(client)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_no_other_site_begins_a_sign_in(unhcr, site):
    """Row 45 of the attacks."""
    assert to_the_agency(Client(), **{"Sec-Fetch-Site": site}) == "/en/accounts/login/"


@pytest.mark.parametrize("process", ["connect", "redirect", "login"])
def test_nothing_but_signing_in_can_be_asked_for(unhcr, process, reader):
    signed_in = reader("official.mar")
    assert to_the_agency(signed_in, query=f"?process={process}") == "/en/accounts/login/"
    client = Client()
    sign_in(client, query=f"?process={process}&next=//evil.example")
    assert is_signed_in(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("there", ELSEWHERE)
def test_single_sign_on_leads_nowhere_else(unhcr, there):
    """Row 30 of the attacks."""
    from urllib.parse import quote

    assert stays_here(sign_in(Client(), query=f"?next={quote(there)}")["Location"])


def test_a_provider_that_does_not_answer_is_said_kindly(unhcr, provider):
    provider.server.shutdown()
    provider.server.server_close()
    client = Client()
    assert to_the_agency(client) == "/en/accounts/login/"
    assert "does not answer" in client.get("/en/accounts/login/").content.decode()


NONSENSE = [[], None, "x", 1, {}, {"issuer": 1, "jwks_uri": [], "token_endpoint": {}, "authorization_endpoint": None},
            {"access_token": []}, {"access_token": "x", "id_token": 7}, {"access_token": "x", "id_token": {"a": 1}},
            {"keys": 1}, {"keys": [1, {}]}, {"keys": [{"kid": "first", "alg": "RS256", "kty": "RSA", "n": "!"}]}]  # fmt: skip


@pytest.mark.parametrize("page", ["configuration", "exchange", "jwks"])
@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_of_a_provider_is_said_kindly(unhcr, provider, page, answer):
    """Each of its pages, in the middle of a sign-in."""
    client = Client()
    address = back(to_the_agency(client))
    said = (200, answer) if page == "exchange" else answer
    setattr(provider, page, lambda *given: said)
    assert client.get(address)["Location"] == "/en/accounts/login/"
    assert not is_signed_in(client)
    assert 'class="messages"' in client.get("/en/accounts/login/").content.decode()
    if page == "configuration":
        assert to_the_agency(Client()).startswith(("/en/accounts/login/", "http"))


def test_a_provider_that_is_gone_when_the_browser_comes_back_is_said_kindly(unhcr, provider):
    client = Client()
    address = back(to_the_agency(client))
    provider.server.shutdown()
    provider.server.server_close()
    assert client.get(address)["Location"] == "/en/accounts/login/"
    assert "does not answer" in client.get("/en/accounts/login/").content.decode()


# One account at the agency --------------------------------------------------------------------------------------------


def test_an_address_that_the_agency_gives_to_somebody_else_asks_the_secretariat(unhcr, provider, once_committed):
    sign_in(Client())
    provider.claims["sub"] = "person-2"
    client = Client()
    with once_committed():
        assert sign_in(client)["Location"] == "/en/accounts/login/"
        sign_in(Client())
    assert not is_signed_in(client)
    assert "another account than before" in client.get("/en/accounts/login/").content.decode()
    asked = [message for message in mail.outbox if "another account of an agency" in message.subject]
    assert sorted(message.to[0] for message in asked) == sorted(
        Dialogue.objects.filter(scopes__affiliation__user=unhcr).exclude(contact_email="").distinct()
        .values_list("contact_email", flat=True)
    )  # fmt: skip
    assert asked
    assert "UNHCR" in asked[0].body


def test_a_desk_that_the_person_has_left_is_not_told(unhcr, provider, once_committed):
    left = Dialogue.objects.get(pk="prague-process")
    left.contact_email = "left@desk.example"
    left.save()
    theme = Scope.objects.filter(affiliation__user=unhcr).first().theme
    ended = Affiliation.objects.create(user=unhcr, partner_id="ukraine", ended_at=timezone.now())
    Scope.objects.create(affiliation=ended, dialogue=left, theme=theme)
    Scope.objects.filter(affiliation__user=unhcr, affiliation__ended_at=None, dialogue=left).delete()
    sign_in(Client())
    provider.claims["sub"] = "person-2"
    with once_committed():
        sign_in(Client())
    asked = {message.to[0] for message in mail.outbox if "another account of an agency" in message.subject}
    assert asked
    assert "left@desk.example" not in asked


def test_an_account_of_one_person_does_not_sign_in_another(unhcr, provider):
    """Whose address was changed at the agency, to that of a colleague."""
    sign_in(Client())
    colleague = User.objects.create_user("colleague@unhcr.example", "a-long-password-2012")
    provider.claims["email"] = colleague.email
    client = Client()
    sign_in(client)
    assert not is_signed_in(client)


def test_the_secretariat_lets_the_new_account_in(unhcr, provider, reader):
    sign_in(Client())
    provider.claims["sub"] = "person-2"
    fields = {"action": "let_in_new_agency_accounts", "_selected_action": unhcr.pk}
    reader("secretariat").post("/secretariat/accounts/user/", fields)
    client = Client()
    sign_in(client)
    assert is_signed_in(client)
    provider.claims["sub"] = "person-1"
    sign_in(former := Client())
    assert not is_signed_in(former)


# Confirming without a password ----------------------------------------------------------------------------------------


def test_who_has_no_password_confirms_by_signing_in_again(unhcr):
    unhcr.set_unusable_password()
    unhcr.save()
    client = Client()
    sign_in(client)
    assert client.get("/en/accounts/data/").status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    for path in ("data/", "tokens/", "second-factor/codes/make/", "second-factor/keys/add/", "password/set/"):
        assert client.get(OWN + path)["Location"].startswith("/en/accounts/login/again/?next="), path
    page = client.get("/en/accounts/login/again/?next=/en/accounts/data/").content.decode()
    assert "/single-sign-on/unhcr/" in page


# The configuration ----------------------------------------------------------------------------------------------------

RIGHT = {
    "id": "unhcr", "name": "UNHCR", "server": "https://login.unhcr.example", "client_id": "imap",
    "client_secret": "very-secret", "domains": ["unhcr.example"],
}  # fmt: skip


def test_agencies_are_read_from_json():
    assert agencies_of("", allow_http=False) == ()
    [agency] = agencies_of(json.dumps([RIGHT]), allow_http=False)
    assert agency.domains == ("unhcr.example",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"server": "http://login.unhcr.example"}, "https"),
        ({"server": "http://127.0.0.1:1"}, "https"),
        ({"domains": []}, "domains"),
        ({"domains": "unhcr.example"}, "domains"),
        ({"domains": ["UNHCR.example"]}, "domains"),
        ({"domains": ["@unhcr.example"]}, "domains"),
        ({"colour": "blue"}, "must have"),
    ],
)
def test_a_wrong_agency_is_refused_with_the_reason_and_without_the_secret(change, reason):
    with pytest.raises(ImproperlyConfigured, match=reason) as refused:
        agencies_of(json.dumps([{**RIGHT, **change}]), allow_http=False)
    assert "very-secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["{", "{}", '"x"', "[1]"])
def test_what_is_not_a_list_of_agencies_is_refused(text):
    with pytest.raises(ImproperlyConfigured):
        agencies_of(text, allow_http=False)


def test_no_domain_belongs_to_two_agencies():
    with pytest.raises(ImproperlyConfigured, match=r"domain unhcr\.example twice"):
        agencies_of(json.dumps([RIGHT, {**RIGHT, "id": "other"}]), allow_http=False)
