"""The frame round every page."""

from django.http import HttpRequest
from django.utils.safestring import mark_safe

from accounts.frame import account_corner, frame


def portal(request: HttpRequest) -> dict[str, object]:
    """The admin has a frame of its own."""
    return {} if request.path.startswith("/secretariat/") else portal_frame(request)


def portal_frame(request: HttpRequest) -> dict[str, object]:
    return frame(request.path) | {"account_corner": mark_safe(account_corner(request))}
