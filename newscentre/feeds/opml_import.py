"""Imports lists of feeds into a desk, and exports a desk's feeds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, groupby
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from access.viewer import Viewer
from newscentre.feeds.opml import LONGEST_NAME, Outline, written
from newscentre.models import Feed, Fetching, Publisher

OVER_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class ImportResult:
    """How many feeds were added, and how many were there before."""

    added: int
    known: int


@transaction.atomic
def take(outlines: list[Outline], dialogue: str, now: datetime) -> ImportResult:
    """Adds what the desk of a dialogue does not fetch yet, for its Secretariat alone, each article to wait for an editor.

    Their first fetches are spread over an hour.
    """
    known = set(Fetching.objects.filter(feed__dialogue=dialogue).values_list("address", flat=True))
    new = [outline for outline in outlines if outline.address not in known]
    for place, outline in enumerate(new):
        publisher = publisher_of(outline, dialogue)
        name = free_name(outline.name, publisher, dialogue)
        feed = Feed.objects.create(
            publisher=publisher, name=name, dialogue_id=dialogue, language=outline.language, audience=[]
        )
        Fetching.objects.create(feed=feed, address=outline.address, next_at=now + OVER_AN_HOUR * place / len(new))
    return ImportResult(len(new), len(outlines) - len(new))


def publisher_of(outline: Outline, dialogue: str) -> Publisher:
    """The publisher at the host of the site, else of the feed; a new one bears the name of the host.

    Of those that the desk may be told of. Its address names the dialogue, so that a new one meets no other desk's.
    """
    host = host_of(outline.site or outline.address)
    sayable = Publisher.objects.sayable_to(Viewer.secretariat_of(dialogue))
    for publisher in sayable.filter(link__icontains=host):
        if host_of(publisher.link) == host:
            return publisher
    slug = f"{slugify(host.replace('.', '-'))[: 49 - len(dialogue)] or 'press'}-{dialogue}"
    made = {"name": host[:LONGEST_NAME], "link": outline.site, "made_by_id": dialogue}
    if known := sayable.filter(pk=slug).first():
        return known
    numbered = (f"{slug[:46]}-{number}" for number in count(2))
    taken = set(Publisher.objects.filter(pk__startswith=slug[:46]).values_list("pk", flat=True))
    free = slug if slug not in taken else next(other for other in numbered if other not in taken)
    return Publisher.objects.create(slug=free, **made)


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def free_name(name: str, publisher: Publisher, dialogue: str) -> str:
    taken = set(Feed.objects.filter(publisher=publisher, dialogue=dialogue).values_list("name", flat=True))
    numbered = (f"{name[: LONGEST_NAME - 6]} ({number})" for number in count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def list_of(title: str, feeds: QuerySet[Feed]) -> bytes:
    """These feeds as OPML, those that are fetched, under their publishers."""
    fetched = feeds.filter(fetching__isnull=False).select_related("publisher", "fetching")
    by_publisher = groupby(fetched.order_by("publisher__name", "publisher", "name"), key=lambda feed: feed.publisher)
    folders = (
        (publisher.name, [Outline(feed.name, feed.fetching.address, publisher.link, feed.language) for feed in of_it])
        for publisher, of_it in by_publisher
    )
    return written(title, folders)
