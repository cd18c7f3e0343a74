"""What the portal does in its own way where allauth asks: no sign-up, and mails of its own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import get_language

from accounts import mail
from accounts.models import User


class NominationOnlyAdapter(DefaultAccountAdapter):
    """Nobody signs up: partners nominate."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """The link leads to the form in the person's own language, on the portal's own address."""
        address = mail.address_of("account_reset_password_from_key", user.language, context["uid"], context["key"])
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
        super().send_password_reset_mail(user, email, context | {"address": address, "days": days})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's `account/email/<name>` is our `mail/<name>`, in the language of the person it goes to.

        Sent at once: asking for a password writes nothing that could be rolled back.
        """
        user = context.get("user")
        language = user.language if user else get_language()
        mail.compose(template_prefix.rpartition("/")[2], email, language, context | {"recipient": email}).send()
