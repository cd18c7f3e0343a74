"""Responses for layer files: parses the address, finds what the reader may see, and sends bytes with headers."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from access.viewer import ANYONE, Viewer
from access.viewing import asked_as
from access.visibility import sees, sees_dialogue, tokens_of
from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from atlas.change_counters import MARK, CachedLookup, mark_now, mark_of_the_public, today
from routes.layers import LayerFile, VisibleLayers, visible_layers_of
from routes.reading import edition_at, proof_at

STILL = f"SELECT {MARK} FROM routes_mapedition e WHERE e.id = %(edition)s AND {sees('e')} AND {sees_dialogue('e')}"
REMEMBERED = 2000  # sights; about 1 KB each


@dataclass(frozen=True)
class LayerAddress:
    dialogue: str
    year: int
    number: int
    is_proof: bool = False


_remembered: CachedLookup[VisibleLayers] = CachedLookup(REMEMBERED)


def visible_layers_at(viewer: Viewer, address: LayerAddress) -> VisibleLayers | None:
    """What the viewer sees at an address; None where there is no map for them. To be asked inside `viewing(viewer)`."""
    mark = mark_now()  # first: what changes meanwhile makes it stale
    find = proof_at if address.is_proof else edition_at
    edition = find(viewer, address.dialogue, address.year, address.number)
    if edition is None:
        return None
    sight = visible_layers_of(edition, viewer)
    _remembered.keep((viewer, address), mark, sight)
    return sight


def unchanged_layers_at(viewer: Viewer, address: LayerAddress) -> VisibleLayers | None:
    """The same in one round trip outside `viewing`; None when this process does not know it or anything changed.

    It is asked for what is not known too: what was narrowed a moment ago answers like what has never been there.
    """
    known, sight = _remembered.get((viewer, address))
    if viewer == ANYONE:
        mark = mark_of_the_public()
    else:
        edition = sight.edition_id if sight else 0
        mark = asked_as(viewer, STILL, tokens_of(viewer) | {"today": today(), "edition": edition})
    return sight if known is not None and known == mark else None


def forget_visible_layers() -> None:
    """For those who change databases: the next sight is looked up."""
    _remembered.forget()


def note_layers(request: ReaderRequest, dialogue: str, sight: VisibleLayers) -> None:
    """A line of the log, where something is handed out that not everyone may read."""
    if sight.is_restricted:
        log_action(Action.READ, request.user, dialogue=dialogue, objects=[f"{sight.log_name} layers"])


def layer_response(request: HttpRequest, file: LayerFile) -> HttpResponse:
    """The file in an encoding that the client takes, or the word that it has it already."""
    return _unchanged(request, file) or _answer(request, file, file.encoded(_encoding_for(request)))


def cached_layer_response(request: HttpRequest, file: LayerFile) -> HttpResponse | None:
    """The same; None when the file would have to be made."""
    if (unchanged := _unchanged(request, file)) is not None:
        return unchanged
    kept = file.kept(_encoding_for(request))
    return None if kept is None else _answer(request, file, kept)


def _encoding_for(request: HttpRequest) -> str:
    accepted = request.headers.get("Accept-Encoding", "")
    return next((name for name in ("br", "gzip") if name in accepted), "")


def _unchanged(request: HttpRequest, file: LayerFile) -> HttpResponse | None:
    if file.etag not in parse_etags(request.headers.get("If-None-Match", "")):
        return None
    return _with_headers(request, HttpResponseNotModified(), file)


def _answer(request: HttpRequest, file: LayerFile, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/geo+json")
    if encoding := _encoding_for(request):
        response["Content-Encoding"] = encoding
    return _with_headers(request, response, file)


def _with_headers(request: HttpRequest, response: HttpResponse, file: LayerFile) -> HttpResponse:
    response["ETag"] = file.etag
    response["Vary"] = "Cookie, Accept-Encoding"
    if file.sight.viewer == ANYONE and settings.SESSION_COOKIE_NAME not in request.COOKIES:
        response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response
