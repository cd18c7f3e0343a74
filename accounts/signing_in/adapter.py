"""How allauth behaves here: nobody signs up, mails and messages are the portal's own."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.models import User
from accounts.signing_in.devices import device_of

NOTICES = {
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_changed",
    "account/email/password_reset": "password_changed",
}
# Factors tell by their signals (`accounts.signing_in.notices`): allauth says nothing of a list made along with a key.
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
    """Writes to a person what was done with their account, and from which device."""
    with translation.override(user.language):
        device = device_of(request.META.get("HTTP_USER_AGENT", ""))
    page = mail.address_of("own_page", user.language)
    mail.send(name, user.email, user.language, {"name": user.name, "device": device, "page": page, **context})
