"""How much may be sent: little by strangers, files by those whose pages take them; what is too much is not read."""

from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory

from imap.request_limits import most_bytes
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
KIB, MIB = 1024, 1024 * 1024


class Unread:
    """A body of which nobody may read."""

    def read(self, *given):
        raise AssertionError("the body was read")

    readline = read


def sent(client: Client, path: str, size: int, **headers: str):
    """A body of that many bytes is announced, and is not there."""
    length = {"CONTENT_LENGTH": str(size)} | headers
    kind = "multipart/form-data; boundary=x"
    return client.generic("POST", path, b"", kind, **length, **{"wsgi.input": Unread()})


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize(
    "path", ["accounts/login/", "accounts/password/reset/", "search/", "nominations/new/", "nowhere/"]
)
def test_a_stranger_who_sends_more_than_a_form_is_refused_at_once(client, path, language):
    answer = sent(client, f"/{language}/{path}", 150 * MIB)
    assert answer.status_code == 413
    page = answer.content.decode()
    assert f'lang="{language}"' in page
    assert "<h1>" in page
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/secretariat/", "/secretariat/login/", "/api/me", "/single-sign-on/iom/back/"])
def test_so_is_one_anywhere_else(client, path):
    assert sent(client, path, 150 * MIB).status_code == 413
    assert sent(client, path, 65 * KIB).status_code == 413


def test_a_body_without_its_length_is_refused(client):
    answer = sent(client, "/en/accounts/login/", 0, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411


def test_a_session_that_nobody_has_lets_nothing_through(client):
    client.cookies["sessionid"] = "x" * 32
    assert sent(client, "/secretariat/routes/geodataimport/add/", 20 * MIB).status_code == 413


TAKEN = {
    "/secretariat/routes/geodataimport/add/": (True, 20 * MIB),
    "/secretariat/newscentre/publication/add/": (True, 120 * MIB),
    "/secretariat/newscentre/meeting/add/": (True, 120 * MIB),
    "/secretariat/newscentre/feed/opml/": (True, 2 * MIB),
    "/secretariat/profiles/section/1/change/": (True, 4 * MIB),
    "/secretariat/accounts/nomination/on-paper/": (True, 10 * MIB),
    "/en/nominations/new/": (False, 10 * MIB),
    "/ar/accounts/own/": (False, 1 * MIB),
}


@pytest.mark.parametrize("path", TAKEN)
def test_a_page_takes_the_files_that_it_is_for_and_not_much_more(path):
    is_staff, size = TAKEN[path]
    request = RequestFactory().post(path)
    request.user = SimpleNamespace(is_authenticated=True, is_staff=is_staff)
    assert size <= most_bytes(request) < 2 * size + 5 * MIB


@pytest.mark.parametrize("login", ["stranger", "official.mar"])
def test_the_admins_files_are_for_those_who_work_there(login):
    assert sent(browser_of(login), "/secretariat/routes/geodataimport/add/", 10 * MIB).status_code == 413


def test_an_ordinary_form_is_read(client):
    answer = client.post("/en/accounts/login/", {"login": "a@b.example", "password": "x" * 1000})
    assert answer.status_code == 200
