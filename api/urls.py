"""URLs under /api/. They have no language prefix, since answers hold texts in all languages."""

from django.urls import path

from api import ogc

urlpatterns = [
    path("ogc/", ogc.landing, name="ogc"),
    path("ogc/api", ogc.api_definition, name="ogc_definition"),
    path("ogc/conformance", ogc.conformance, name="ogc_conformance"),
    path("ogc/collections", ogc.collections, name="ogc_collections"),
    path("ogc/collections/<slug:name>", ogc.collection, name="ogc_collection"),
    path("ogc/collections/<slug:name>/items", ogc.items, name="ogc_items"),
    path("ogc/collections/<slug:name>/items/<int:number>", ogc.item, name="ogc_item"),
]
