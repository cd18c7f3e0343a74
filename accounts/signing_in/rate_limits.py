"""All rate limits in one table. The settings hand it to allauth, which counts in the cache.

A rate reads `<times>/<period>/<counted by>`, several with commas: `m` a minute, `h` an hour; `ip` the client's address
(taken from proxies that are configured, no others), `user` the signed-in person, `key` what the attempt is about, such
as an account. Reading the table imports nothing of Django, so that the settings can.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Counted by allauth's own views.
OF_ACCOUNTS = {
    "login": "30/m/ip",
    # Wrong passwords and codes of strangers: at any account, and (`key`) at one account from one network.
    "login_failed": "10/m/ip,5/5m/key,20/h/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
OF_FACTORS = {"webauthn_login": "10/m/ip"}
# Counted by the portal's own views.
OURS = {
    # Wrong passwords and codes at one account: of all strangers together, and in a browser that its person has used.
    "guesses_of_strangers": "60/h/key",
    "guesses_in_a_known_device": "10/5m/key",
    "single_sign_on": "60/m/ip",
    "token_failed": "20/m/ip",
    # Maps and press reviews to print and files of geodata, which take up to half a second to make; a ministry may share one address.
    "map_file": "120/m/ip",
    # Maps and press reviews to print that nobody asked for before: each takes up to three seconds to make, once.
    "print_made": "10/m/ip",
    # Words asked of the database, and names suggested while someone writes.
    "search": "120/m/ip",
    "suggest": "600/m/ip",
    "make_token": "10/h/user",
    "own_data": "5/h/user",
    "invitation": "30/m/ip",
    # With the letter that is uploaded.
    "nominate": "60/h/user",
    "nomination_mail": "30/h/user",
    "confirm_mandate": "300/h/user",
}
EVERY_LIMIT = {**OF_ACCOUNTS, **OF_FACTORS, **OURS}


def is_within(request: "HttpRequest", limit: str, key: str | None = None) -> bool:
    """Counts an attempt. False after too many. Limits by user do not apply to anonymous visitors."""
    from accounts.signing_in.allauth_internals import ratelimit

    if OURS[limit].endswith("/user") and not request.user.is_authenticated:
        return True
    return bool(ratelimit.consume(request, app="accounts", action=limit, config=OURS, key=key, limit_get=True))


def is_spent(request: "HttpRequest", limit: str) -> bool:
    """Whether the limit is exceeded, without counting."""
    from accounts.signing_in.allauth_internals import ratelimit

    how = {"app": "accounts", "action": limit, "config": OURS, "limit_get": True}
    return not ratelimit.consume(request, dry_run=True, **how)


def limited(limit: str, methods: tuple[str, ...] = ("GET", "POST")) -> Callable:
    """Decorates a view to answer 429 once its limit is exceeded. Counts only requests by these methods."""

    def decorate(view: "Callable[..., HttpResponse]") -> "Callable[..., HttpResponse]":
        @wraps(view)
        def within(request: "HttpRequest", *args, **kwargs) -> "HttpResponse":
            from allauth.core.ratelimit import respond_429

            if request.method in methods and not is_within(request, limit):
                return respond_429(request)
            return view(request, *args, **kwargs)

        return within

    return decorate
