"""Views of OGC API Features at /api/ogc/, for QGIS, GDAL and other programs.

Nobody is signed in here by a cookie (`accounts.middleware.ApiTokenMiddleware`), so pages of every origin may read what is open.
They may not send a token: no answer allows their scripts the header.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from api import documents
from api.collections import Collection, collection_at, collections_seen, item_at, page_of, with_extent
from api.openapi import GEOJSON, JSON, OPENAPI, definition
from api.parameters import OF_OTHERS, InvalidParameter, item_query, single
from atlas.addresses import absolute_url
from routes.models import MapFeature
from routes.reading import is_restricted
from untrusted.characters import clean_deep

MISSING = "There is no such thing here, or it is not for you."


class Missing(Exception):
    """What is not there, or not for this reader: one answer for both."""


View = Callable[..., tuple[dict, str]]


def answered(view: View) -> Callable[..., HttpResponse]:
    """Makes the answer of a view's content and type; a wrong parameter is a 400 that says why."""

    @require_safe
    @wraps(view)
    def answer(request: ReaderRequest, **named) -> HttpResponse:
        try:
            content, kind = view(request, **named)
        except InvalidParameter as error:
            return _as_json(documents.exception(HTTPStatus.BAD_REQUEST, str(error)), JSON, HTTPStatus.BAD_REQUEST)
        except Missing:
            return _as_json(documents.exception(HTTPStatus.NOT_FOUND, MISSING), JSON, HTTPStatus.NOT_FOUND)
        return _as_json(content, kind)

    return answer


def _as_json(content: dict, kind: str, status: int = HTTPStatus.OK) -> HttpResponse:
    how = {"ensure_ascii": False, "separators": (",", ":")}
    response = JsonResponse(clean_deep(content), json_dumps_params=how, content_type=kind, status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Authorization"])
    return response


def _at(path: str) -> str:
    return absolute_url(reverse("ogc") + path)


def _plainly(request: HttpRequest) -> None:
    """Raises Refused where a document that takes no question was asked one."""
    single(dict(request.GET.lists()), OF_OTHERS)


def _note(request: ReaderRequest, shown: Collection, rows: Iterable[MapFeature]) -> None:
    """A line of the log, where something is handed out that not everyone may read."""
    edition = shown.edition
    if is_restricted(edition, rows):
        log_action(
            Action.EXPORTED, request.user, dialogue=edition.dialogue_id, objects=[f"{edition.log_name} {shown.id}"]
        )


@answered
def landing(request: ReaderRequest) -> tuple[dict, str]:
    _plainly(request)
    return documents.landing_page(_at), JSON


@answered
def api_definition(request: ReaderRequest) -> tuple[dict, str]:
    _plainly(request)
    return definition(_at("")), OPENAPI


@answered
def conformance(request: ReaderRequest) -> tuple[dict, str]:
    _plainly(request)
    return documents.conformance(), JSON


@answered
def collections(request: ReaderRequest) -> tuple[dict, str]:
    _plainly(request)
    return documents.collections(collections_seen(request.viewer), _at), JSON


@answered
def collection(request: ReaderRequest, name: str) -> tuple[dict, str]:
    _plainly(request)
    found = collection_at(request.viewer, name)
    if found is None:
        raise Missing
    return documents.collection(with_extent(found), _at), JSON


@answered
def items(request: ReaderRequest, name: str) -> tuple[dict, str]:
    asked = item_query(dict(request.GET.lists()))
    found = collection_at(request.viewer, name)
    if found is None:
        raise Missing
    page = page_of(found, asked)
    _note(request, found, page.items)
    return documents.items(found, asked, page, _at), GEOJSON


@answered
def item(request: ReaderRequest, name: str, number: int) -> tuple[dict, str]:
    _plainly(request)
    found = collection_at(request.viewer, name)
    row = item_at(found, number) if found else None
    if found is None or row is None:
        raise Missing
    _note(request, found, [row])
    return documents.item(found, row, _at), GEOJSON
