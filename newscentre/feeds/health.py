"""The health of a desk's feeds, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from newscentre.models import Article, Feed, Fetching

WEEK = timedelta(days=7)
AT_WORK = {"due", "sent", "begun"}


@dataclass(frozen=True)
class Health:
    """`state`: one of paused, due, sent, begun, failing, new, well; `in_words`: the same as the desk reads it."""

    feed: Feed
    fetching: Fetching
    state: str
    in_words: str
    of_a_week: int

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


def health_of(feeds: QuerySet[Feed], now: datetime) -> list[Health]:
    """The health of each fetched feed: failing ones first, then by the time of the next fetch."""
    fetched = feeds.filter(fetching__isnull=False).select_related("publisher", "dialogue", "owner", "fetching")
    in_order = fetched.annotate(of_a_week=_articles_since(now - WEEK)).order_by(
        F("fetching__is_paused").asc(),
        F("fetching__failures").desc(),
        F("fetching__next_at").asc(nulls_first=True),
        "pk",
    )
    return [_health(feed, now) for feed in in_order]


def _articles_since(moment: datetime) -> Coalesce:
    of_the_feed = Article.objects.filter(feed=OuterRef("pk"), published_at__gte=moment).order_by().values("feed")
    number = of_the_feed.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def _health(feed: Feed, now: datetime) -> Health:
    state = state_of(feed.fetching, now)
    return Health(feed, feed.fetching, state, describe_health(state), feed.of_a_week)  # type: ignore[attr-defined]


def state_of(fetching: Fetching, now: datetime) -> str:
    if fetching.is_paused:
        return "paused"
    if fetching.claimed_until and fetching.claimed_until > now:
        return "begun" if fetching.begun_at else "sent"
    if fetching.next_at is None or fetching.next_at <= now:
        return "due"
    if fetching.failures:
        return "failing"
    return "well" if fetching.succeeded_at else "new"


def describe_health(state: str) -> str:
    return {
        "paused": pgettext("of a feed", "paused"),
        "sent": pgettext("of a feed", "waits for a worker"),
        "begun": pgettext("of a feed", "is being fetched"),
        "due": pgettext("of a feed", "due"),
        "failing": pgettext("of a feed", "gives nothing"),
        "new": pgettext("of a feed", "not fetched yet"),
        "well": _("in order"),
    }[state]
