"""Reads from the environment the agencies whose people sign in at their own OpenID Connect provider. Used by the settings."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

WANTED = {"id", "name", "server", "client_id", "client_secret", "domains"}
KNOWN = WANTED | {"vouches_for_addresses"}
LOOPBACK = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Agency:
    """`domains`: of the addresses that this provider alone may sign in.

    `vouches_for_addresses`: the provider sends no `email_verified`, but gives addresses of its own domains to its own
    people only.
    """

    id: str
    name: str
    server: str
    client_id: str
    client_secret: str
    domains: tuple[str, ...]
    vouches_for_addresses: bool = False

    def as_app(self) -> dict[str, object]:
        """The configuration of an allauth app. Identity comes from the signed ID token alone."""
        return {
            "provider_id": self.id,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.client_secret,
            "settings": {"server_url": self.server, "fetch_userinfo": False},
        }


def agencies_of(text: str, *, allow_http: bool) -> tuple[Agency, ...]:
    """The agencies in a JSON list of objects. Raises ImproperlyConfigured, without naming a secret."""
    if not text:
        return ()
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise ImproperlyConfigured(f"SINGLE_SIGN_ON is not JSON: {error.msg} in line {error.lineno}.") from None
    if not isinstance(entries, list):
        raise ImproperlyConfigured("SINGLE_SIGN_ON must be a list of agencies.")
    agencies = tuple(_agency(entry, number, allow_http) for number, entry in enumerate(entries, 1))
    for what, values in (
        ("id", [agency.id for agency in agencies]),
        ("domain", [domain for agency in agencies for domain in agency.domains]),
    ):
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise ImproperlyConfigured(f"SINGLE_SIGN_ON names the {what} {twice[0]} twice.")
    return agencies


def _agency(entry: object, number: int, allow_http: bool) -> Agency:
    where = f"Agency {number} of SINGLE_SIGN_ON"
    if not isinstance(entry, dict) or not WANTED <= set(entry) <= KNOWN:
        raise ImproperlyConfigured(
            f"{where} must have {', '.join(sorted(WANTED))}, and may have vouches_for_addresses."
        )
    domains = entry["domains"]
    if not isinstance(domains, list) or not domains or not all(_is_domain(domain) for domain in domains):
        raise ImproperlyConfigured(f"{where}: domains must be a list such as [“agency.example”], in small letters.")
    server = urlsplit(str(entry["server"]))
    is_local = allow_http and server.scheme == "http" and server.hostname in LOOPBACK
    if not ((server.scheme == "https" and server.hostname) or is_local):
        raise ImproperlyConfigured(f"{where}: server must be an address with https.")
    return Agency(**{**entry, "domains": tuple(domains)})


def _is_domain(domain: object) -> bool:
    return isinstance(domain, str) and "." in domain and "@" not in domain and domain == domain.lower().strip()
