"""The Content-Security-Policy header: one policy for all readers' pages, another one for the admin.

The admin's rich-text editor and the map's widget bring inline pieces of their own.
"""

from functools import cached_property

from csp.constants import HEADER, NONCE, SELF
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

# The style that TipTap adds to the page when an editor starts. The library gives no way to pass it a nonce; when a new
# version changes the style, the test of the draft page in the browser names the new hash.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"
ADMIN_POLICY = {"script-src": [SELF, NONCE], "style-src": [SELF, EDITOR_STYLE]}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """In the admin, the import map and django-leaflet's scripts carry `request.csp_nonce`; pages that use none get none.

    The policy of readers' pages is always the same, so it is built once and not for each answer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(self.admin):
            response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined]  # what csp.decorators.csp_replace sets
        elif not settings.DEBUG:  # Django's debug pages have none
            response.setdefault(HEADER, self.readers)
            return response
        return super().process_response(request, response)

    @cached_property
    def admin(self) -> str:
        return reverse("admin:index")

    @cached_property
    def readers(self) -> str:
        return build_policy()
