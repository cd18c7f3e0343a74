from django.urls import include, path, register_converter

from newscentre import views
from newscentre.articles import fragments, syndication
from newscentre.links.views import links
from newscentre.reviews import views as reviews
from newscentre.subscriptions import views as watching


class ArticleNumber:
    """A number that the database can hold."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int | str) -> str:
        return str(value)


class FeedKind:
    """URL converter for the formats of news feeds."""

    regex = "|".join(syndication.KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Month:
    """2026-11."""

    regex = "20[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Month, "month_of_review")
register_converter(FeedKind, "feed_kind")
register_converter(ArticleNumber, "article_number")

urlpatterns = [
    path("news/", views.news, name="news"),
    path("news/<feed_kind:kind>/", syndication.feed, name="news_feed"),
    path("news/reviews/", reviews.reviews, name="reviews"),
    path("news/reviews/<slug:dialogue>/<month_of_review:month>/", reviews.review, name="review"),
    path("news/reviews/<slug:dialogue>/<month_of_review:month>/review.pdf", reviews.review_pdf, name="review_pdf"),
    path("news/searches/", watching.watches, name="watches"),
    path("news/searches/keep/", watching.keep, name="keep_watch"),
    path("news/searches/<article_number:pk>/remove/", watching.remove, name="remove_watch"),
    path("news/digest/stop/<slug:key>/", watching.stop, name="stop_digest"),
    path("news/of/<slug:slug>/", fragments.news_of, name="news_of"),
    path("news/<article_number:number>/", views.article, name="article"),
    path("calendar/", include("newscentre.calendar.urls")),
    path("links/", links, name="links"),
]
