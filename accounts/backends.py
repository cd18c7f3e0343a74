"""Signing in, and the one query that loads a user together with what they may see."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class NominatedUserBackend(AuthenticationBackend):
    def get_user(self, user_id):
        user = User.objects.with_tokens().filter(pk=user_id, is_active=True).first()
        if user is not None:
            user.held_tokens = user.tokens
        return user
