"""Normalises e-mail addresses for storing and comparing: lower case, domain in ASCII (IDNA)."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ApprovedAddress, PartnerPolicy
from accounts.models.policies import DOMAIN
from atlas.models import Partner

LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LONGEST, LONGEST_LOCAL_PART = 254, 64


class AddressCheck(models.TextChoices):
    DOMAIN = "domain", gettext_lazy("in the partner's domains")
    APPROVED = "approved", gettext_lazy("approved")
    UNKNOWN = "unknown", gettext_lazy("outside the partner's domains, to be approved")


def normalised(email: str) -> str:
    """The address in small letters, `Salma@Intérieur.example` with its domain as `xn--intrieur-d1a.example`.

    Raises ValidationError. What is kept is also what is sent to, so an address cannot look like one and be another.
    """
    local, _at, domain = email.strip().rpartition("@")
    # Asked before the small letters: the one of K, the sign of Kelvin, is an ordinary k.
    if not local.isascii() or not email.strip().isprintable():
        raise _not_an_address()
    local, domain = local.lower(), domain_as_sent(domain)
    kept = f"{local}@{domain}"
    if len(kept) > LONGEST or len(local) > LONGEST_LOCAL_PART or not LOCAL_PART.fullmatch(local):
        raise _not_an_address()
    return kept


def domain_as_sent(domain: str) -> str:
    """The domain in ASCII (IDNA), lower case. Raises ValidationError."""
    try:
        ascii_form = domain.lower().encode("idna").decode("ascii").lower()
        DOMAIN(ascii_form)
    except (UnicodeError, ValidationError):
        raise _not_an_address() from None
    return ascii_form


def _not_an_address() -> ValidationError:
    return ValidationError(_("Enter an e-mail address in Latin letters, such as name@ministry.example."))


def check_of(partner: Partner, email: str) -> AddressCheck:
    """What is known of an address. Its domain is compared exactly; neither subdomains nor parent domains count."""
    if email.rpartition("@")[2] in domains_of(partner):
        return AddressCheck.DOMAIN
    if ApprovedAddress.objects.filter(partner=partner, email=email).exists():
        return AddressCheck.APPROVED
    return AddressCheck.UNKNOWN


def domains_of(partner: Partner) -> list[str]:
    policy = PartnerPolicy.objects.filter(partner=partner).first()
    return policy.domains if policy else []
