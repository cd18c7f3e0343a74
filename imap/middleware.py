"""Middleware around every request: log line, health checks, NUL characters, journal, cookies."""

import logging
import time
import uuid
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from imap.journal.writer import ship
from imap.logs import without_keys
from imap.views import healthz, readyz

logger = logging.getLogger("imap.requests")


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        if logger.isEnabledFor(logging.INFO):
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "path": without_keys(request.path),  # whatever handles the record, and formats it or not
                    "status": response.status_code,
                    "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                    "request_id": uuid.uuid4().hex[:12],
                },
            )
        return response


class CookieMiddleware:
    """An answer that sets or takes away a cookie is one visitor's own: no cache may share it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.cookies and "public" in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, max-age=0, must-revalidate"
        return response


class NulCharacterMiddleware:
    """Refuses a question with a character that PostgreSQL cannot hold: no filter of the admin has to know of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("", content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class JournalMiddleware:
    """What is noted and not in the journal's file yet, as commands leave it, is shipped by any request that may change something.

    What a request itself ends, narrows or withdraws is in the file before it is done (`imap.journal.writer`).
    Should this fail, in whatever way the database has of saying so, the next request or minute tries again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            try:
                ship()
            except (OSError, Error):
                logger.exception("the journal could not be written")
        return response


class HealthCheckMiddleware:
    """Answers /healthz and /readyz before anything that needs the database, as that may be what is not ready.

    Before the check of host names too: who asks knows the machine, not the portal's name.
    """

    ANSWERS = {"/healthz": healthz, "/readyz": readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.ANSWERS.get(request.path_info, self.get_response)(request)
