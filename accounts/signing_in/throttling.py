"""Counts failed passwords and codes. Slows strangers down without locking out the account's owner.

A stranger's guesses at one account are counted by the network they come from, and all strangers' together. In a known
device a person's own mistakes alone count; a passkey asks for no guess; a new password by mail forgets the counts.
"""

from typing import Literal, get_args

from django.http import HttpRequest

from accounts.signing_in.allauth_internals import RateLimitUsage, ratelimit
from accounts.signing_in.known_devices import known_device
from accounts.signing_in.rate_limits import OF_ACCOUNTS, OURS

About = Literal["password", "code"]
BY_NETWORK = {"app": "allauth.account", "action": "login_failed", "config": OF_ACCOUNTS}
BY_ALL = {"app": "accounts", "action": "guesses_of_strangers", "config": OURS}
IN_A_KNOWN_DEVICE = {"app": "accounts", "action": "guesses_in_a_known_device", "config": OURS}


def record_failure(request: HttpRequest, email: str, about: About = "password") -> RateLimitUsage | None:
    """None once there were too many; what is given back can be rolled back, when the guess was right.

    The address is what was typed, whether or not somebody has it.
    """
    whose = f"{about}:{email.lower()}"
    if device := known_device(request, email):
        return ratelimit.consume(request, key=f"{whose}:{device}", **IN_A_KNOWN_DEVICE)
    near = ratelimit.consume(request, key=_in_a_network(request, whose), **BY_NETWORK)
    everywhere = near and ratelimit.consume(request, key=whose, **BY_ALL)
    return RateLimitUsage([*near.usage, *everywhere.usage]) if near and everywhere else None


def clear_failures(request: HttpRequest, email: str) -> None:
    """Clears failures caused by strangers, once the person has proved by mail whose account it is."""
    for about in get_args(About):
        whose = f"{about}:{email.lower()}"
        ratelimit.clear(request, key=_in_a_network(request, whose), **BY_NETWORK)
        ratelimit.clear(request, key=whose, **BY_ALL)


def _in_a_network(request: HttpRequest, whose: str) -> str:
    return f"{whose}:{ratelimit.get_ip(request)}"
