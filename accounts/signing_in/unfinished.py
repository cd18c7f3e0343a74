"""A sign-in that waits for its second factor. Whatever ends the account's sessions ends it too."""

from allauth.mfa.stages import AuthenticateStage
from django.utils.crypto import constant_time_compare

STAGE_OF_ALLAUTH = f"{AuthenticateStage.__module__}.{AuthenticateStage.__qualname__}"


class FactorStage(AuthenticateStage):
    """Stores what the account's sessions depend on when the password was accepted."""

    def handle(self) -> tuple:
        response, goes_on = super().handle()
        if response:
            self.state["made_of"] = self.login.user.get_session_auth_hash()
        return response, goes_on

    @property
    def holds(self) -> bool:
        """Whether nothing has ended the sign-in: a new password, all sessions ended, the account closed."""
        user = self.login.user
        return user.is_active and constant_time_compare(self.state.get("made_of", ""), user.get_session_auth_hash())
