"""The news list as a reader sees it: a page of stories, newest first, each with its other versions."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from access.viewer import Viewer
from atlas.models import Subject
from newscentre.articles.filters import Filters, Place
from newscentre.articles.lead import in_reading_order
from newscentre.models import Article, ArticleQuerySet, Category, Feed, Publisher

PER_PAGE = 20
MOST_TELLERS = 200  # other articles of a page's stories


@dataclass
class StoryRow:
    """A story by the article that leads in the reader's language; `also`: the others in their order. Newest story first."""

    article: Article
    also: list[Article] = field(default_factory=list)


@dataclass(frozen=True)
class NewsPage:
    stories: list[StoryRow]
    older: Place | None  # where the next page begins


def seen_by(viewer: Viewer) -> ArticleQuerySet:
    """Published articles that this viewer may see, with feed and publisher."""
    return Article.objects.visible_to(viewer).published().select_related("feed__publisher")


def news_page(viewer: Viewer, filters: Filters, place: Place | None, number: int = PER_PAGE) -> NewsPage:
    """Two questions, whatever the page. Only what the viewer sees and asked for tells a story."""
    return page_of(filters.apply(seen_by(viewer), viewer), place, number)


def page_of(
    matching: ArticleQuerySet, place: Place | None, number: int, telling: ArticleQuerySet | None = None
) -> NewsPage:
    """The stories that these articles tell, so many, from this place on, by their newest article of these.

    `telling`: all that may tell them, where these are but the new ones.
    """
    later = Q(published_at__gt=OuterRef("published_at")) | Q(
        published_at=OuterRef("published_at"), pk__gt=OuterRef("pk")
    )
    newest = matching.filter(~Exists(matching.filter(later, story=OuterRef("story"))))
    if place:
        newest = newest.before(place.published_at, place.pk)
    shown = list(newest.spoken().newest_first()[: number + 1])
    more, shown = len(shown) > number, shown[:number]
    others = _others(matching if telling is None else telling, shown)
    stories = (in_reading_order([article, *others[article.story]]) for article in shown)
    return NewsPage([StoryRow(lead, also) for lead, *also in stories], Place.after(shown[-1]) if more else None)


def _others(matching: ArticleQuerySet, shown: list[Article]) -> dict[UUID, list[Article]]:
    """Story → its other articles; of very many those in the reader's language before the newest."""
    others = defaultdict(list)
    if shown:
        same = matching.filter(story__in=[article.story for article in shown])
        same = same.exclude(pk__in=[article.pk for article in shown])
        for article in same.to_be_led(get_language() or "")[:MOST_TELLERS]:
            others[article.story].append(article)
    return others


def also_told_by(article: Article, viewer: Viewer) -> list[Article]:
    """Other articles of the story that the viewer may see."""
    others = seen_by(viewer).filter(story=article.story).exclude(pk=article.pk)
    return in_reading_order(others.to_be_led(get_language() or "")[:PER_PAGE])


def leads_of(articles: list[Article], viewer: Viewer) -> dict[int, Article]:
    """Number of an article → the one that leads its story in the language of the page, of those that the viewer may see."""
    told = defaultdict(list)
    for version in (
        seen_by(viewer)
        .filter(story__in={article.story for article in articles})
        .to_be_led(get_language() or "")[: MOST_TELLERS + len(articles)]
    ):
        told[version.story].append(version)
    return {article.pk: in_reading_order([article, *told[article.story]])[0] for article in articles}


def publishers_for(viewer: Viewer) -> list[Publisher]:
    """Publishers of feeds that the viewer may see. Others may be named, but have no news to filter."""
    feeds = Feed.objects.visible_to(viewer).values("publisher")
    return list(Publisher.objects.told_to(viewer).filter(pk__in=feeds))


def named_in(article: Article, viewer: Viewer) -> tuple[list[Subject], list[Category]]:
    """Subjects of an article in the order in which they were set, if the viewer may be told of them."""
    subjects = Subject.objects.told_to(viewer, article.readers).in_bulk(article.subjects)
    categories = Category.objects.told_to(viewer, article.readers).in_bulk(article.categories)
    return (
        [subjects[one] for one in article.subjects if one in subjects],
        [categories[one] for one in article.categories if one in categories],
    )
