from django.urls import include, path, register_converter

from newscentre import views
from newscentre.links.views import links


class ArticleNumber:
    """A number that the database can hold."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int | str) -> str:
        return str(value)


register_converter(ArticleNumber, "article_number")

urlpatterns = [
    path("news/", views.news, name="news"),
    path("news/<article_number:pk>/", views.article, name="article"),
    path("calendar/", include("newscentre.calendar.urls")),
    path("links/", links, name="links"),
]
