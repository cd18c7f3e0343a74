"""RSS 2.0 and Atom of the news under any filter: what everyone may read, whoever asks, in the language of the address.

A program that asks again names the mark of what it holds, and is told in a few bytes that nothing changed. What is narrowed
leaves the feed at once: nothing is kept.
"""

from datetime import UTC, datetime, time
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.viewer import ANYONE
from access.viewing import viewing
from atlas.addresses import absolute_url
from newscentre.articles.filters import Filters
from newscentre.articles.listing import news_page
from newscentre.filter_labels import in_words
from newscentre.models import Article
from untrusted.characters import clean_deep

ENTRIES = 50
POLLED = "public, max-age=0, must-revalidate"


class LanguageAwareFeed(SyndicationFeed):
    """The language of an entry's title, which may be another than the feed's. No text holds what XML cannot say."""

    def __init__(self, **told):
        super().__init__(**clean_deep(told))

    def add_item(self, **told):
        super().add_item(**clean_deep(told))

    def item_attributes(self, item):
        return {"xml:lang": item["language"]} if item["language"] else {}

    def latest_post_date(self):
        """For an empty feed the current day, so that repeated requests get the same bytes."""
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=datetime.combine(timezone.now().date(), time.min, UTC))


class Rss(LanguageAwareFeed, Rss201rev2Feed):
    pass


class Atom(LanguageAwareFeed, Atom1Feed):
    pass


KINDS: dict[str, type[Rss | Atom]] = {"rss": Rss, "atom": Atom}


@require_safe
def feed(request: HttpRequest, kind: str) -> HttpResponse:
    body = feed_of(Filters.of(request.GET), kind)
    etag = f'W/"{sha256(body).hexdigest()[:24]}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(body, content_type=KINDS[kind].content_type)
    answer["ETag"], answer["Cache-Control"] = etag, POLLED
    return answer


def feed_of(filters: Filters, kind: str) -> bytes:
    """The newest stories under these filters, each by its newest article; as the public sees them."""
    with viewing(ANYONE):
        stories = news_page(ANYONE, filters, None, ENTRIES).stories
        asked_for = in_words(filters, ANYONE)
    address = absolute_url(reverse("news"))
    made = KINDS[kind](
        title=_("News Centre") + " · i-Map" + (_(": ") + asked_for if asked_for else ""),
        link=address + filters.as_query(),
        description=_("What the press writes on migration, in Arabic, English and French."),
        language=get_language(),
        feed_url=absolute_url(reverse("news_feed", args=[kind])) + filters.as_query(),
        feed_guid=address + filters.as_query(),
        author_name="i-Map",
    )
    for told in stories:
        _add(made, told.article)
    return made.writeString("utf-8").encode()


def _add(made: Rss | Atom, article: Article) -> None:
    """Leads to the publisher, whose article it is; readers' programs take descriptions for markup, titles for text."""
    page = absolute_url(reverse("article", args=[article.address_number]))
    made.add_item(
        title=article.title or article.feed.publisher.name,
        link=article.link or page,
        description=escape(article.told.text if article.told else article.excerpt),
        author_name=article.feed.publisher.name,
        pubdate=article.published_at if article.is_date_known else None,
        updateddate=article.published_at,
        unique_id=page,
        unique_id_is_permalink=True,
        language=article.title_language,
    )
