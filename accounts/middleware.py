"""Names the viewer to the database for the whole request, rendering included; lets nobody past what they still owe."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from access.viewing import viewing
from accounts import gate
from accounts.afterwards import remember
from accounts.limits import is_spent, is_within
from accounts.models import TokenScope
from accounts.personal_tokens import bearer, person_bearing
from accounts.requests import ReaderRequest
from accounts.visits import note_visit

API = "/api/"


class Machines:
    """Below /api/ nobody is signed in by a cookie: a personal token in the `Authorization` header, or the public."""

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        request.is_machine = request.path_info.startswith(API)
        if not request.is_machine:
            return self.get_response(request)
        request.user = AnonymousUser()  # type: ignore[assignment]
        if "Authorization" in request.headers:
            if is_spent(request, "token_failed"):
                return _refusal(429, "Too many wrong tokens. Try again later.")
            person = person_bearing(bearer(request.headers["Authorization"]), TokenScope.READ)
            if person is None:
                is_within(request, "token_failed")
                return _refusal(401, "The token is not known, has expired, was revoked, or waits for its person.")
            request.user = person
        return self.get_response(request)


def _refusal(status: int, why: str) -> JsonResponse:
    headers = {"Cache-Control": "private, no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return JsonResponse({"error": why}, status=status, headers=headers)


class Reader:
    """Sets `request.viewer` and opens `viewing` round everything inside, the public's requests too.

    A server error rolls back what the request wrote. What a signed-in person sees is never kept by a cache.
    """

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        user = request.user
        request.viewer = gate.viewer_of(user)
        with viewing(request.viewer):
            if user.is_authenticated and not request.is_machine:
                note_visit(user)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response


class Gate:
    """Leads a signed-in person to what they still owe, from every page but those of the step itself."""

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: ReaderRequest, view, args, kwargs) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        step = gate.next_step(user) if user.is_authenticated else None
        if step is None or gate.is_open(step, match.view_name if match else ""):
            return None
        remember(request)
        return HttpResponseRedirect(reverse(step))
