"""Who is looking: known to the request first, then to the database for the whole of what follows, rendering included."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse

from access.viewer import ANYONE
from access.viewing import viewing
from accounts.requests import ReaderRequest
from accounts.visits import note_visit


class Reader:
    """Sets `request.viewer` and notes the visit. What a signed-in person sees is never kept by a cache."""

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            request.viewer = ANYONE
            return self.get_response(request)
        request.viewer = user.viewer
        note_visit(user)
        response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        return response


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
