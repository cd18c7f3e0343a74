"""allauth's adapter: nobody signs up, and mails and messages are the portal's own."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.models import User
from accounts.nominations import invitations
from accounts.signing_in.allauth_internals import clear_login
from accounts.signing_in.devices import device_of
from accounts.signing_in.known_devices import remember_device
from accounts.signing_in.throttling import record_failure
from accounts.signing_in.unfinished import STAGE_OF_ALLAUTH, FactorStage

NOTICES = {
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_changed",
    "account/email/password_reset": "password_changed",
}
# Factors tell by their signals (`accounts.signing_in.signals`): allauth says nothing of a list made along with a key.
MESSAGES = {
    "account/messages/password_changed.txt": _("Your new password is set."),
    "account/messages/password_set.txt": _("Your new password is set."),
    "mfa/messages/totp_activated.txt": _("The app is set up: signing in asks for its code from now on."),
    "mfa/messages/webauthn_added.txt": _("The key is set up: signing in asks for it from now on."),
}


class NominationOnlyAdapter(DefaultAccountAdapter):
    """Nobody signs up: partners nominate."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        ours = f"{FactorStage.__module__}.{FactorStage.__qualname__}"
        return [ours if stage == STAGE_OF_ALLAUTH else stage for stage in super().get_login_stages()]

    def pre_login(self, request, user, **kwargs) -> HttpResponse | None:
        """Called for every way to sign in, before a second factor is asked for."""
        if user.is_active and not invitations.may_come_in(user):
            clear_login(request)
            why = _("Your invitation has expired or was withdrawn. Ask who nominated you for a new one.")
            messages.error(request, why)
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request, user, **kwargs) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        remember_device(request, response, user)
        return response

    def pre_authenticate(self, request, **credentials) -> None:
        self._login_failed_rl_usage = record_failure(request, credentials.get("email", ""))
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def send_notification_mail(self, template_prefix: str, user, context=None, email=None) -> None:
        if name := NOTICES.get(template_prefix):
            tell(self.request, user, name)

    def add_message(
        self, request, level, message_template=None, message_context=None, extra_tags="", message=None
    ) -> None:
        if text := message or MESSAGES.get(message_template):
            messages.add_message(request, level, str(text))

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("own_page")


def tell(request: HttpRequest, user: User, name: str, **context: object) -> None:
    """Notifies a person by mail of a change to their account, and from which device."""
    with translation.override(user.language):
        device = device_of(request.META.get("HTTP_USER_AGENT", ""))
    page = mail.address_of("own_page", user.language)
    mail.send(name, user.email, user.language, {"name": user.name, "device": device, "page": page, **context})
