"""The sessions in which a person is signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession

from accounts.requests import ReaderRequest
from accounts.signing_in.devices import device_of


@dataclass(frozen=True)
class OpenSession:
    pk: int
    device: str
    address: str
    since: datetime
    is_current: bool


def sessions_of(request: ReaderRequest) -> list[OpenSession]:
    """The person's sessions, the current one first. Deletes those that have ended."""
    rows = UserSession.objects.purge_and_list(request.user)
    found = [OpenSession(row.pk, device_of(row.user_agent), row.ip, row.created_at, row.is_current()) for row in rows]
    return sorted(found, key=lambda session: (not session.is_current, session.since))
