"""Readers' pages of route maps."""

from collections.abc import Callable, Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.viewer import Viewer
from accounts.requests import ReaderRequest
from atlas.mapping import map_of
from routes.page import map_content, places_on, segments_by_route, years_of
from routes.reading import editions_of, route_map

# (kind, slug) of a subject → the address of what this viewer may open about it. The profiles' room knows; imap wires it.
Links = Callable[[Viewer, str], Mapping[tuple[str, str], str]]


@require_safe
def routes(request: ReaderRequest, dialogue: str, links: Links, year: int | None = None) -> HttpResponse:
    """The routes through the years of a map: drawn by static/js/routes.js, and the same in text and tables."""
    shown = route_map(request.viewer, dialogue, year)
    if shown is None:
        raise Http404
    readable = links(request.viewer, dialogue)
    content = map_content(shown, request.viewer, readable)
    drawn = map_of(shown.dialogue, {}, [])
    if drawn:
        drawn["content"]["places"] = places_on(content["stops"])
    context = {
        "edition": shown.edition,
        "dialogue": shown.dialogue,
        "routes": shown.routes,
        "map": drawn,
        "content": content,
        "nationalities": sorted(content["nationalities"].items(), key=lambda item: item[1]),
        "years": years_of(shown),
        "segments": segments_by_route(shown),
        "areas": shown.areas_without_a_route,
        "editions": editions_of(request.viewer, dialogue),
    }
    return render(request, "routes/routes.html", context)
