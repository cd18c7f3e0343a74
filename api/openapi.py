"""The OpenAPI 3.0 definition of the API. Pure: no Django. It is the same for everybody."""

from collections.abc import Iterable

from api.parameters import FARTHEST, FORMATS, LIMIT, MOST

JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def definition(server: str) -> dict:
    """`server`: the address of the landing page."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "i-Map: OGC API - Features", "version": "1.0.0", "description": _about()},
        "servers": [{"url": server.rstrip("/")}],
        "security": [{}, {"personalToken": []}],
        "paths": {
            "/": _get("getLandingPage", "Landing page", JSON, {}),
            "/api": _get("getApi", "This document", OPENAPI, {}),
            "/conformance": _get("getConformance", "Conformance classes", JSON, {"$ref": _schema("conformance")}),
            "/collections": _get("getCollections", "Collections that you may read", JSON, {}),
            "/collections/{collectionId}": _get(
                "getCollection", "One collection", JSON, {}, ["collectionId"], ["404"]
            ),
            "/collections/{collectionId}/items": _get(
                "getItems", "Items of a collection", GEOJSON, {"$ref": _schema("items")},
                ["collectionId", "bbox", "datetime", "limit", "offset"], ["404"],
            ),
            "/collections/{collectionId}/items/{itemId}": _get(
                "getItem", "One item", GEOJSON, {"$ref": _schema("item")}, ["collectionId", "itemId"], ["404"]
            ),
        },
        "components": {
            "securitySchemes": {"personalToken": {"type": "http", "scheme": "bearer"}},
            "parameters": _parameters(),
            "schemas": _schemas(),
            "responses": {
                status: {"description": why, "content": {JSON: {"schema": {"$ref": _schema("exception")}}}}
                for status, why in (("400", "A parameter is wrong"), ("404", "Missing, or not for this reader"))
            },
        },
    }  # fmt: skip


def _about() -> str:
    return (
        "Segments and stops of the published route maps. Without a token: what is open. With a personal token: what its "
        "person may read. What a reader may not see is missing."
    )


def _schema(name: str) -> str:
    return f"#/components/schemas/{name}"


def _get(name: str, summary: str, kind: str, schema: dict, parameters: Iterable[str] = (), errors=()) -> dict:
    responses = {"200": {"description": summary, "content": {kind: {"schema": schema}}}}
    responses |= {status: {"$ref": f"#/components/responses/{status}"} for status in ("400", *errors)}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [{"$ref": f"#/components/parameters/{word}"} for word in (*parameters, "f")],
            "responses": responses,
        }
    }


def _parameters() -> dict:
    number = {"type": "integer", "minimum": 0, "maximum": FARTHEST, "default": 0}
    box = {
        "type": "array", "items": {"type": "number"},
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    }  # fmt: skip
    return {
        "collectionId": _parameter("collectionId", "path", {"type": "string"}),
        "itemId": _parameter("itemId", "path", {"type": "integer"}),
        "bbox": _parameter("bbox", "query", box, style="form", explode=False),
        "datetime": _parameter("datetime", "query", {"type": "string"}, style="form", explode=False),
        "limit": _parameter("limit", "query", number | {"minimum": 1, "maximum": MOST, "default": LIMIT}),
        "offset": _parameter("offset", "query", number),
        "f": _parameter("f", "query", {"type": "string", "enum": list(FORMATS)}),
    }


def _parameter(name: str, where: str, schema: dict, **how) -> dict:
    return {"name": name, "in": where, "required": where == "path", "schema": schema, **how}


def _schemas() -> dict:
    text = {"type": "string", "nullable": True}
    return {
        "conformance": {
            "type": "object", "properties": {"conformsTo": {"type": "array", "items": {"type": "string"}}},
        },
        "exception": {
            "type": "object", "required": ["code"],
            "properties": {"code": {"type": "string"}, "description": {"type": "string"}},
        },
        "item": {
            "type": "object", "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": {"enum": ["Feature"]}, "id": {"type": "integer"}, "geometry": {"type": "object"},
                "properties": {"type": "object", "additionalProperties": text},
            },
        },
        "items": {
            "type": "object", "required": ["type", "features"],
            "properties": {
                "type": {"enum": ["FeatureCollection"]}, "numberMatched": {"type": "integer"},
                "numberReturned": {"type": "integer"},
                "features": {"type": "array", "items": {"$ref": _schema("item")}},
            },
        },
    }  # fmt: skip
