"""Addresses under /library/. `imap.urls` says how to find which profiles a reader may open."""

from django.urls import URLPattern, path

from newscentre.library import views


def urls(profiles: views.ProfilesOf) -> list[URLPattern]:
    return [
        path("", views.library, name="library"),
        path("<article_number:number>/", views.publication, {"profiles": profiles}, name="publication"),
        path("files/<article_number:number>/", views.file, name="publication_file"),
        path("projects/<article_number:number>/", views.project, name="project"),
    ]
