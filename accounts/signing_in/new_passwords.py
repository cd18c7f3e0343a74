"""Password reset links, which stop working as soon as the account may not be entered."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.nominations.invitations import may_come_in


class LinkGenerator(PasswordResetTokenGenerator):
    def check_token(self, user, token) -> bool:
        return super().check_token(user, token) and user.is_active and may_come_in(user)
