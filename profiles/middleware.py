"""Answers for the public's pages before sessions and languages are looked at: most readers never sign in."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from access.viewer import ANYONE
from access.viewing import viewing
from profiles.pages import ReaderBytes, open_page
from profiles.standing import Address

LANGUAGES = "|".join(code for code, _ in settings.LANGUAGES)
PAGE = re.compile(rf"/({LANGUAGES})/maps/([a-z0-9-]+)/([a-z0-9-]+)/([a-z0-9-]+)/(?:([a-z0-9-]+)/)?")


class OpenProfiles:
    """A reader without a session asks for a section: one query, and bytes that are kept. All others go on inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = PAGE.fullmatch(request.path_info)
        if page and request.method in ("GET", "HEAD") and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            request.get_host()  # refuses names that are not ours, as CommonMiddleware does further inside
            language, dialogue, theme, slug, section = page.groups()
            with translation.override(language), viewing(ANYONE):
                corner = render_to_string("account_corner.html", {"path": request.path})
                own = ReaderBytes((corner, ""), "")
                response = open_page(request, Address(dialogue, theme, slug), section or "", own)
            if response is not None:
                response["Content-Language"] = language
                return response
        return self.get_response(request)
