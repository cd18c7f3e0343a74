"""The news as a reader sees them: one page of stories, newest first, each with who else tells it."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from access.viewer import Viewer
from atlas.models import Subject
from newscentre.filters import Filters, Place
from newscentre.models import Article, ArticleQuerySet, Category, Feed, Publisher

PER_PAGE = 20
MOST_TELLERS = 200  # other articles of a page's stories


@dataclass
class Told:
    """A story by its newest article that the reader may see; `also`: the others, newest first."""

    article: Article
    also: list[Article] = field(default_factory=list)


@dataclass(frozen=True)
class NewsPage:
    stories: list[Told]
    older: Place | None  # where the next page begins


def seen_by(viewer: Viewer) -> ArticleQuerySet:
    """Published articles that this viewer may see, with feed and publisher."""
    return Article.objects.visible_to(viewer).published().select_related("feed__publisher")


def news_page(viewer: Viewer, filters: Filters, place: Place | None, number: int = PER_PAGE) -> NewsPage:
    """Two questions, whatever the page. Only what the viewer sees and asked for tells a story."""
    return page_of(filters.apply(seen_by(viewer)), place, number)


def page_of(matching: ArticleQuerySet, place: Place | None, number: int) -> NewsPage:
    """The stories that these articles tell, so many, from this place on."""
    later = Q(published_at__gt=OuterRef("published_at")) | Q(
        published_at=OuterRef("published_at"), pk__gt=OuterRef("pk")
    )
    newest = matching.filter(~Exists(matching.filter(later, story=OuterRef("story"))))
    if place:
        newest = newest.before(place.published_at, place.pk)
    shown = list(newest.newest_first()[: number + 1])
    more, shown = len(shown) > number, shown[:number]
    others = _others(matching, shown)
    return NewsPage(
        [Told(article, others[article.story]) for article in shown], Place.after(shown[-1]) if more else None
    )


def _others(matching, shown: list[Article]) -> dict:
    others = defaultdict(list)
    if shown:
        same = matching.filter(story__in=[article.story for article in shown])
        for article in same.exclude(pk__in=[article.pk for article in shown]).newest_first()[:MOST_TELLERS]:
            others[article.story].append(article)
    return others


def also_told_by(article: Article, viewer: Viewer) -> list[Article]:
    """Other articles of the story that the viewer may see."""
    return list(seen_by(viewer).filter(story=article.story).exclude(pk=article.pk).newest_first()[:PER_PAGE])


def publishers_for(viewer: Viewer) -> list[Publisher]:
    """Those of feeds that the viewer may see."""
    feeds = Feed.objects.visible_to(viewer).values("publisher")
    return list(Publisher.objects.filter(pk__in=feeds))


def named_in(articles: list[Article]) -> tuple[dict[int, Subject], dict[str, Category]]:
    """Subjects by id and categories by slug, of these articles."""
    subjects = Subject.objects.in_bulk({pk for article in articles for pk in article.subjects})
    return subjects, Category.objects.in_bulk()
