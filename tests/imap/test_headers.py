"""What every answer tells the browser, whatever kind of answer it is."""

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from imap import urls as portal
from tests.readers import raw


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("broken/", broken), *portal.urlpatterns]
handler404, handler500 = portal.handler404, portal.handler500

OPEN = "/en/maps/mtm/migration-development/morocco/"
ANSWERS = {
    "a page": ("get", "/en/", 200),
    "an open profile": ("get", OPEN, 200),
    "a page that is not there": ("get", "/en/nowhere/", 404),
    "a redirect": ("get", "/", 302),
    "a form of another site": ("post", "/en/accounts/login/", 403),
    "a wrong method": ("delete", "/en/", 405),
    "a question that cannot be one": ("get", "/en/?x=%00", 400),
    "a server error": ("get", "/broken/", 500),
    "the sign-in": ("get", "/en/accounts/login/", 200),
    "the admin": ("get", "/secretariat/", 302),
    "the sitemap": ("get", "/sitemap.xml", 200),
    "health": ("get", "/healthz", 200),
    "a static file": ("get", "static", 200),
}


@pytest.fixture
def answer(db, settings):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)

    def ask(kind: str) -> HttpResponse:
        method, address, status = ANSWERS[kind]
        client.handler.enforce_csrf_checks = method == "post"
        response = getattr(client, method)(
            staticfiles_storage.url("css/tokens.css") if address == "static" else address
        )
        assert response.status_code == status
        return response

    return ask


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_says_how_it_may_be_used(answer, kind):
    headers = answer(kind).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers


@pytest.mark.parametrize("kind", [kind for kind in ANSWERS if kind != "a static file"])
def test_every_answer_but_a_static_file_says_what_it_may_load_and_where_it_may_stand(answer, kind):
    policy = answer(kind).headers["Content-Security-Policy"]
    for directive in (
        "default-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert directive in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_with_a_body_says_its_kind_and_letters(answer, kind):
    response = answer(kind)
    if response.streaming or response.content:
        assert "charset=" in response.headers["Content-Type"]


def test_no_answer_names_what_it_was_made_with(answer):
    for kind in ANSWERS:
        assert b"django" not in raw(answer(kind)).lower().replace(b"django-leaflet", b""), kind


def test_pages_with_keys_and_forms_are_kept_by_no_cache(answer):
    assert "no-store" in answer("the sign-in").headers["Cache-Control"]
    assert "no-store" in answer("a page that is not there").headers["Cache-Control"]
