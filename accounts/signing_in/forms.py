"""allauth's forms, in the portal's words, and stricter where it matters."""

from functools import partial

from allauth.account.forms import ResetPasswordForm
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import tasks


def code_field(label) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "autofocus": True}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attributes))


class EachCodeOnce:
    """A code of an app is taken once, for as long as it could be right at all."""

    def clean_code(self) -> str:
        code = super().clean_code()  # type: ignore[misc]
        factor: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if factor.type == Authenticator.Type.TOTP:
            steps = 2 * app_settings.TOTP_TOLERANCE + 1
            digits = "".join(filter(str.isalnum, code))
            if not cache.add(f"code-taken:{factor.pk}:{digits}", 1, timeout=steps * app_settings.TOTP_PERIOD):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(EachCodeOnce, AuthenticateForm):
    code = code_field(_("Code"))


class CodeOnceMoreForm(EachCodeOnce, ReauthenticateForm):
    code = code_field(_("Code"))


class FirstCodeForm(ActivateTOTPForm):
    code = code_field(_("Code that the app shows"))


class PaperCodesForm(GenerateRecoveryCodesForm):
    def clean(self) -> dict:
        """allauth wants another factor first; here the list may be the only one."""
        return forms.Form.clean(self) or {}


class KeyForm(AddWebAuthnForm):
    name = forms.CharField(label=_("Name of the key"), required=False, max_length=60)
    passwordless = forms.BooleanField(
        label=_("Sign in with this key alone, without the password (a passkey)"),
        required=False,
        help_text=_("It then asks for its PIN, a fingerprint or a face."),
    )


class ForgottenPasswordForm(ResetPasswordForm):
    def save(self, request: HttpRequest, **kwargs) -> str:
        """Asks a task to write, whoever the address belongs to: how long the answer takes says nothing about it."""
        user_id = self.users[0].pk if self.users else 0
        transaction.on_commit(partial(tasks.send_link_for_new_password.delay, user_id))
        return self.cleaned_data["email"]
