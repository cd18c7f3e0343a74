"""The frame round every page."""

from django.http import HttpRequest
from django.utils.safestring import mark_safe

from accounts.frame import account_corner, frame


def portal(request: HttpRequest) -> dict[str, object]:
    if request.path.startswith("/secretariat/"):
        return {}
    return frame(request.path) | {"account_corner": mark_safe(account_corner(request))}
