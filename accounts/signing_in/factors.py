"""A person's second factors: authenticator apps, security keys and lists of recovery codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.models import User
from accounts.signing_in import encryption, pending_steps
from accounts.signing_in.open_sessions import end_sessions

Type = Authenticator.Type
ASKED_AT_SIGN_IN = {Type.TOTP, Type.WEBAUTHN}  # what allauth asks for; we add the list on paper
FEW_CODES = 5

NAMES = {
    Type.TOTP: _("an app that shows codes"),
    Type.WEBAUTHN: _("a key"),
    Type.RECOVERY_CODES: _("a list of codes on paper"),
}


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used already."),
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return encryption.decrypt(encrypted_text)
        except InvalidToken:
            # The secret key was replaced without its predecessor among the fallbacks: no code can be right.
            raise self.validation_error("incorrect_code") from None

    def is_mfa_enabled(self, user, types: Iterable[str] | None = None) -> bool:
        """At sign-in, recovery codes count as a factor; elsewhere each type stands for itself."""
        asked = set(types) if types is not None else None
        return super().is_mfa_enabled(user, types=None if asked == ASKED_AT_SIGN_IN else types)

    def generate_authenticator_name(self, user, type: Authenticator.Type) -> str:
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Key %(number)s") % {"number": held + 1})

    def _get_site_name(self) -> str:
        return "i-Map"


def factors_of(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at"))


def codes_left(factor: Authenticator) -> int:
    """Number of unused recovery codes; the mask has one bit per used code."""
    return settings.MFA_RECOVERY_CODE_COUNT - int(factor.data["used_mask"]).bit_count()


def opens(factor: Authenticator) -> bool:
    return factor.type != Type.RECOVERY_CODES or codes_left(factor) > 0


@dataclass(frozen=True)
class FactorInWords:
    """A factor for display. `left`: unused recovery codes."""

    pk: int
    type: str
    name: str
    since: datetime
    last_used: datetime | None
    left: int | None
    is_scarce: bool


def factors_in_words(user: User) -> list[FactorInWords]:
    return [_in_words(factor) for factor in factors_of(user)]


def _in_words(factor: Authenticator) -> FactorInWords:
    left = codes_left(factor) if factor.type == Type.RECOVERY_CODES else None
    name = factor.wrap().name if factor.type == Type.WEBAUTHN else str(NAMES[factor.type])
    is_scarce = left is not None and left <= FEW_CODES
    return FactorInWords(factor.pk, factor.type, name, factor.created_at, factor.last_used_at, left, is_scarce)


def may_remove(factor: Authenticator) -> bool:
    """Whether a usable factor remains where one is required."""
    others = [other for other in factors_of(factor.user) if other.pk != factor.pk and opens(other)]
    return bool(others) or not pending_steps.requires_second_factor(factor.user)


def remove(request: HttpRequest, factor: Authenticator) -> None:
    """Removes only this factor; allauth would remove the recovery codes with it."""
    factor.delete()
    signals.authenticator_removed.send(sender=Authenticator, request=request, user=factor.user, authenticator=factor)


def encrypt_anew() -> int:
    """Re-encrypts secrets of factors after SECRET_KEY was replaced. Returns how many."""
    number = 0
    for factor in Authenticator.objects.exclude(type=Type.WEBAUTHN).select_for_update():
        kept = "secret" if factor.type == Type.TOTP else "seed"
        factor.data[kept] = encryption.renewed(factor.data[kept])
        factor.save(update_fields=["data"])
        number += 1
    return number


def take_away_all(user: User) -> None:
    """For a person who lost every factor and is known to be who they are: out everywhere, and a mail that says so.

    Whether they need one is asked at their next sign-in.
    """
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    mail.send("factors_taken_away", user.email, user.language, {"name": user.name})
