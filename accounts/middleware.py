"""Middleware that finds out who is looking, then names them to the database until the response is rendered.

Nobody is let past what they still owe.
"""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse

from access.viewer import ANYONE
from access.viewing import NotNoted, viewing
from accounts.account_page.visits import note_visit
from accounts.audiences.personas import current_persona
from accounts.models import TokenScope
from accounts.page_header import account_corner, frame
from accounts.requests import ReaderRequest
from accounts.signing_in import pending_steps
from accounts.signing_in.personal_tokens import is_basic, person_bearing, secret_in
from accounts.signing_in.rate_limits import is_spent, is_within
from accounts.signing_in.return_url import remember

READING = {"GET", "HEAD", "OPTIONS"}
TAKEN_WHILE_VIEWING_AS = {"view_as", "account_logout"}  # names of addresses
API = "/api/"
LOOPBACK = {"127.0.0.1", "::1"}


class ApiTokenMiddleware:
    """Below /api/ nobody is signed in by a cookie: a personal token in the `Authorization` header, or the public.

    Programs that know passwords only send it as one, whatever the user name; over an open line it is not taken so.
    """

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        request.is_machine = request.path_info.startswith(API)
        if not request.is_machine:
            return self.get_response(request)
        request.user = AnonymousUser()  # type: ignore[assignment]
        if "Authorization" in request.headers:
            header = request.headers["Authorization"]
            if is_spent(request, "token_failed"):
                return _refusal(429, "Too many wrong tokens. Try again later.")
            if is_basic(header) and not _is_private(request):
                return _refusal(403, "A token is taken as a password over TLS alone. Revoke this one.")
            person = person_bearing(secret_in(header), TokenScope.READ)
            if person is None:
                is_within(request, "token_failed")
                why = "The token is not known, has expired, was revoked, or waits for its person."
                return _refusal(401, why, 'Basic realm="i-Map"' if is_basic(header) else 'Bearer error="invalid_token"')
            request.user = person
        return self.get_response(request)


def _is_private(request: ReaderRequest) -> bool:
    """Whether the request came over TLS, or from this machine, as in a demonstration or test."""
    return request.is_secure() or (not settings.IS_PRODUCTION and request.META.get("REMOTE_ADDR") in LOOPBACK)


def _refusal(status: int, why: str, challenge: str = "") -> JsonResponse:
    headers = {"Cache-Control": "private, no-store"}
    if challenge:
        headers["WWW-Authenticate"] = challenge
    return JsonResponse({"error": why}, status=status, headers=headers)


class ViewerMiddleware:
    """Sets `request.viewer` and notes the visit. What a signed-in person sees is never kept by a cache.

    While a secretariat views as someone else, nothing is written for it and the admin is closed.
    """

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            request.viewer, request.persona = ANYONE, None
            return self.get_response(request)
        request.viewer = pending_steps.viewer_of(user)
        is_held_back = request.is_machine or pending_steps.next_step(user)
        request.persona = None if is_held_back else current_persona(request, user.viewer)
        if request.persona:
            request.viewer = request.persona.seen_by(user.viewer)
        elif not request.is_machine:
            note_visit(user)
        response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        if getattr(request, "has_signed_out", False):
            response["Clear-Site-Data"] = '"storage"'  # what static/js/kept-text.js keeps in the browser
        return response

    def process_view(self, request: ReaderRequest, view, arguments, named) -> HttpResponse | None:
        if not request.persona:
            return None
        address = request.resolver_match.url_name if request.resolver_match else None
        if request.method not in READING and address not in TAKEN_WHILE_VIEWING_AS:
            round_the_page = frame(request.path) | {"account_corner": account_corner(request)}
            return render(request, "403_viewing_as.html", round_the_page, status=403)
        if request.path_info.startswith(reverse("admin:index")):
            return redirect("view_as")
        return None


class PendingStepsMiddleware:
    """Redirects a signed-in person to their next pending step, except from the pages of that step."""

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        step = pending_steps.next_step(request.user) if request.user.is_authenticated else None
        if step is None or pending_steps.is_open(step, _name_of(request.path_info)):
            return self.get_response(request)
        remember(request)
        return redirect(step)


def _name_of(path: str) -> str | None:
    """The URL name of the path, or None if there is no page."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


class ViewerTransactionMiddleware:
    """Opens `viewing` round everything inside, the public's requests too; a server error rolls back what was written.

    So does a journal that cannot be written, where the request ended, narrowed or withdrew something.
    """

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        try:
            with viewing(request.viewer, only_reads=request.method in READING):
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
        except NotNoted:
            return render(request, "503_not_noted.html", frame(request.path), status=503)
        return response
