"""A frozen view of a public map, for a page of another site: /embed/<key>/.

Whoever asks, it is shown as to everyone: neither a cookie nor a parameter of the address changes what is in it.
"""

from collections.abc import Callable
from functools import wraps

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from access.viewer import ANYONE
from access.viewing import viewing
from accounts.requests import ReaderRequest
from routes.embeds.keys import embed_with
from routes.filter_forms import RouteFilterForm
from routes.layer_responses import layer_response
from routes.layers import ZOOMS, LayerFile, visible_layers_of
from routes.models import Embed
from routes.page import map_content, names_of_nationalities
from routes.reading import as_shown, read
from routes.twin import segments_by_route
from routes.views import drawn_map


def shown_to_everyone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Finds the view that the key opens, and answers in its language, as the public reads, to its sites alone."""

    @require_safe
    @xframe_options_exempt
    @wraps(view)
    def answer(request: ReaderRequest, key: str, **named) -> HttpResponse:
        with viewing(ANYONE):
            embed = embed_with(key, ANYONE)
            if embed is None:
                raise Http404
            with translation.override(embed.language):
                response = view(request, embed, key=key, **named)
        response[HEADER] = build_policy(replace={"frame-ancestors": embed.origins.split()})
        response["Cache-Control"] = "private, no-cache"  # asked for each time, so that a revoked key opens nothing
        return response

    return answer


@shown_to_everyone
def embedded(request: ReaderRequest, embed: Embed, key: str) -> HttpResponse:
    """The map in one year, its figures as known on the day on which the embed was made."""
    edition = as_shown(embed.edition, ANYONE)
    shown = read(edition, ANYONE, timezone.localdate(embed.made_at))
    names = names_of_nationalities(shown.areas, ANYONE)
    layers = {zoom: reverse("embed_layers", args=[key, zoom]) for zoom in ZOOMS}
    content = map_content(shown, ANYONE, {}, layers, names) | {"years": [embed.year, embed.year]}
    context = {
        "embed": embed,
        "edition": edition,
        "dialogue": edition.dialogue,
        "routes": shown.routes,
        "filter_form": RouteFilterForm(shown.routes),
        "map": drawn_map(shown, ANYONE),
        "content": content,
        "segments": segments_by_route(shown),
    }
    return render(request, "routes/embed.html", context)


@shown_to_everyone
def embedded_layers(request: ReaderRequest, embed: Embed, key: str, zoom: int) -> HttpResponse:
    """The lines of the view, at an address of its own: the reader's pages would show a signed-in person more."""
    if zoom not in ZOOMS:
        raise Http404
    return layer_response(request, LayerFile(visible_layers_of(embed.edition, ANYONE), zoom))
