"""Readers' pages of route maps."""

from collections.abc import Callable, Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.viewer import Viewer
from accounts.requests import ReaderRequest
from atlas.basemaps import basemap_for
from routes.page import map_content, words_of_the_map, years_of
from routes.reading import editions_of, route_map

# (kind, slug) of a subject → the address of what this viewer may open about it. The profiles' room knows; imap wires it.
Links = Callable[[Viewer, str], Mapping[tuple[str, str], str]]


@require_safe
def routes(request: ReaderRequest, dialogue: str, links: Links, year: int | None = None) -> HttpResponse:
    """The routes through the years of a map: drawn by static/js/routes.js, and the same in text and tables."""
    shown = route_map(request.viewer, dialogue, year)
    if shown is None:
        raise Http404
    basemap = basemap_for(shown.dialogue)
    context = {
        "map": shown,
        "dialogue": shown.dialogue,
        "editions": editions_of(request.viewer, dialogue),
        "is_earlier": year is not None,
        "basemap": basemap,
        "content": map_content(shown, request.viewer, links(request.viewer, dialogue)) | {"words": words_of_the_map()},
        "years": years_of(shown),
    }
    return render(request, "routes/routes.html", context)
