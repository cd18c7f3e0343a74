"""Meetings with canaries in every field, in a document's title, file and file's name, and in the names of participants."""

import secrets
from datetime import time

from django.core.files.base import ContentFile

from access import tokens
from access.presets import Preset
from accounts.models import TokenScope, User
from accounts.signing_in.personal_tokens import make_token
from newscentre.models import Meeting, MeetingDocument, ParticipantList

DIALOGUE, THEME = "mtm", "irregular-mixed-migration"
YEAR, MONTH = "1985", "1985-03"  # before everything, so that the rows of the demonstration are not between


def a_pdf(text: str = "") -> bytes:
    return f"%PDF-1.4\n% {text}\n%%EOF\n".encode()


def plant_calendar(preset: Preset, audience: list[str]) -> Meeting:
    """To be called as the secretariat of the MTM Dialogue."""
    said = {
        f"{name}_{language}": f"{language} {_canary(preset, 'meeting')}"
        for name in ("name", "series", "city", "host_office", "co_chairs", "about", "visits", "doubts")
        for language in ("en", "fr", "ar")
    }
    meeting = Meeting.objects.create(
        dialogue_id=DIALOGUE, theme_id=THEME, slug=f"meeting-{_canary(preset, 'meeting')}", audience=audience,
        starts="1985-03-04", ends="1985-03-05", opens_at=time(9), closes_at=time(17), time_zone="Europe/Malta",
        source=_canary(preset, "meeting"), **said,
    )  # fmt: skip
    meeting.supporters.set(["france"])
    meeting.delegations.set(["malta", "unhcr"])
    document(meeting, preset, "document", None)
    document(meeting, preset, "deskdocument", [tokens.secretariat(DIALOGUE)])
    names = [token for token in audience if token not in (tokens.PUBLIC, tokens.NOMINATED)]
    if preset in (Preset.PUBLIC, Preset.NOMINATED):
        names = [tokens.dialogue(DIALOGUE, THEME)]  # an open meeting still names nobody to the public
    ParticipantList.objects.create(meeting=meeting, audience=names, names=f"Office {_canary(preset, 'participants')}")
    return meeting


def document(meeting: Meeting, preset: Preset, kind: str, audience: list[str] | None) -> MeetingDocument:
    row = MeetingDocument(
        meeting=meeting, audience=audience, kind="agenda", title=_canary(preset, kind), language="en",
    )  # fmt: skip
    row.file = ContentFile(a_pdf(_canary(preset, kind)), name=f"{_canary(preset, kind)}.pdf")
    row.save()
    return row


def subscribe(user: User) -> str:
    """The secret of a calendar's token."""
    return make_token(user, "calendar", TokenScope.CALENDAR, 30)[1]


def _canary(preset: Preset, kind: str) -> str:
    return f"cnry-{preset.value}-{kind}-{secrets.token_hex(4)}"
