"""OGC API – Features – Part 1: Core (OGC 17-069r4), with GeoJSON, so that QGIS and GDAL read the maps.

Who is looking is said by a personal token; below /api/ a cookie says nothing (`accounts.middleware.Machines`).
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access import tokens
from access.viewer import Viewer
from accounts.log import note
from accounts.models import Action
from accounts.requests import ReaderRequest
from api.collections import Collection, collection_of, collections_of, matching
from api.openapi import definition
from api.parameters import Wanted, WrongParameter, read
from atlas.addresses import on_the_portal
from routes.geojson import as_feature
from routes.models import MapFeature

JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONFORMS_TO = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
Links = list[dict[str, str]]


def _note(request: ReaderRequest, collection: Collection, features: Iterable[MapFeature]) -> None:
    """A line of the log, where something is given that not everyone may read."""
    edition = collection.edition
    if any(tokens.PUBLIC not in audience for audience in (edition.audience, *(row.audience for row in features))):
        words = f"{edition.log_name} {collection.id}"
        note(Action.EXPORTED, request.user, dialogue=edition.dialogue_id, objects=[words])


def answers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A wrong parameter is answered with what is wrong, in the words of the standard."""

    @wraps(view)
    def answering(request: ReaderRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            response = view(request, *arguments, **named)
        except WrongParameter as error:
            response = _exception(400, "InvalidParameterValue", str(error))
        return response

    return require_safe(answering)


def _exception(status: int, code: str, description: str) -> JsonResponse:
    return JsonResponse({"code": code, "description": description}, status=status)


def _missing() -> JsonResponse:
    return _exception(404, "NotFound", "There is nothing at this address.")


def _link(relation: str, kind: str, path: str, title: str = "") -> dict[str, str]:
    link = {"rel": relation, "type": kind, "href": on_the_portal(path)}
    return link | {"title": title} if title else link


@answers
def landing(request: ReaderRequest) -> HttpResponse:
    read(request.GET.dict())
    links = [
        _link("self", JSON, reverse("ogc")),
        _link("service-desc", OPENAPI, reverse("ogc_definition"), "The API's definition"),
        _link("conformance", JSON, reverse("ogc_conformance"), "What it conforms to"),
        _link("data", JSON, reverse("ogc_collections"), "The collections"),
    ]
    description = "Migration routes as the regional i-Maps published them. Lines are schematic."
    return JsonResponse({"title": "i-Map", "description": description, "links": links})


@answers
def conformance(request: ReaderRequest) -> HttpResponse:
    read(request.GET.dict())
    return JsonResponse({"conformsTo": CONFORMS_TO})


@answers
def api_definition(request: ReaderRequest) -> HttpResponse:
    names = [row.id for row in collections_of(request.viewer)]
    return JsonResponse(definition(on_the_portal(reverse("ogc")), names), content_type=OPENAPI)


@answers
def collections(request: ReaderRequest) -> HttpResponse:
    read(request.GET.dict())
    viewer = request.viewer
    rows = [_described(row, viewer) for row in collections_of(viewer)]
    return JsonResponse({"links": [_link("self", JSON, reverse("ogc_collections"))], "collections": rows})


@answers
def collection(request: ReaderRequest, name: str) -> HttpResponse:
    read(request.GET.dict())
    viewer = request.viewer
    found = collection_of(viewer, name)
    return JsonResponse(_described(found, viewer)) if found else _missing()


def _described(row: Collection, viewer: Viewer) -> dict:
    links = [
        _link("self", JSON, reverse("ogc_collection", args=[row.id])),
        _link("items", GEOJSON, reverse("ogc_items", args=[row.id]), row.title),
    ]
    extent = row.extent(viewer)
    return {"id": row.id, "title": row.title, "itemType": "feature", "extent": extent, "links": links}


@answers
def items(request: ReaderRequest, name: str) -> HttpResponse:
    wanted, viewer = read(request.GET.dict()), request.viewer
    found = collection_of(viewer, name)
    if found is None:
        return _missing()
    features = matching(found.features(viewer), wanted)
    number = features.count()
    rows = list(features[wanted.offset : wanted.offset + wanted.limit])
    _note(request, found, rows)
    page = [as_feature(row) for row in rows]
    content = {
        "type": "FeatureCollection",
        "features": page,
        "numberMatched": number,
        "numberReturned": len(page),
        "timeStamp": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}",
        "links": _pages(request, name, wanted, number),
    }
    return JsonResponse(content, content_type=GEOJSON)


def _pages(request: ReaderRequest, name: str, wanted: Wanted, number: int) -> Links:
    def at(offset: int) -> str:
        held = request.GET.dict() | {"limit": wanted.limit, "offset": offset}
        return f"{reverse('ogc_items', args=[name])}?{urlencode(held)}"

    links = [
        _link("self", GEOJSON, at(wanted.offset)),
        _link("collection", JSON, reverse("ogc_collection", args=[name])),
    ]
    if wanted.offset + wanted.limit < number:
        links.append(_link("next", GEOJSON, at(wanted.offset + wanted.limit)))
    if wanted.offset:
        links.append(_link("prev", GEOJSON, at(max(0, wanted.offset - wanted.limit))))
    return links


@answers
def item(request: ReaderRequest, name: str, number: int) -> HttpResponse:
    read(request.GET.dict())
    viewer = request.viewer
    found = collection_of(viewer, name)
    key = f"{found.kind}_id" if found else ""
    row = found.features(viewer).filter(**{key: number}).first() if found and number < 2**63 else None
    if found is None or row is None:
        return _missing()
    _note(request, found, [row])
    links = [
        _link("self", GEOJSON, reverse("ogc_item", args=[name, number])),
        _link("collection", JSON, reverse("ogc_collection", args=[name])),
    ]
    return JsonResponse(as_feature(row) | {"links": links}, content_type=GEOJSON)
