"""The definition of the API as OpenAPI 3.0. Pure: no Django."""


def definition(server: str, collections: list[str]) -> dict:
    """`server`: the address of the landing page; `collections`: the names that this client may ask for."""
    name = {"name": "collection", "in": "path", "required": True, "schema": {"type": "string", "enum": collections}}
    number = {"name": "feature", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "i-Map: OGC API Features", "version": "1.0", "description": "Lines are schematic."},
        "servers": [{"url": server.rstrip("/")}],
        "paths": {
            "/": _get("The landing page", "application/json"),
            "/conformance": _get("What the API conforms to", "application/json"),
            "/collections": _get("The collections", "application/json"),
            "/collections/{collection}": _get("One collection", "application/json", name),
            "/collections/{collection}/items": _get("Its features", "application/geo+json", name, *QUERY),
            "/collections/{collection}/items/{feature}": _get("One feature", "application/geo+json", name, number),
        },
    }


QUERY = (
    {
        "name": "bbox",
        "in": "query",
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
    },
    {"name": "datetime", "in": "query", "schema": {"type": "string"}},
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}},
    {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
)


def _get(summary: str, kind: str, *parameters: dict) -> dict:
    answer = {"description": summary, "content": {kind: {"schema": {"type": "object"}}}}
    problem = {"description": "What is wrong with the request"}
    return {"get": {"summary": summary, "parameters": list(parameters), "responses": {"200": answer, "400": problem}}}
