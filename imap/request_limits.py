"""Limits the size of a request's body by address and by whether somebody is signed in, before it is read."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.nominations.letters import LARGEST as LARGEST_LETTER
from imap.context_processors import portal_frame
from newscentre.feeds.opml import MOST_BYTES as LARGEST_LIST
from newscentre.private_files import LARGEST as LARGEST_FILE
from routes.importing.rows import LARGEST_MB

KIB, MIB = 1024, 1024 * 1024
OF_STRANGERS = 64 * KIB  # what signs in, by whatever means; forms without files
OF_PERSONS = 1 * MIB
OF_EDITORS = 5 * MIB  # as DATA_UPLOAD_MAX_MEMORY_SIZE: texts of a section in the admin
FORM_ROUND_IT = 512 * KIB  # the other fields of a form with a file
FILES_OF_A_FORM = 4  # a meeting's documents come together

# Addresses that take files, of persons and of editors.
UPLOADS = ((re.compile(r"/[a-z]{2}/nominations/.*"), LARGEST_LETTER + FORM_ROUND_IT),)
UPLOADS_OF_EDITORS = (
    (re.compile(r"/secretariat/accounts/nomination/.*"), LARGEST_LETTER + FORM_ROUND_IT),
    (re.compile(r"/secretariat/routes/geodataimport/.*"), LARGEST_MB * MIB + FORM_ROUND_IT),
    (re.compile(r"/secretariat/newscentre/feed/.*"), max(LARGEST_LIST + FORM_ROUND_IT, OF_EDITORS)),
    (re.compile(r"/secretariat/newscentre/.*"), FILES_OF_A_FORM * LARGEST_FILE + FORM_ROUND_IT),
)  # fmt: skip


class BodyLimitMiddleware:
    """Answers 413 where more is announced than the address takes, 411 where a body comes without its length."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or ""
        if "HTTP_TRANSFER_ENCODING" in request.META and not announced:
            return _refused(request, 411)
        if announced.isdecimal() and int(announced) > OF_STRANGERS and int(announced) > most_bytes(request):
            return _refused(request, 413)
        return self.get_response(request)


def most_bytes(request: HttpRequest) -> int:
    """Of its body. Asks who is signed in only where the answer matters."""
    user = request.user
    if not user.is_authenticated or request.path_info.startswith("/api/"):
        return OF_STRANGERS
    of_editors = UPLOADS_OF_EDITORS if user.is_staff else ()
    for pattern, most in (*UPLOADS, *of_editors):
        if pattern.fullmatch(request.path_info):
            return most
    return OF_EDITORS if user.is_staff and request.path_info.startswith("/secretariat/") else OF_PERSONS


def _refused(request: HttpRequest, status: int) -> HttpResponse:
    response = render(request, "413.html", portal_frame(request), status=status)
    response["Cache-Control"] = "private, no-store"
    return response
