"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterator
from typing import Any

from newscentre.stages.dates import Clock
from newscentre.stages.documents import LONGEST_TEXT, Document, FeedEntry, NotAFeed, Wording, newest

SAID = ("summary", "content_text", "content_html")  # the shortest first


def read(text: str) -> Document:
    """The feed in this text, links as they stand in it. Raises NotAFeed."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(str(error)[:200]) from error
    # Some write 1.1 for the version's address; a list of items is what tells a feed from other JSON.
    if not isinstance(found, dict) or not _word(found, "version") or not isinstance(found.get("items"), list):
        raise NotAFeed("JSON, but no feed")
    language, clock = _word(found, "language"), Clock()
    return Document(
        kind="jsonfeed",
        title=Wording(_word(found, "title")[:LONGEST_TEXT], language=language),
        link=_word(found, "home_page_url"),
        language=language,
        entries=newest(_entry(item, language, clock) for item in _objects(found.get("items"))),
    )


def _entry(item: dict[str, Any], language: str, clock: Clock) -> FeedEntry:
    language = _word(item, "language") or language
    said = [Wording(_word(item, name)[:LONGEST_TEXT], name == "content_html", language) for name in SAID]
    return FeedEntry(
        guid=_word(item, "id"),
        link=_word(item, "url") or _word(item, "external_url"),
        title=Wording(_word(item, "title")[:LONGEST_TEXT], language=language),
        summary=next((wording for wording in said if wording.text), Wording()),
        published_at=clock.moment(_word(item, "date_published")),
        updated_at=clock.moment(_word(item, "date_modified")),
        dated=(_word(item, "date_published") or _word(item, "date_modified"))[:100],
        words=_words(item.get("tags")),
    )


def _words(value: Any) -> tuple[str, ...]:
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _word(of: dict[str, Any], name: str) -> str:
    """Version 1 says that an id is text, and that readers take numbers too."""
    value = of.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
