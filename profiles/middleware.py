"""Middleware that answers for sections from the cache before anything else that pages need."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from access.viewer import ANYONE
from access.viewing import viewing
from accounts.requests import ReaderRequest
from atlas.addresses import RESERVED_WORDS
from profiles.pages import NoSuchSection, SectionPage
from profiles.read_log import note_section
from profiles.reader_fragments import anonymous_fragments, news_since, reader_fragments
from profiles.visible_edition import Address, unchanged_edition_of, visible_edition_of

LANGUAGES = "|".join(code for code, _ in settings.LANGUAGES)
PAGE = re.compile(rf"/({LANGUAGES})/maps/([a-z0-9-]+)/([a-z0-9-]+)/([a-z0-9-]+)/(?:([a-z0-9-]+)/)?")


@dataclass(frozen=True)
class SectionRequest:
    """The section that a request is for; an empty one for the profile's opening."""

    language: str
    address: Address
    section: str

    @classmethod
    def by(cls, request: HttpRequest) -> "SectionRequest | None":
        page = PAGE.fullmatch(request.path_info) if request.method in ("GET", "HEAD") else None
        if page is None:
            return None
        language, dialogue, theme, slug, section = page.groups()
        if not RESERVED_WORDS.isdisjoint((dialogue, theme, slug, section)):
            return None  # such as a profile's print, or a section read across
        return cls(language, Address(dialogue, theme, slug), section or "")


class PublicSectionCacheMiddleware:
    """A reader without a session asks for a section: answered before sessions and languages are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = SectionRequest.by(request)
        if wanted and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            request.get_host()  # refuses names that are not ours, as CommonMiddleware does further inside
            with translation.override(wanted.language):
                response = _kept_for_anyone(request, wanted) or _made_for_anyone(request, wanted)
            if response is not None:
                response["Content-Language"] = wanted.language
                return response
        return self.get_response(request)


def _kept_for_anyone(request: HttpRequest, wanted: SectionRequest) -> HttpResponse | None:
    standing = unchanged_edition_of(ANYONE, wanted.address)
    if standing is None:
        return None
    return SectionPage(request, ANYONE, standing, wanted.section, anonymous_fragments(request)).response_at_hand()


def _made_for_anyone(request: HttpRequest, wanted: SectionRequest) -> HttpResponse | None:
    """The public's page, or None if there is none for the public, which the views then say."""
    with viewing(ANYONE, only_reads=True):
        standing = visible_edition_of(ANYONE, wanted.address)
        if standing is None:
            return None
        try:
            return SectionPage(request, ANYONE, standing, wanted.section, anonymous_fragments(request)).response()
        except NoSuchSection:
            return None


class SectionCacheMiddleware:
    """Someone signed in comes again: rights and edition in one question, and bytes that are kept. Else further inside."""

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        if request.user.is_authenticated and (wanted := SectionRequest.by(request)):
            return _kept_for_reader(request, wanted) or self.get_response(request)
        return self.get_response(request)


def _kept_for_reader(request: ReaderRequest, wanted: SectionRequest) -> HttpResponse | None:
    standing = unchanged_edition_of(request.viewer, wanted.address)
    if standing is None or news_since(request, standing):
        return None
    own = reader_fragments(request, standing)
    response = SectionPage(request, request.viewer, standing, wanted.section, own).response_at_hand()
    if response is not None:
        note_section(request, standing, wanted.section)
    return response
