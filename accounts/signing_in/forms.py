"""allauth's forms with the portal's wording, and stricter where it matters."""

from functools import partial

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import tasks
from accounts.activity_log.writer import log_action
from accounts.models import Action, User
from accounts.signing_in import passkeys
from accounts.signing_in.allauth_internals import RateLimitUsage
from accounts.signing_in.throttling import record_failure

LONGEST_CREDENTIAL = 20_000  # letters of JSON; those of browsers have about two thousand


def code_field(label) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "autofocus": True}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attributes))


def count_code(user: User) -> RateLimitUsage:
    """Counts a wrong code. Raises ValidationError after too many."""
    usage = record_failure(context.request, user.email, "code")
    if usage is None:
        raise get_account_adapter().validation_error("too_many_login_attempts")
    return usage


class SingleUseCodeMixin:
    """A code of an app is taken once, for as long as it could be right at all; guesses are counted as everywhere.

    allauth counts them by person alone, so that who knows a password could keep its person out.
    """

    def clean_code(self) -> str:
        user, code = self.user, self.cleaned_data["code"]  # type: ignore[attr-defined]
        usage = count_code(user)
        # By type, so that it is the app whose failure is noted where there is one.
        factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type")
        for factor in factors:
            if factor.wrap().validate_code(code):
                refuse_code_taken_before(factor, code)
                usage.rollback()
                factor.user = user
                self.authenticator = factor
                return code
        if factors:
            self._emit_authentication_failed(factors[0])  # type: ignore[attr-defined]
        raise get_adapter().validation_error("incorrect_code")


def refuse_code_taken_before(factor: Authenticator, code: str) -> None:
    if factor.type == Authenticator.Type.TOTP:
        steps = 2 * app_settings.TOTP_TOLERANCE + 1
        digits = "".join(filter(str.isalnum, code))
        if not cache.add(f"code-taken:{factor.pk}:{digits}", 1, timeout=steps * app_settings.TOTP_PERIOD):
            raise get_adapter().validation_error("incorrect_code")


class CodeForm(SingleUseCodeMixin, AuthenticateForm):
    code = code_field(_("Code"))


class CodeOnceMoreForm(SingleUseCodeMixin, ReauthenticateForm):
    code = code_field(_("Code"))


class FirstCodeForm(ActivateTOTPForm):
    code = code_field(_("Code that the app shows"))


class PaperCodesForm(GenerateRecoveryCodesForm):
    def clean(self) -> dict:
        """allauth wants another factor first; here the list may be the only one."""
        return forms.Form.clean(self) or {}


class CredentialField(forms.JSONField):
    """The answer of a security key, passed on by the page's script."""

    widget = forms.HiddenInput

    def to_python(self, value):
        if isinstance(value, str) and len(value) > LONGEST_CREDENTIAL:
            raise passkeys.refused()
        try:
            credential = super().to_python(value)
        except (RecursionError, ValueError) as error:  # thousands of brackets; a number of thousands of digits
            raise passkeys.refused() from error
        if credential is not None and not isinstance(credential, dict):
            raise passkeys.refused()
        return credential


class KeyForm(AddWebAuthnForm):
    credential = CredentialField()
    name = forms.CharField(label=_("Name of the key"), required=False, max_length=60)
    passwordless = forms.BooleanField(
        label=_("Sign in with this key alone, without the password (a passkey)"),
        required=False,
        help_text=_("It then asks for its PIN, a fingerprint or a face."),
    )
    counter = 0  # of the key, when it was set up

    def clean(self) -> dict:
        cleaned = forms.Form.clean(self) or {}
        if answer := cleaned.get("credential"):
            new = passkeys.new_key(context.request, self.user, answer)
            if cleaned.get("passwordless") and not new.is_verified:
                raise ValidationError(_("To sign in alone, the key must ask for its PIN, a fingerprint or a face."))
            cleaned["credential"], self.counter = new.credential, new.counter
        return cleaned


class AnswerForm(AuthenticateWebAuthnForm):
    """The answer of a security key to a challenge made for `purpose`."""

    credential = CredentialField()
    purpose: passkeys.Purpose

    def clean_credential(self) -> Authenticator:
        answer = self.cleaned_data["credential"]
        usage = count_code(self.user) if self.user else None
        try:
            factor = passkeys.key_that_answered(context.request, self.purpose, self.user, answer)
        except ValidationError:
            log_action(Action.SIGN_IN_FAILED, self.user)
            raise
        if usage:
            usage.rollback()
        return factor


class KeyAsSecondFactorForm(AnswerForm):
    purpose = passkeys.Purpose.SECOND_FACTOR


class KeyOnceMoreForm(AnswerForm):
    purpose = passkeys.Purpose.CONFIRM
    reauthenticated = True


class KeyAloneForm(AnswerForm):
    purpose = passkeys.Purpose.SIGN_IN_ALONE
    passwordless = True

    def __init__(self, *args, **named) -> None:
        super().__init__(*args, user=None, **named)


class ForgottenPasswordForm(ResetPasswordForm):
    def save(self, request: HttpRequest, **kwargs) -> str:
        """Leaves the mail to a task, so that response time does not tell whether the address has an account."""
        user_id = self.users[0].pk if self.users else 0
        transaction.on_commit(partial(tasks.send_link_for_new_password.delay, user_id))
        return self.cleaned_data["email"]
