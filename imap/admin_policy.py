"""The admin's Content-Security-Policy: the rich-text editor and the map's widget bring inline pieces of their own.

Everywhere else the policy of the settings holds, which knows files only.
"""

from collections.abc import Callable

from csp.constants import NONCE, SELF
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

# The style that TipTap adds to the page when an editor starts. The library gives no way to pass it a nonce; when a new
# version changes the style, the test of the draft page in the browser names the new hash.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"
ADMIN_POLICY = {"script-src": [SELF, NONCE], "style-src": [SELF, EDITOR_STYLE]}


class AdminPolicy:
    """The import map and django-leaflet's scripts carry `request.csp_nonce`; pages that use none get none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(reverse("admin:index")):
            response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined]  # what csp.decorators.csp_replace sets
        return response
