"""URLs of profiles and countries. `imap.urls` says what other rooms show about a country."""

from collections.abc import Sequence

from django.urls import URLPattern, path

from profiles import views


def urls(of_country: Sequence[views.Fragment]) -> list[URLPattern]:
    return [
        path("maps/", views.maps, name="maps"),
        path("maps/<slug:dialogue>/", views.dialogue, name="dialogue"),
        path("maps/<slug:dialogue>/<slug:theme>/", views.theme, name="theme"),
        path("maps/<slug:dialogue>/<slug:theme>/across/<slug:section>/", views.across, name="across"),
        path("maps/<slug:dialogue>/<slug:theme>/<slug:slug>/", views.section, name="profile"),
        path("maps/<slug:dialogue>/<slug:theme>/<slug:slug>/print/", views.whole, name="whole"),
        path("maps/<slug:dialogue>/<slug:theme>/<slug:slug>/editions/<int:number>/", views.edition, name="edition"),
        path("maps/<slug:dialogue>/<slug:theme>/<slug:slug>/<slug:section>/", views.section, name="section"),
        path("countries/", views.countries, name="countries"),
        path("countries/<slug:slug>/", views.country, {"fragments": of_country}, name="country"),
    ]
