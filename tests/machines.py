"""Programs that read below /api/, each with the personal token of a member of the cast, a stranger without."""

from django.test import Client

from accounts.models import TokenScope
from accounts.signing_in.personal_tokens import make_token
from tests.conftest import STRANGER, user_of


def secret_of(login: str) -> str:
    return make_token(user_of(login), "machine", TokenScope.READ, 30)[1]


def machine_of(login: str) -> Client:
    return Client() if login == STRANGER else Client(headers={"Authorization": f"Bearer {secret_of(login)}"})
