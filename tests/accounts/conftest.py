"""What tests about people share: candidates, mails as they leave, letters, and nominating without a page."""

import contextlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from access.viewing import viewing
from accounts import nominations
from accounts.models import Nomination, Submission, User
from accounts.nominations import Candidate
from atlas.models import Partner
from tests.conftest import user_of

IRREGULAR, DEVELOPMENT = "irregular-mixed-migration", "migration-development"
FOR_MTM = {"mtm": [IRREGULAR]}
LINK = re.compile(r"http://localhost:8000(/\w\w/accounts/join/\S+/)")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def docx(*more: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            archive.writestr(name, "<x/>")
    return content.getvalue()


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    """Letters of the tests go to a folder of their own."""
    options = {**settings.STORAGES["default"]["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def sent(django_capture_on_commit_callbacks) -> Callable[[], contextlib.AbstractContextManager[list]]:
    """`with sent() as mails:` – the mails that leave when what is done inside has been written."""

    @contextlib.contextmanager
    def capture() -> Iterator[list]:
        before, mails = len(mail.outbox), []
        with django_capture_on_commit_callbacks(execute=True):
            yield mails
        mails.extend(mail.outbox[before:])

    return capture


def candidate(**values) -> Candidate:
    shared = {
        "name": "Salma Bennani",
        "office": "Directorate of Borders",
        "email": "salma.bennani@imap.example",
        "language": "fr",
        "reason": "Answers for detections.",
    }
    return Candidate(**{**shared, **values})


def nominated(wanted=FOR_MTM, by: str = "focalpoint.mar", partner: str = "morocco", **values) -> Nomination:
    """As someone who may nominates: `succession` goes beside the candidate."""
    succession = values.pop("succession", None)
    user = user_of(by)
    with viewing(user.viewer):
        return nominations.nominate(Partner.objects.get(pk=partner), user, candidate(**values), wanted, succession)


def submission_of(nomination: Nomination, dialogue: str = "mtm") -> Submission:
    return Submission.objects.get(nomination=nomination, dialogue=dialogue)


def accepted(nomination: Nomination, by: str = "editor", dialogue: str = "mtm", **how) -> User:
    user = user_of(by)
    with viewing(user.viewer):
        return nominations.accept(submission_of(nomination, dialogue), user, **how)


def tokens_of(user: User) -> set[str]:
    return set(User.objects.with_tokens().get(pk=user.pk).tokens)


def link_in(message) -> str:
    """The path of the link to an account in a mail."""
    return LINK.search(message.body)[1]


def upload(content: bytes, name: str = "letter.pdf", content_type: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)
