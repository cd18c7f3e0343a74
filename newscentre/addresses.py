"""Outside addresses that the desk writes."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newscentre.stages.links import safe_link


def refuse_unsafe_link(address: str) -> None:
    """Nothing but http and https, with a host, without a password or signs that nobody sees."""
    if safe_link(address) != address:
        raise ValidationError(_("An address begins with https:// or http:// and names a host."))
