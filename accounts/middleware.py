"""Names the viewer to the database for the whole request, rendering included."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse

from access.viewer import ANYONE
from access.viewing import viewing
from accounts.requests import ReaderRequest
from accounts.visits import note_visit


class Reader:
    """Sets `request.viewer` and opens `viewing` round everything inside, the public's requests too.

    A server error rolls back what the request wrote. What a signed-in person sees is never kept by a cache.
    """

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        user = request.user
        request.viewer = user.viewer if user.is_authenticated else ANYONE
        with viewing(request.viewer):
            if user.is_authenticated:
                note_visit(user)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response
