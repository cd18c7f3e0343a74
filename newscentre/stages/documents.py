"""The content of a feed as plain values that can pass from one process to another."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_ENTRIES = 2000
LONGEST_TEXT = 20_000  # characters; a summary is cut to a few hundred afterwards


class NotAFeed(Exception):
    """The bytes are no feed of any kind that is known."""


@dataclass(frozen=True)
class Wording:
    """Words as the feed gives them. `is_markup`: whether they are HTML; `language`: as declared, or empty."""

    text: str = ""
    is_markup: bool = False
    language: str = ""


@dataclass(frozen=True)
class FeedEntry:
    """One entry. Dates: ISO 8601 in UTC, or empty where there is none that can be read; `dated`: as it was written."""

    guid: str = ""
    link: str = ""
    title: Wording = Wording()
    summary: Wording = Wording()
    published_at: str = ""
    updated_at: str = ""
    dated: str = ""
    words: tuple[str, ...] = ()  # the publisher's own categories


@dataclass(frozen=True)
class Document:
    """A feed. `kind`: such as rss20, atom10, jsonfeed; `ttl_minutes`, `skip_hours` (UTC): when not to ask again."""

    kind: str
    title: Wording = Wording()
    link: str = ""
    language: str = ""
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    entries: tuple[FeedEntry, ...] = field(default=())

    def as_values(self) -> dict[str, Any]:
        """For JSON; `from_values` reads it again."""
        return asdict(self)

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> "Document":
        entries = tuple(
            FeedEntry(
                **{
                    **entry,
                    "title": Wording(**entry["title"]),
                    "summary": Wording(**entry["summary"]),
                    "words": tuple(entry["words"]),
                }
            )
            for entry in values["entries"]
        )
        kept = {"title": Wording(**values["title"]), "entries": entries}
        lists = {name: tuple(values[name]) for name in ("skip_hours", "skip_days")}
        return cls(**{**values, **kept, **lists})


def newest(entries: Iterable[FeedEntry], most: int = MOST_ENTRIES) -> tuple[FeedEntry, ...]:
    """The newest of them, in their order. One without a date is as old as the one before it in the file."""
    kept = tuple(entries)
    if len(kept) <= most:
        return kept
    moments, last = [], ""
    for entry in kept:
        last = entry.published_at or entry.updated_at or last
        moments.append(last)
    chosen = sorted(range(len(kept)), key=lambda at: moments[at], reverse=True)[:most]
    return tuple(kept[at] for at in sorted(chosen))
