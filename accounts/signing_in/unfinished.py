"""A sign-in that waits for its second factor. Whatever ends the account's sessions ends it too."""

from allauth.mfa.stages import AuthenticateStage
from django.utils.crypto import constant_time_compare

STAGE_OF_ALLAUTH = f"{AuthenticateStage.__module__}.{AuthenticateStage.__qualname__}"


class FactorStage(AuthenticateStage):
    """Remembers what the account's sessions were made of when the password was right."""

    def handle(self) -> tuple:
        response, goes_on = super().handle()
        if response:
            self.state["made_of"] = self.login.user.get_session_auth_hash()
        return response, goes_on

    @property
    def holds(self) -> bool:
        """Whether nothing has ended it: a new password, all sessions ended, the account closed."""
        user = self.login.user
        return user.is_active and constant_time_compare(self.state.get("made_of", ""), user.get_session_auth_hash())
