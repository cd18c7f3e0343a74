"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from newscentre.stages.documents import Document, Entry, NotAFeed, Wording

SAID = ("summary", "content_text", "content_html")  # the shortest first


def read(text: str, address: str) -> Document:
    """The feed in this text; `address` completes relative links. Raises NotAFeed."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(str(error)[:200]) from error
    # Some write 1.1 for the version's address; a list of items is what tells a feed from other JSON.
    if not isinstance(found, dict) or not _word(found, "version") or not isinstance(found.get("items"), list):
        raise NotAFeed("JSON, but no feed")
    language = _word(found, "language")
    return Document(
        kind="jsonfeed",
        title=Wording(_word(found, "title"), language=language),
        link=_link(found, "home_page_url", address),
        language=language,
        entries=tuple(_entry(item, address, language) for item in _objects(found.get("items"))),
    )


def _entry(item: dict[str, Any], address: str, language: str) -> Entry:
    language = _word(item, "language") or language
    said = [Wording(_word(item, name), name == "content_html", language) for name in SAID]
    return Entry(
        guid=_word(item, "id"),
        link=_link(item, "url", address) or _link(item, "external_url", address),
        title=Wording(_word(item, "title"), language=language),
        summary=next((wording for wording in said if wording.text), Wording()),
        published_at=_moment(_word(item, "date_published")),
        updated_at=_moment(_word(item, "date_modified")),
        dated=_word(item, "date_published"),
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


def _link(of: dict[str, Any], name: str, address: str) -> str:
    try:
        return urljoin(address, _word(of, name)) if _word(of, name) else ""
    except ValueError:
        return ""


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return ""
