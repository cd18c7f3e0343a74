"""Feeds and articles with canaries: one feed of each preset, with a published article and one in the inbox."""

import secrets

from django.utils import timezone

from access.presets import Preset
from accounts.models import User
from atlas.models import Subject
from newscentre.models import Article, Feed, Fetching, Publisher, Review, ReviewItem, Status, Watch

DIALOGUE = "mtm"
NAMED = "chad"  # the country that every published article names


def plant_news(preset: Preset, audience: list[str], hidden: Subject) -> Article:
    """The published article. To be called as the secretariat of the MTM Dialogue."""
    publisher = Publisher.objects.create(slug=f"press-{preset}", name=_canary(preset, "publisher"), made_by_id=DIALOGUE)
    feed = Feed.objects.create(
        publisher=publisher, name=_canary(preset, "feed"), dialogue_id=DIALOGUE, audience=audience
    )
    Fetching.objects.create(feed=feed, address=f"https://{_canary(preset, 'feed')}.example/feed", is_paused=True)
    country = Subject.objects.get(kind="country", slug=NAMED)
    published = article(
        feed, title=_canary(preset, "news"), excerpt=_canary(preset, "news"), subjects=[country.pk, hidden.pk]
    )
    published.link = f"https://{_canary(preset, 'news')}.example/"
    published.status, published.audience = Status.PUBLISHED, None  # its feed's
    if preset is Preset.PARTNERS:  # first-hand news name their readers themselves
        published.is_first_hand, published.audience = True, audience
    published.save()
    _plant_review(preset, audience, published)
    article(feed, title=_canary(preset, "inbox"), excerpt=_canary(preset, "inbox")).save()
    return published


def month_of(preset: Preset) -> str:
    return f"2025-{list(Preset).index(preset) + 1:02}"


def _plant_review(preset: Preset, audience: list[str], picked: Article) -> None:
    """Published, for the preset's readers; and one that is not yet."""
    words = {f"introduction_{language}": _canary(preset, "review") for language in ("en", "fr", "ar")}
    review = Review.objects.create(
        dialogue_id=DIALOGUE, month=month_of(preset), audience=audience, published_at=timezone.now(), **words
    )
    words = {f"comment_{language}": _canary(preset, "review") for language in ("en", "fr", "ar")}
    ReviewItem.objects.create(review=review, article=picked, **words)
    unfinished = month_of(preset).replace("2025", "2024")
    Review.objects.create(dialogue_id=DIALOGUE, month=unfinished, introduction_en=_canary(preset, "inbox"))


def plant_watch(owner: User) -> None:
    """A search that nobody but its reader sees. To be called as that reader."""
    Watch.objects.create(owner=owner, name=f"cnry-theme-watch-{secrets.token_hex(4)}", query="language=ar")


def article(feed: Feed, **values) -> Article:
    """In the inbox, not saved."""
    now = timezone.now()
    key = f"guid:{secrets.token_hex(16)}"
    return Article(feed=feed, key=key, digest=key[-32:], published_at=now, seen_at=now, title_language="en", **values)


def _canary(preset: Preset, kind: str) -> str:
    return f"cnry-{preset.value}-{kind}-{secrets.token_hex(4)}"
