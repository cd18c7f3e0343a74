"""Addresses under /maps/<dialogue>/routes/. `imap.urls` says how to find what readers may open about a subject."""

from django.urls import URLPattern, path

from routes import views

AT = "<int:year>/<int:number>/"


def urls(links: views.LinksOf) -> list[URLPattern]:
    wired = {"links": links}
    return [
        path("", views.routes, wired, name="routes"),
        path("editions/<int:year>/", views.routes, wired, name="route_edition"),
        path(f"editions/{AT}", views.routes, wired, name="route_edition_number"),
        path(f"editions/{AT}layers-<int:zoom>.geojson", views.layers, name="route_layers"),
        path(f"editions/{AT}routes.<str:ending>", views.export, name="route_export"),
        path(f"editions/{AT}map-<int:shown_year>-<slug:paper>.<slug:ending>", views.sheet, name="route_sheet"),
        path(f"proofs/{AT}", views.proof, wired, name="route_proof"),
        path(f"proofs/{AT}layers-<int:zoom>.geojson", views.layers, {"is_proof": True}, name="route_proof_layers"),
        path("stories/<slug:slug>/", views.story, wired, name="route_story"),
        path("of/<slug:kind>/<slug:slug>/", views.subject, wired, name="routes_of"),
    ]
