"""Loads the demonstration's feeds and fetches them once, so that there is news when the portal opens."""

from datetime import datetime
from pathlib import Path

from django.utils import timezone

from access.tokens import PUBLIC
from access.viewing import every_secretariat, viewing
from demo.publishers import MadeFeed, began_at, feeds, now, put_on
from demo.simulator import publishing
from newscentre.feeds.claims import claim_due
from newscentre.feeds.importer import fetch_claimed
from newscentre.models import Article, Feed, Fetching, Publisher, Rule

DIALOGUE = "mtm"


def load_demo_feeds(base: str) -> list[Feed]:
    """The feeds, each fetched below this address; what an editor changed of them since stays. As the secretariat."""
    return [_load(feed, base) for feed in feeds()]


def _load(made: MadeFeed, base: str) -> Feed:
    publisher, _ = Publisher.objects.get_or_create(
        slug=made.publisher, defaults={"name": made.publisher_name, "link": f"{base}/", "made_by_id": DIALOGUE}
    )
    feed, _ = Feed.objects.get_or_create(
        dialogue_id=DIALOGUE,
        publisher=publisher,
        name=made.name,
        defaults={"audience": [PUBLIC], "language": made.language, "rule": Rule(made.rule)},
    )
    fetching = Fetching.objects.filter(feed=feed).first() or Fetching(feed=feed)
    if fetching.address != base + made.path:  # the demonstration may run at another port this time
        fetching.address, fetching.next_at = base + made.path, None
        fetching.etag = fetching.last_modified = ""
        fetching.save()
    return feed


def fetch_first(loaded: list[Feed], port: int, began: Path) -> int:
    """Fetches the feeds, from publishers that run for that long alone, unless there is an article of theirs already.

    Returns how many articles there are of them.
    """
    viewer = every_secretariat()
    with viewing(viewer):
        known = Article.objects.filter(feed__in=loaded).count()
    if known:
        return known
    with publishing(port=port) as publisher:
        put_on(publisher, began_at(began), now)
        while claimed := _claimed(loaded, timezone.now()):
            for feed_id, claim in claimed:
                fetch_claimed(feed_id, claim, viewer)
    with viewing(viewer):
        return Article.objects.filter(feed__in=loaded).count()


def _claimed(loaded: list[Feed], moment: datetime) -> list:
    """What is due of these feeds, which have one host; another's is left to the worker, when its claim is over."""
    with viewing(every_secretariat()):
        return [claimed for claimed in claim_due(moment) if claimed[0] in {feed.pk for feed in loaded}]
