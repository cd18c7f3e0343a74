"""Template context of every page: header, footer and navigation."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe

from access.viewer import ANYONE
from accounts.page_header import account_corner, frame
from routes.reading import dialogues_with_routes


def portal(request: HttpRequest) -> dict[str, object]:
    """The admin has a frame of its own."""
    return {} if request.path.startswith("/secretariat/") else portal_frame(request)


def portal_frame(request: HttpRequest) -> dict[str, object]:
    viewer = getattr(request, "viewer", ANYONE)
    return frame(request.path) | {
        "account_corner": mark_safe(account_corner(request)),
        "dialogues_with_routes": SimpleLazyObject(lambda: dialogues_with_routes(viewer)),  # asked where there are tabs
    }
