"""Single sign-on by OpenID Connect for an agency's people who are nominated already, and for nobody else.

allauth does the way there and back: state, PKCE, the exchange of the code. Here stand what it leaves open (a nonce, the
signature of the token, whose address it may name) and that nobody is signed up.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import jwt
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import ReaderRequest
from accounts.signing_in import agency_accounts
from accounts.signing_in.agency_settings import Agency
from accounts.signing_in.allauth_internals import build_apps_from_settings, jwtkit, logout, record_authentication
from accounts.signing_in.rate_limits import limited

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
NONCE = "single_sign_on_nonce"  # in the session


def agency_named(provider_id: str) -> Agency:
    """The configured agency. Raises Http404."""
    found = next((agency for agency in settings.AGENCIES if agency.id == provider_id), None)
    if found is None:
        raise Http404
    return found


@require_GET
@limited("single_sign_on")
def go_to_agency(request: ReaderRequest, provider_id: str) -> HttpResponse:
    """Sends a visitor to their agency's provider. Only from a page of the portal: no other site signs anybody in."""
    agency_named(provider_id)
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or request.user.is_authenticated:
        return redirect("account_login")
    provider = get_adapter().get_provider(request, provider_id)
    request.session[NONCE] = secrets.token_urlsafe(24)
    try:
        with words_of_a_provider():
            response: HttpResponse = provider.redirect(
                request,
                process="login",
                next_url=get_next_redirect_url(request),
                auth_params={"nonce": request.session[NONCE]},
            )
        if not response["Location"].startswith(("https://", "http://")):
            raise OAuth2Error("no address to go to")
        return response
    except OAuth2Error:
        return _silent(request)


@require_GET
@limited("single_sign_on")
def back_from_agency(request: ReaderRequest, provider_id: str) -> HttpResponse:
    agency_named(provider_id)
    try:
        return OAuth2CallbackView.adapter_view(SignedTokens(request, provider_id))(request)
    except OAuth2Error:  # raised where allauth does not expect it: before the code is exchanged
        return _silent(request)


@contextmanager
def words_of_a_provider() -> Iterator[None]:
    """Converts whatever a silent or broken provider causes into an OAuth2Error."""
    try:
        yield
    except (ImmediateHttpResponse, OAuth2Error):
        raise
    except Exception as error:
        raise OAuth2Error("no sense in what the provider says") from error


class SignedTokens(OpenIDConnectOAuth2Adapter):
    """Accepts an ID token only if the provider signed it, for us, and for the sign-in that this browser began."""

    def get_client(self, request, app):
        with words_of_a_provider():
            return super().get_client(request, app)

    def get_access_token_data(self, *args, **kwargs):
        with words_of_a_provider():
            return super().get_access_token_data(*args, **kwargs)

    def parse_token(self, data):
        with words_of_a_provider():
            return super().parse_token(data)

    def complete_login(self, request, app, token, **kwargs) -> SocialLogin:
        with words_of_a_provider():
            if not kwargs["response"].get("id_token"):
                raise OAuth2Error("no id_token")
            return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app, id_token: str) -> dict:
        try:
            if jwt.get_unverified_header(id_token).get("alg") not in ALGORITHMS:
                raise OAuth2Error("unsupported algorithm")
            claims = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("unreadable id_token") from error
        if claims["aud"] not in (app.client_id, [app.client_id]) or claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("for others as well")
        if not is_subject(claims.get("sub")):
            raise OAuth2Error("no subject")
        expected = self.request.session.pop(NONCE, None)
        if not expected or not secrets.compare_digest(expected.encode(), str(claims.get("nonce", "")).encode()):
            raise OAuth2Error("wrong nonce")
        return claims


class AgencyAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False

    def list_apps(self, request, provider=None, client_id=None):
        """Only those of the configuration: allauth would look in the database as well."""
        found = build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def pre_social_login(self, request, sociallogin: SocialLogin) -> NoReturn:
        """Signs in the person whose address the token carries, as a password would: a second factor is asked as well.

        Of the agency's account its identifier alone is kept: another account with the same address is another person.
        """
        agency = agency_named(sociallogin.account.provider)
        claims = sociallogin.account.extra_data.get("id_token", {})
        user = person_named(agency, claims)
        if user is None:
            refusal = _("Your agency knows you, but nobody with your address is nominated here. Ask your focal point.")
            raise ImmediateHttpResponse(_refused(request, refusal))
        if not agency_accounts.is_theirs(user, agency.id, claims["sub"]):
            agency_accounts.ask_the_secretariats(user, agency)
            refusal = _(
                "Your agency has given this address another account than before."
                " The Secretariat has been asked whether it is you; use your password until then."
            )
            raise ImmediateHttpResponse(_refused(request, refusal))
        if request.user.is_authenticated:
            logout(request, show_message=False)
        record_authentication(request, user, method="socialaccount", provider=agency.id)
        raise ImmediateHttpResponse(perform_login(request, user, redirect_url=sociallogin.get_redirect_url(request)))

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None) -> None:
        refusal = _("Your agency did not sign you in. Try again, or use your password.")
        raise ImmediateHttpResponse(_refused(request, refusal))


def person_named(agency: Agency, claims: dict) -> User | None:
    """The active person with exactly this address, if it is verified and of the agency's own domains."""
    claimed = str(claims.get("email", ""))
    email = claimed.lower()  # which would make a k of the sign of kelvin
    is_verified = claims.get("email_verified", agency.vouches_for_addresses) is True
    if (
        not is_verified
        or not (claimed.isascii() and claimed.isprintable())
        or email.rpartition("@")[2] not in agency.domains
    ):
        return None
    return User.objects.filter(email=email, is_active=True).first()


def is_subject(sub: object) -> bool:
    """As OpenID Connect has it: at most 255 letters of ASCII."""
    return isinstance(sub, str) and 0 < len(sub) <= 255 and sub.isascii() and sub.isprintable()


def _silent(request: ReaderRequest) -> HttpResponse:
    return _refused(request, _("Your agency's sign-in does not answer. Try again later, or use your password."))


def _refused(request: ReaderRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("account_login")
