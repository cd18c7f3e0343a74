"""Validators of external addresses that the desk enters."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newscentre.stages.links import as_typed, tells


def validate_safe_url(address: str) -> None:
    """Nothing but http and https, with a host, without a password or signs that nobody sees."""
    if not as_typed(address):
        raise ValidationError(_("An address begins with https:// or http:// and names a host."))


def validate_public_feed_url(link: str, addresses: Iterable[str]) -> None:
    """Such an address may hold a secret, and readers see links."""
    if tells(link, list(addresses)):
        raise ValidationError(_("A feed is fetched at this address, which readers are not told."))
