"""The page of a section: cached bytes shared by all who see the same, with the reader's own fragments in their gaps."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.http import parse_etags
from django.utils.translation import get_language

from access.viewer import ANYONE, Viewer
from accounts.audiences.presets import preset_of, who_can_read
from accounts.page_header import frame
from profiles.page_cache import GAP, SharedPage, cached, cached_in_process
from profiles.reading import ProfileContent, PublishedSection, read
from profiles.visible_edition import VisibleEdition, is_unchanged

OPEN_PAGE = "public, max-age=0, must-revalidate"
ONE_VISITORS_PAGE = "private, max-age=0, must-revalidate"
VARIES = "Cookie, Accept-Encoding"


class NoSuchSection(Exception):
    """The outline has no section of that name."""


@dataclass(frozen=True)
class ReaderBytes:
    """What is a reader's own on the page: a mark that changes when it does, and its fragments in the order of the gaps.

    The fragments are made when they are wanted: not for a 304.
    """

    mark: str
    fragments: Callable[[], tuple[str, ...]]


@dataclass(frozen=True)
class SectionPage:
    """A section as one reader is about to get it, in the active language; `section` is empty for the profile's opening."""

    request: HttpRequest
    viewer: Viewer
    standing: VisibleEdition
    section: str
    own: ReaderBytes

    def response(self) -> HttpResponse:
        """The page, gzipped for those who take it, or 304. Raises NoSuchSection."""
        return self._answer(cached(self._key, self._render, self._is_still_true))

    def response_at_hand(self) -> HttpResponse | None:
        """The same without a question to the database, or None when it takes one."""
        page = cached_in_process(self._key)
        return self._answer(page) if page else None

    @cached_property
    def _key(self) -> str:
        """All that the shared bytes depend on. It counts what readers may not see, too, and so it stays inside."""
        return f"section:{get_language()}:{self.standing.fingerprint}:{self.section}:{settings.PAGE_GENERATION}"

    def _etag_of(self, page: SharedPage) -> str:
        """ETag from the bytes, so that changes which are not shown leave it as it was."""
        return f'W/"{sha256((page.digest + self.own.mark).encode()).hexdigest()[:24]}"'

    def _answer(self, page: SharedPage) -> HttpResponse:
        etag = self._etag_of(page)
        is_known = etag in parse_etags(self.request.META.get("HTTP_IF_NONE_MATCH", ""))
        return self._with_headers(HttpResponseNotModified() if is_known else self._filled(page), etag)

    def _filled(self, page: SharedPage) -> HttpResponse:
        fragments = [fragment.encode() for fragment in self.own.fragments()]
        if "gzip" not in self.request.META.get("HTTP_ACCEPT_ENCODING", ""):
            return HttpResponse(page.joined(fragments))
        response = HttpResponse(page.gzipped(fragments))
        response["Content-Encoding"] = "gzip"
        return response

    def _with_headers(self, response: HttpResponse, etag: str) -> HttpResponse:
        response["ETag"] = etag
        response["Vary"] = VARIES
        if self.viewer is ANYONE:
            # The answer to an ended session takes its cookie away: that is one visitor's own.
            has_session = settings.SESSION_COOKIE_NAME in self.request.COOKIES
            response["Cache-Control"] = ONE_VISITORS_PAGE if has_session else OPEN_PAGE
        return response

    def _is_still_true(self) -> bool:
        """Whether nothing changed while the page was read: else a row just widened would be kept under an older key."""
        return is_unchanged(self.viewer, self.standing)

    def _render(self) -> str:
        reading = read(self.standing, self.viewer)
        shown = reading.section(self.section) if self.section else reading.first
        if shown is None:
            raise NoSuchSection
        gaps = {"account_corner": GAP, "since_last_visit": GAP}
        context = page_context(reading, shown) | gaps | {"section": shown, "is_opening": not self.section}
        return render_to_string("profiles/section.html", frame(self.request.path) | context)


def page_context(reading: ProfileContent, section: PublishedSection | None = None) -> dict[str, object]:
    """What every page of a profile shows round its texts; the badge is that of the section, where only one is shown."""
    audience = list(section.audience if section and section.is_collected else reading.standing.audience)
    return {
        "reading": reading,
        "standing": reading.standing,
        "tier": preset_of(audience),
        "who_can_read": who_can_read(audience),
        "page_readers": reading.standing.audience,
    }
