"""What tests about people share: candidates, mails, letters, nominating without a page, and signing in by the form."""

import contextlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.viewing import viewing
from accounts.models import Nomination, Submission, User
from accounts.nominations import nominating
from accounts.nominations.nominating import Candidate
from atlas.models import Partner
from demo.cast import PASSWORD
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
        return nominating.nominate(Partner.objects.get(pk=partner), user, candidate(**values), wanted, succession)


def submission_of(nomination: Nomination, dialogue: str = "mtm") -> Submission:
    return Submission.objects.get(nomination=nomination, dialogue=dialogue)


def accepted(nomination: Nomination, by: str = "editor", dialogue: str = "mtm", **how) -> User:
    user = user_of(by)
    with viewing(user.viewer):
        return nominating.accept(submission_of(nomination, dialogue), user, **how)


def tokens_of(user: User) -> set[str]:
    return set(User.objects.with_tokens().get(pk=user.pk).tokens)


def link_in(message) -> str:
    """The path of the link to an account in a mail."""
    return LINK.search(message.body)[1]


def upload(content: bytes, name: str = "letter.pdf", content_type: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


@pytest.fixture(autouse=True)
def own_cache(settings):
    """Limits are counted in the cache, and another worker's tests empty the one they share."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid4().hex}}


@pytest.fixture
def once_committed(django_capture_on_commit_callbacks):
    """`with once_committed():` does at the block's end what waits for the transaction: mails, tasks."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def through_the_form(db):
    """`through_the_form("official.mar")` is a browser in which that member of the cast typed their password."""

    def signed_in(login: str, **headers: str) -> Client:
        client = Client(headers=headers or None)
        client.post("/en/accounts/login/", {"login": f"{login}@imap.example", "password": PASSWORD})
        return client

    return signed_in


def confirm(client: Client, password: str = PASSWORD) -> None:
    """As the page before what is sensitive asks for."""
    assert client.post("/en/accounts/reauthenticate/", {"password": password}).status_code == 302
