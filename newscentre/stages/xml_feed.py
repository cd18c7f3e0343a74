"""Parses RSS of all versions, RDF, Atom and CDF with feedparser, which gets bytes and never an address to open."""

import io
import re
from calendar import timegm
from datetime import UTC, datetime
from typing import Any

import feedparser

from newscentre.stages.dates import Clock
from newscentre.stages.documents import LONGEST_TEXT, Document, FeedEntry, NotAFeed, Wording, newest
from newscentre.stages.feedparser_fixes import mend, with_ampersands_escaped

MARKUP = {"text/html", "application/xhtml+xml"}
LONGEST_WORD = 2000  # characters
# What feedparser leaves aside: when not to ask.
SKIPPED_HOURS, SKIPPED_DAYS = (
    re.compile(rf"<skip{unit}s>(.{{0,2000}}?)</skip{unit}s>", re.I | re.S) for unit in ("Hour", "Day")
)
HOUR, DAY = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.I), re.compile(r"<day>\s*([A-Za-z]{6,9})\s*</day>", re.I)
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


WEB = re.compile(r"https?://", re.I)


def read(text: str) -> Document:
    """The feed in this text, links as they stand in it. Raises NotAFeed."""
    mend()
    # Markup is left as it came: cleaning is the next stage's, once and by one rule.
    found = feedparser.parse(
        io.BytesIO(with_ampersands_escaped(text).encode("utf-8", errors="replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    kind = found.get("version", "")
    if not kind and not found.entries:
        raise NotAFeed(str(found.get("bozo_exception", ""))[:200])
    feed, clock = found.feed, Clock()
    return Document(
        kind=kind or "unknown",
        title=_wording(feed.get("title_detail"), feed),
        link=_word(feed.get("link")),
        language=_word(feed.get("language")),
        ttl_minutes=_minutes(feed.get("ttl")),
        skip_hours=_hours(text),
        skip_days=_days(text),
        entries=newest(_entry(entry, feed, clock) for entry in found.entries),
    )


def _entry(entry: Any, feed: Any, clock: Clock) -> FeedEntry:
    return FeedEntry(
        guid=_word(entry.get("id")),
        link=_link(entry),
        title=_wording(entry.get("title_detail"), feed, entry),
        summary=_wording(entry.get("summary_detail") or next(iter(entry.get("content", ())), None), feed, entry),
        published_at=_moment(entry, "published", clock),
        updated_at=_moment(entry, "updated", clock),
        dated=_word(_own(entry, "published") or _own(entry, "updated"))[:100],
        words=tuple(_word(tag.get("term"))[:100] for tag in entry.get("tags", ())[:20] if tag.get("term")),
    )


def _link(entry: Any) -> str:
    """The page itself before a counter's, such as FeedBurner's; a guid only where it is a whole address."""
    link, guid = _word(entry.get("link")), _word(entry.get("id"))
    written = {_word(one.get("href")) for one in entry.get("links", ()) if one.get("rel", "alternate") == "alternate"}
    if link not in written and not WEB.match(link):
        link = ""  # feedparser takes any guid for a link
    if not link and entry.get("guidislink") is not False and WEB.match(guid):
        link = guid
    return _word(entry.get("feedburner_origlink")) or link


def _own(entry: Any, name: str) -> Any:
    """What the entry itself says: `get` gives the date of publication for a missing one of an update, with a warning."""
    return entry[name] if name in entry else None  # noqa: SIM401


def _wording(detail: Any, feed: Any, entry: Any = None) -> Wording:
    """The text with the language of its own element, else of the entry, else of the feed."""
    if not detail:
        return Wording()
    of_feed, of_entry = feed.get("language") or "", (entry or {}).get("language") or ""
    own = detail.get("language") or ""
    language = own if own and own != of_feed else of_entry or of_feed
    return Wording((detail.get("value") or "")[:LONGEST_TEXT], detail.get("type") in MARKUP, _word(language)[:20])


def _word(value: Any) -> str:
    return value.strip()[:LONGEST_WORD] if isinstance(value, str) else ""


def _moment(entry: Any, name: str, clock: Clock) -> str:
    """The date by our own parser, else by feedparser's, which knows Greek, Hungarian and Korean forms."""
    written = _word(_own(entry, name))
    if moment := clock.moment(written):
        return moment
    parts = _own(entry, f"{name}_parsed")  # in UTC
    try:
        return datetime.fromtimestamp(timegm(parts), UTC).isoformat() if parts else ""
    except (ValueError, OverflowError, OSError, TypeError):
        return ""


def _minutes(ttl: Any) -> int | None:
    text = _word(ttl)
    return int(text[:6]) if text.isascii() and text.isdecimal() else None


def _hours(text: str) -> tuple[int, ...]:
    """Hours of UTC, 0 to 23; RSS 0.91 counts them to 24."""
    found = SKIPPED_HOURS.search(text)
    return tuple(sorted({int(hour) % 24 for hour in HOUR.findall(found[1]) if int(hour) <= 24})) if found else ()


def _days(text: str) -> tuple[str, ...]:
    found = SKIPPED_DAYS.search(text)
    named = {day.capitalize() for day in DAY.findall(found[1])} if found else set()
    return tuple(day for day in WEEK if day in named)
