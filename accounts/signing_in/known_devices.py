"""Browsers in which a person has signed in before. Failed attempts elsewhere do not lock the person out of these.

A signed cookie names them, for a year; it ends with the password and with everything else a sign-in left open.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

SALT = "accounts.known_devices"
GOOD_FOR = 365 * 24 * 3600  # seconds
MOST = 5  # people of one browser; the longest unused is forgotten


@dataclass(frozen=True)
class KnownDevice:
    """`name` is the browser's for this person alone, and says nothing of either."""

    user_id: int
    name: str
    mark: str  # of what the account is opened by

    def is_of(self, user: User) -> bool:
        return self.user_id == user.pk and constant_time_compare(self.mark, _mark_of(user))


def known_device(request: HttpRequest, email: str) -> str:
    """The browser's name, where the person with this address has signed in in it; empty otherwise.

    Without the cookie nothing is asked of the database, so that a stranger's wait tells nothing of who has an account.
    """
    held = _devices_in(request)
    if not held:
        return ""
    user = User.objects.filter(email=email.lower(), is_active=True, pk__in=[device.user_id for device in held]).first()
    return next((device.name for device in held if user and device.is_of(user)), "")


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    held = [device for device in _devices_in(request) if device.user_id != user.pk]
    held = [KnownDevice(user.pk, secrets.token_urlsafe(12), _mark_of(user)), *held][:MOST]
    value = signing.dumps([[device.user_id, device.name, device.mark] for device in held], salt=SALT, compress=True)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=GOOD_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _devices_in(request: HttpRequest) -> list[KnownDevice]:
    try:
        held = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return []
    return [KnownDevice(*device) for device in held]


def _mark_of(user: User) -> str:
    return salted_hmac(SALT, user.get_session_auth_hash(), algorithm="sha256").hexdigest()[:32]
