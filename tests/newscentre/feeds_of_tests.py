"""Feeds and articles for the tests, kept by the secretariat of the MTM Dialogue unless they say otherwise."""

from datetime import UTC, datetime
from itertools import count

from newscentre.models import Article, Feed, Fetching, Publisher, Rule, Status

NUMBERS = count(1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def feed(address: str = "", *, rule: str = Rule.PUBLISH, **values) -> Feed:
    """A feed that everyone reads; with an address it is fetched."""
    number = next(NUMBERS)
    publisher, _ = Publisher.objects.get_or_create(slug="sahel", defaults={"name": "Sahel Desk"})
    shared = {"publisher": publisher, "name": f"Feed {number}", "dialogue_id": "mtm", "audience": ["public"]}
    made = Feed.objects.create(**{**shared, "rule": rule, **values})
    if address:
        Fetching.objects.create(feed=made, address=address)
    return made


def article(of: Feed, **values) -> Article:
    """A published article that its feed's audience reads."""
    number = next(NUMBERS)
    row = Article(feed=of, key=f"guid:{number:032}", digest=f"{number:032}", title=f"Headline {number}", seen_at=NOON)
    row.link, row.title_language, row.published_at = f"https://sahel.example/{number}", "en", NOON
    row.status, row.audience = Status.PUBLISHED, None
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def rss(*entries: dict[str, str], head: str = "") -> bytes:
    """An RSS feed of these entries: `guid`, `title`, `link`, `date`, `words`."""
    tags = {"guid": "guid", "title": "title", "link": "link", "date": "pubDate", "words": "description"}
    items = "".join(
        "<item>" + "".join(f"<{tags[name]}>{text}</{tags[name]}>" for name, text in entry.items()) + "</item>"
        for entry in entries
    )
    return f'<rss version="2.0"><channel><title>News</title>{head}{items}</channel></rss>'.encode()


def entry(number: int, **changes: str) -> dict[str, str]:
    shared = {"guid": f"guid-{number}", "title": f"Headline {number}", "link": f"https://sahel.example/{number}"}
    return {**shared, "date": "Tue, 24 Nov 2026 12:00:00 GMT", **changes}
