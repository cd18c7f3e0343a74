"""Security keys and passkeys (WebAuthn). A challenge is for one purpose and one person, and is used once.

allauth keeps one challenge for all purposes, neither asks whether a key may sign in alone nor keeps its counter, and takes
every port of localhost as an origin; of allauth the pages, the forms and the stored row are used, and what is here instead
of `allauth.mfa.webauthn.internal.auth`.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import User
from accounts.signing_in.allauth_internals import webauthn

CHALLENGES = "challenges_of_keys"  # in the session, by purpose
GOOD_FOR = 10 * 60  # seconds
ALONE, COUNTER = "signs_in_alone", "sign_count"  # in the data of a key


class Purpose(StrEnum):
    SET_UP = "set-up"
    SECOND_FACTOR = "second-factor"
    SIGN_IN_ALONE = "sign-in-alone"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class NewKey:
    """`credential`: what is kept of it. `is_verified`: its person showed it a PIN, a finger or a face."""

    credential: dict[str, Any]
    counter: int
    is_verified: bool


def refused() -> ValidationError:
    return ValidationError(_("The key did not answer, or was not accepted. Try again."), code="refused_key")


# The questions --------------------------------------------------------------------------------------------------------


def ask_for_new_key(request: HttpRequest, user: User) -> dict:
    """The options of a key to set up. The page's script asks for more where it is to sign in alone."""
    options, state = _server().register_begin(
        user=webauthn.build_user_payload(user),
        credentials=webauthn.get_credentials(user),
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
        extensions=webauthn.EXTENSIONS,
    )
    _keep(request, Purpose.SET_UP, user, state)
    return dict(options)


def ask_for_key(request: HttpRequest, purpose: Purpose, user: User | None) -> dict:
    """The options of a key to answer with: one of this person's, or, to sign in alone, whichever the visitor has."""
    is_alone = purpose is Purpose.SIGN_IN_ALONE
    options, state = _server().authenticate_begin(
        credentials=webauthn.get_credentials(user) if user else [],
        user_verification=UserVerificationRequirement.REQUIRED if is_alone else UserVerificationRequirement.PREFERRED,
    )
    _keep(request, purpose, user, state)
    return dict(options)


def forget_questions(request: HttpRequest) -> None:
    """Removes all pending challenges, including that of allauth's own page."""
    for name in (CHALLENGES, webauthn.STATE_SESSION_KEY):
        request.session.pop(name, None)


# The answers ----------------------------------------------------------------------------------------------------------


def new_key(request: HttpRequest, user: User, answer: Mapping[str, Any]) -> NewKey:
    """Raises ValidationError. The question is used up either way, as below."""
    state = _take(request, Purpose.SET_UP, user)
    try:
        response = RegistrationResponse.from_dict(answer)
        data = _server().register_complete(state, response)
        credential = _as_kept(response, data)
    except Exception as error:  # whatever a parser of CBOR, of keys and of signatures makes of a stranger's bytes
        raise refused() from error
    if Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, data__credential__id=credential["id"]).exists():
        raise refused()
    return NewKey(credential, data.counter, data.is_user_verified())


def key_that_answered(
    request: HttpRequest, purpose: Purpose, user: User | None, answer: Mapping[str, Any]
) -> Authenticator:
    """The key whose signature it is, its counter moved on. Raises ValidationError.

    Without a user the answer says whose key it is; such a key signs in alone only if its person chose that.
    """
    state = _take(request, purpose, user)
    factors = {factor.data["credential"]["id"]: factor for factor in _keys_of(purpose, user, answer)}
    held = [data for factor in factors.values() if (data := factor.wrap().authenticator_data.credential_data)]
    try:
        response = AuthenticationResponse.from_dict(answer)
        credential = _server().authenticate_complete(state, held, response)
        data = response.response.authenticator_data
    except Exception as error:  # as above
        raise refused() from error
    factor = factors[websafe_encode(credential.credential_id)]
    _move_on(factor, data)
    return factor


def _keys_of(purpose: Purpose, user: User | None, answer: Mapping[str, Any]) -> list[Authenticator]:
    keys = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    if purpose is not Purpose.SIGN_IN_ALONE:
        return list(keys.filter(user=user))
    return list(keys.filter(user=_named_in(answer), user__is_active=True, **{f"data__{ALONE}": True}))


def _named_in(answer: Mapping[str, Any]) -> int:
    """The user id that the answer names."""
    try:
        named = int(url_str_to_user_pk(websafe_decode(answer["response"]["userHandle"]).decode()))
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError) as error:
        raise refused() from error
    if not 0 < named < 2**63:
        raise refused()
    return named


@transaction.atomic
def _move_on(factor: Authenticator, data: AuthenticatorData) -> None:
    """A key that counts never says the same number twice; where it does, there are two of it."""
    locked = Authenticator.objects.select_for_update().get(pk=factor.pk)
    before = locked.data.get(COUNTER, 0)
    if (before or data.counter) and data.counter <= before:
        raise refused()
    locked.data[COUNTER] = data.counter
    locked.save(update_fields=["data"])
    factor.data = locked.data


def _as_kept(response: RegistrationResponse, data: AuthenticatorData) -> dict[str, Any]:
    """Of what the browser says of a new key, what is needed to know it again, written anew."""
    if data.credential_data is None or data.credential_data.credential_id != response.raw_id:
        raise ValueError("not the key that it says")
    name = websafe_encode(response.raw_id)
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(response.response.client_data),
            "attestationObject": websafe_encode(response.response.attestation_object),
        },
        "clientExtensionResults": {},
    }


# What is kept between question and answer -----------------------------------------------------------------------------


def _keep(request: HttpRequest, purpose: Purpose, user: User | None, state: dict) -> None:
    kept = {**request.session.get(CHALLENGES, {})}
    kept[purpose.value] = {"state": state, "user": user.pk if user else None, "at": time.time()}
    request.session[CHALLENGES] = kept


def _take(request: HttpRequest, purpose: Purpose, user: User | None) -> dict:
    """The question of this purpose, which is there no more. Raises ValidationError when none was put to this person."""
    kept = {**request.session.get(CHALLENGES, {})}
    question = kept.pop(purpose.value, None)
    request.session[CHALLENGES] = kept
    whose = user.pk if user else None
    if question is None or question["user"] != whose or time.time() - question["at"] > GOOD_FOR:
        raise refused()
    state: dict = question["state"]
    return state


def _server() -> Fido2Server:
    """The relying party, of the portal's configured address whatever host a request names."""
    site = urlsplit(settings.SITE_ADDRESS)
    port = "" if site.port in (None, 80 if site.scheme == "http" else 443) else f":{site.port}"
    origin = f"{site.scheme}://{site.hostname}{port}"  # as browsers write it
    portal = PublicKeyCredentialRpEntity(id=str(site.hostname), name=settings.MFA_TOTP_ISSUER)
    return Fido2Server(portal, verify_origin=lambda named: named == origin)
