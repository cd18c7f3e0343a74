"""Middleware that answers for layer files from the cache; a map fetches them in its first view and later.

What has to be looked up or made is for the view.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from access.viewer import ANYONE, Viewer
from accounts.requests import ReaderRequest
from routes.layer_responses import LayerAddress, cached_layer_response, note_layers, unchanged_layers_at
from routes.layers import ZOOMS, LayerFile

LANGUAGES = "|".join(code for code, _ in settings.LANGUAGES)
LAYER = re.compile(
    rf"/({LANGUAGES})/maps/([a-z0-9-]+)/routes/(editions|proofs)/([0-9]{{4}})/([0-9]{{1,4}})/layers-([0-9])\.geojson"
)


@dataclass(frozen=True)
class LayerRequest:
    """The file that a request is for."""

    language: str
    address: LayerAddress
    zoom: int

    @classmethod
    def by(cls, request: HttpRequest) -> "LayerRequest | None":
        path = LAYER.fullmatch(request.path_info) if request.method in ("GET", "HEAD") else None
        if path is None or int(path[6]) not in ZOOMS:
            return None
        language, dialogue, kind, year, number, zoom = path.groups()
        return cls(language, LayerAddress(dialogue, int(year), int(number), kind == "proofs"), int(zoom))

    def file_for(self, viewer: Viewer) -> LayerFile | None:
        sight = unchanged_layers_at(viewer, self.address)
        return LayerFile(sight, self.zoom) if sight else None


class PublicLayerCacheMiddleware:
    """A reader without a session asks: answered before sessions and languages are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = LayerRequest.by(request)
        if wanted and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            request.get_host()  # refuses names that are not ours, as CommonMiddleware does further inside
            with translation.override(wanted.language):
                file = wanted.file_for(ANYONE)
                response = cached_layer_response(request, file) if file else None
            if response is not None:
                response["Content-Language"] = wanted.language
                return response
        return self.get_response(request)


class LayerCacheMiddleware:
    """Someone signed in asks: rights and edition in one question, and bytes that are kept."""

    def __init__(self, get_response: Callable[[ReaderRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: ReaderRequest) -> HttpResponse:
        if (
            request.user.is_authenticated
            and (wanted := LayerRequest.by(request))
            and (file := wanted.file_for(request.viewer))
        ):
            response = cached_layer_response(request, file)
            if response is not None:
                note_layers(request, wanted.address.dialogue, file.sight)
                return response
        return self.get_response(request)
