"""Receivers of sign-ins, failed sign-ins and changes of factors: a line of the log, a mail, a warning."""

from allauth.account.signals import user_logged_in
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import ngettext

from accounts.activity_log.writer import dialogues_of, log_action
from accounts.models import Action, User
from accounts.signing_in.adapter import tell
from accounts.signing_in.factors import FEW_CODES, NAMES, Type, codes_left


@receiver(user_logged_in)
def note_signing_in(sender, user: User, **kwargs) -> None:
    log_action(Action.SIGNED_IN, user)


@receiver(user_login_failed)
def note_failing(sender, credentials: dict, **kwargs) -> None:
    """Logs the account, if there is one, and never the address that was typed."""
    person = User.objects.filter(email=str(credentials.get("email", "")).lower()).first()
    if person is None:
        dialogues_of(User(pk=0))  # as long as for an account, so that the time of the answer does not tell
    log_action(Action.SIGN_IN_FAILED, person)


@receiver(factors.authentication_failed)
def note_wrong_code(sender, user: User, **kwargs) -> None:
    log_action(Action.SIGN_IN_FAILED, user)


@receiver(factors.authenticator_used)
def warn_of_few_codes(sender, request: HttpRequest, authenticator: Authenticator, **kwargs) -> None:
    if authenticator.type != Type.RECOVERY_CODES:
        return
    authenticator.refresh_from_db(fields=["data"])  # allauth crossed the code out in a row of its own
    left = codes_left(authenticator)
    if left <= FEW_CODES:
        words = ngettext(
            "%(left)s code is left on your list. Make a new list on the page of your account.",
            "%(left)s codes are left on your list. Make a new list on the page of your account.",
            left,
        )
        messages.warning(request, words % {"left": left})


@receiver([factors.authenticator_added, factors.authenticator_reset])
def tell_of_a_new_factor(sender, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs) -> None:
    tell(request, user, "factor_added", factor=NAMES[authenticator.type])


@receiver(factors.authenticator_removed)
def tell_of_a_removed_factor(sender, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs) -> None:
    tell(request, user, "factor_removed", factor=NAMES[authenticator.type])
