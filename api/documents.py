"""The documents of OGC API - Features - Part 1: Core (OGC 17-069r4, version 1.0.1) other than the items.

Each function gives the content of a JSON document. `at`: makes an absolute address of a path below /api/ogc/.
"""

from collections.abc import Callable, Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from api.collections import Collection, ItemPage
from api.openapi import GEOJSON, JSON, OPENAPI
from api.parameters import CRS84, ItemQuery
from routes.exports.geojson import as_feature
from routes.exports.notice import notice_of
from routes.models import MapFeature

At = Callable[[str], str]

CONFORMANCE = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "oas30", "geojson")
]


def _link(href: str, rel: str, kind: str, title: str = "") -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind} | ({"title": title} if title else {})


def landing_page(at: At) -> dict:
    return {
        "title": _("i-Map: maps of routes"),
        "description": _(
            "Segments and stops of the published maps, as far as you may see them. "
            "A personal token opens what you may read: in the header “Authorization” after “Bearer”, or as the password "
            "of HTTP Basic, as QGIS sends it."
        ),
        "links": [
            _link(at(""), "self", JSON),
            _link(at("api"), "service-desc", OPENAPI, "OpenAPI 3.0"),
            _link(at("conformance"), "conformance", JSON),
            _link(at("collections"), "data", JSON),
        ],
    }


def conformance() -> dict:
    return {"conformsTo": CONFORMANCE}


def collections(seen: Iterable[Collection], at: At) -> dict:
    return {
        "links": [_link(at("collections"), "self", JSON)],
        "collections": [collection(one, at) for one in seen],
    }


def collection(one: Collection, at: At) -> dict:
    """Its extent is of what the reader sees of it, over the years that the map runs through."""
    edition, here = one.edition, f"collections/{one.id}"
    notice = notice_of(edition, one.sources)
    years = [f"{edition.first_year}-01-01T00:00:00Z", f"{edition.last_year}-12-31T23:59:59Z"]
    extent: dict = {"temporal": {"interval": [years]}}
    if one.box:
        extent["spatial"] = {"bbox": [one.box], "crs": CRS84}
    return {
        "id": one.id,
        "title": one.title,
        "description": notice.as_text(),
        "attribution": notice.citation,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "links": [
            _link(at(here), "self", JSON),
            _link(at(f"{here}/items"), "items", GEOJSON, one.title),
            _link(notice.address, "about", "text/html", notice.title),
        ],
    }


def items(one: Collection, asked: ItemQuery, page: ItemPage, at: At) -> dict:
    def address(asked: ItemQuery) -> str:
        return at(f"collections/{one.id}/items") + (f"?{asked.query}" if asked.query else "")

    links = [_link(address(asked), "self", GEOJSON), _link(at(f"collections/{one.id}"), "collection", JSON)]
    following = asked.offset + asked.limit
    if following < page.matched:
        links.append(_link(address(asked.at(following)), "next", GEOJSON))
    if asked.offset:
        links.append(_link(address(asked.at(max(0, asked.offset - asked.limit))), "prev", GEOJSON))
    return {
        "type": "FeatureCollection",
        "timeStamp": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}",
        "numberMatched": page.matched,
        "numberReturned": len(page.items),
        "links": links,
        "features": [as_feature(row) for row in page.items],
    }


def item(one: Collection, row: MapFeature, at: At) -> dict:
    here = f"collections/{one.id}"
    feature = as_feature(row)
    links = [
        _link(at(f"{here}/items/{feature['id']}"), "self", GEOJSON),
        _link(at(here), "collection", JSON),
    ]
    return feature | {"links": links}


def exception(status: int, why: str) -> dict:
    """What the standard calls an exception: its code is that of HTTP."""
    return {"code": str(status), "description": why}
