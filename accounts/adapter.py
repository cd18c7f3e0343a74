from allauth.account.adapter import DefaultAccountAdapter


class NominationOnlyAdapter(DefaultAccountAdapter):
    """Nobody signs up: partners nominate."""

    def is_open_for_signup(self, request) -> bool:
        return False
