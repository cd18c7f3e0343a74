"""Signing in, and the one query that loads a user together with what they may see and what they still owe."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class NominatedUserBackend(AuthenticationBackend):
    def get_user(self, user_id):
        user = User.objects.with_tokens().filter(pk=user_id, is_active=True).first()
        return user.know_standing() if user else None
