"""Who is looking: known to the request first, then to the database for the whole of what follows, rendering included."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from access.viewer import ANYONE
from access.viewing import viewing
from accounts.frame import account_corner, frame
from accounts.personas import persona_in
from accounts.requests import ReaderRequest
from accounts.visits import note_visit

READING = {"GET", "HEAD", "OPTIONS"}
TAKEN_WHILE_VIEWING_AS = {"view_as", "account_logout"}  # names of addresses


class Reader:
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
        request.persona = persona_in(request, user.viewer)
        request.viewer = request.persona.seen_by(user.viewer) if request.persona else user.viewer
        if not request.persona:
            note_visit(user)
        response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
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


class Viewing:
    """Opens `viewing` round everything inside, the public's requests too; a server error rolls back what was written."""

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        with viewing(request.viewer):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
