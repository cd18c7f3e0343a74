"""First-hand news, which a person tells the desk. Each secretariat has a feed for them that is never fetched."""

import uuid

from django.utils import timezone
from django.utils.translation import gettext as _

from access.tokens import PUBLIC
from atlas.models import Dialogue
from newscentre.feeds.opml_import import free_name
from newscentre.models import Article, Feed, Publisher


def begin_first_hand(article: Article, dialogue: Dialogue) -> None:
    """Puts a new article, not saved yet, where first-hand news of this dialogue stand."""
    number = uuid.uuid4().hex
    article.feed, article.is_first_hand, article.seen_at = feed_of(dialogue), True, timezone.now()
    article.key, article.digest = f"own:{number}", number


def feed_of(dialogue: Dialogue) -> Feed:
    publisher, _is_new = Publisher.objects.get_or_create(
        slug=f"secretariat-{dialogue.pk}", defaults={"name": dialogue.short_name, "made_by": dialogue}
    )
    name = free_name(_("First-hand news"), publisher, dialogue.pk)
    feed, _is_new = Feed.objects.get_or_create(
        dialogue=dialogue, is_first_hand=True, defaults={"publisher": publisher, "name": name}
    )
    return feed


def let_its_readers_see_the_feed(article: Article) -> None:
    """Whoever may read one of its articles may see the feed, which itself says nothing; it is never for everyone.

    Its audience only grows, and only here: no form writes it. Were it everyone's, what is hidden from them, such as the
    name of a dialogue, would be told by its publisher.
    """
    feed = Feed.objects.select_for_update(of=("self",)).get(pk=article.feed_id)
    if not feed.is_first_hand or article.audience is None or PUBLIC in article.audience:
        return
    if not set(feed.audience).issuperset(article.audience):
        Feed.objects.filter(pk=feed.pk).update(audience=sorted({*feed.audience, *article.audience}))
