"""The page of a section: shared bytes kept by what the viewer may see, with the reader's own few bytes in their gaps."""

from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.http import parse_etags
from django.utils.translation import get_language

from access.viewer import ANYONE, Viewer
from accounts.audiences import preset_of, who_can_read
from accounts.frame import frame
from profiles.reading import PublishedSection, Reading, read
from profiles.shelf import GAP, SharedPage, kept
from profiles.standing import Address, Standing, standing_of

OPEN_PAGE = "public, max-age=0, must-revalidate"
ONE_VISITORS_PAGE = "private, max-age=0, must-revalidate"
VARIES = "Cookie, Accept-Encoding"


class NoSuchSection(Exception):
    """The outline has no section of that name."""


@dataclass(frozen=True)
class ReaderBytes:
    """What is a reader's own on the page, in the order of the gaps, and a mark that changes when it does."""

    fragments: tuple[str, ...]
    mark: str


def section_response(
    request: HttpRequest, viewer: Viewer, standing: Standing, section: str, own: ReaderBytes
) -> HttpResponse:
    """The page, gzipped for those who take it, or 304. Raises NoSuchSection."""
    key = f"section:{get_language()}:{standing.fingerprint}:{section}:{settings.PAGE_GENERATION}"
    etag = f'W/"{sha256((key + own.mark).encode()).hexdigest()[:24]}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        page = kept(
            key,
            lambda: _render(request.path, viewer, standing, section),
            is_still_true=lambda: _is_unchanged(viewer, standing),
        )
        response = _filled(request, page, own)
    response["ETag"] = etag
    response["Vary"] = VARIES
    if viewer is ANYONE:
        # The answer to an ended session takes its cookie away: that is one visitor's own.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        response["Cache-Control"] = ONE_VISITORS_PAGE if has_session else OPEN_PAGE
    return response


def _is_unchanged(viewer: Viewer, standing: Standing) -> bool:
    """Whether nothing changed while the page was read: else a row just widened would be kept under an older key."""
    now = standing_of(viewer, standing.address)
    return now is not None and now.fingerprint == standing.fingerprint


def _filled(request: HttpRequest, page: SharedPage, own: ReaderBytes) -> HttpResponse:
    fragments = [fragment.encode() for fragment in own.fragments]
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(page.joined(fragments))
    response = HttpResponse(page.gzipped(fragments))
    response["Content-Encoding"] = "gzip"
    return response


def _render(path: str, viewer: Viewer, standing: Standing, section: str) -> str:
    reading = read(standing, viewer)
    shown = reading.section(section) if section else reading.first
    if shown is None:
        raise NoSuchSection
    gaps = {"account_corner": GAP, "since_last_visit": GAP}
    return render_to_string(
        "profiles/section.html",
        frame(path) | page_context(reading, shown) | gaps | {"section": shown, "is_opening": not section},
    )


def page_context(reading: Reading, section: PublishedSection | None = None) -> dict[str, object]:
    """What every page of a profile shows round its texts; the badge is that of the section, where only one is shown."""
    audience = list(section.audience if section and section.is_collected else reading.standing.audience)
    return {
        "reading": reading,
        "standing": reading.standing,
        "tier": preset_of(audience),
        "who_can_read": who_can_read(audience),
    }


def open_page(request: HttpRequest, address: Address, section: str, own: ReaderBytes) -> HttpResponse | None:
    """The page as anyone may read it; None when anyone may not, or there is none."""
    standing = standing_of(ANYONE, address)
    try:
        return section_response(request, ANYONE, standing, section, own) if standing else None
    except NoSuchSection:
        return None
