"""Filters of a news list, and its pagination by cursor."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta

from django.db.models import QuerySet

from access.numbers import deobfuscate, obfuscate
from access.viewer import Viewer
from atlas.models import Subject
from newscentre.articles.names import named_in_the_press
from newscentre.models import Article, ArticleQuerySet, Category
from newscentre.query_params import QueryParams

PLACE = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)  # microseconds since 1970, and the article's number in disguise
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Filters(QueryParams):
    """Each is empty, or a value as it stands in the address: `language=ar`, `category=remittances`, `since=2026-11-01`."""

    language: str = ""
    category: str = ""
    subject: str = ""
    dialogue: str = ""
    publisher: str = ""
    since: str = ""
    until: str = ""

    def apply(self, articles: ArticleQuerySet, viewer: Viewer) -> ArticleQuerySet:
        """What the viewer may not be told of finds no more than what does not exist."""
        if not self._names_what_is_known_to(viewer):
            return articles.none()
        if self.language:
            articles = articles.filter(title_language=self.language)
        if self.category:
            articles = articles.tagged(f"category/{self.category}")
        if self.subject:
            articles = articles.tagged(f"subject/{self.subject}")
        if self.dialogue:
            articles = articles.filter(feed__dialogue=self.dialogue)
        if self.publisher:
            articles = articles.filter(feed__publisher=self.publisher)
        return self._in_period(articles)

    def _names_what_is_known_to(self, viewer: Viewer) -> bool:
        """Asked for by itself: as a part of the question for articles it would be planned as often as it stands there."""
        if self.category and not Category.objects.sayable_to(viewer).filter(pk=self.category).exists():
            return False
        return not self.subject or subjects_called([self.subject], viewer).exists()

    def _in_period(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Days are those of UTC; a day that there is not finds nothing."""
        since, until = day_of(self.since), day_of(self.until)
        if (self.since and not since) or (self.until and not until):
            return articles.none()
        if since:
            articles = articles.filter(published_at__gte=_midnight(since))
        if until:
            articles = articles.filter(published_at__lt=_midnight(until) + timedelta(days=1))
        return articles

    def without(self, name: str) -> "Filters":
        return replace(self, **{name: ""})


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this article, newest first."""

    published_at: datetime
    pk: int

    @classmethod
    def of(cls, asked: str) -> "Place | None":
        """Parses a cursor. None for the first page and for malformed cursors."""
        found = PLACE.fullmatch(asked)
        if not found:
            return None
        try:
            return cls(EPOCH + timedelta(microseconds=int(found[1])), deobfuscate(int(found[2])))
        except OverflowError:
            return None

    @classmethod
    def after(cls, article: Article) -> "Place":
        return cls(article.published_at, article.pk)

    def __str__(self) -> str:
        return f"{(self.published_at - EPOCH) // timedelta(microseconds=1)}-{obfuscate(self.pk)}"


def subjects_called(slugs: Collection[str], viewer: Viewer) -> QuerySet[Subject]:
    """Countries, hubs and towns of these slugs that the viewer may be told of: a hub and a town may share one."""
    return named_in_the_press().sayable_to(viewer).filter(slug__in=slugs).order_by("kind")


def day_of(text: str) -> date | None:
    """Parses a day, in a year from which there may be news."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and MINYEAR < day.year < MAXYEAR else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
