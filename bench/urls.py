"""The two bare views that everything is compared with."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import path


@cache
def body_of(length: int) -> bytes:
    return b"x" * length


def bare(request: HttpRequest, length: int) -> HttpResponse:
    """A: Django alone."""
    return HttpResponse(body_of(length))


def signed_in(request: HttpRequest, length: int) -> HttpResponse:
    """B: Django with a session and a user out of the database."""
    return HttpResponse(body_of(length), headers={"X-User": str(request.user.pk)})


urlpatterns = [path("bare/<int:length>/", bare), path("signed-in/<int:length>/", signed_in)]
