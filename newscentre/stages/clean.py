"""Reduces an entry to what may stand on a page: plain text, one link, and a plausible date.

Full texts are the press's, so an excerpt is all that is kept. No markup is kept at all: what is stored runs nowhere.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

import nh3

from newscentre.stages.documents import LONGEST_TEXT, Document, FeedEntry, Wording
from newscentre.stages.languages import direction_of, language_of
from newscentre.stages.links import home_of, safe_link, tells, without
from untrusted.markup import shallow

LONGEST_TITLE, LONGEST_EXCERPT = 300, 360  # characters
MOST_MARKS = 30  # on one letter, as in Unicode's Stream-Safe Text Format: sorting more costs the square of their number
MOST_LEVELS = 50  # of markup within markup: all of it goes, so that what is deeper may go before
FIRST_YEAR = 1990  # of the web; what is dated earlier was not dated
CLOCKS_DIFFER = timedelta(minutes=10)
SILENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea", "title", "select"}
PLAIN = nh3.Cleaner(tags=set(), clean_content_tags=SILENT, strip_comments=True)
BLOCK = re.compile(r"<(?=/?(?:p|br|div|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|hr|img|figure|figcaption)\b)", re.I)
# Marks that turn the reading order of what stands around them; ZWJ and ZWNJ shape words and stay.
TURNING = dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad")
)
# Markup that was escaped twice stands in the text as if it were to be read: a pair of tags, or one that needs no other.
ESCAPED_TWICE = re.compile(
    r"</(?:p|b|i|u|em|strong|a|div|span|ul|ol|li|h[1-6]|blockquote|table|tr|td|figure)\s*>"
    r"|<br\s*/?>|<(?:img|a|p|div|span)\s[^<>]*>|&(?:nbsp|[lr][sd]quo|[a-z]{1,6}(?:acute|grave|circ|uml)|#\d{2,6});", re.I
)  # fmt: skip
READ_ON = re.compile(r"\s*(?:\[?(?:…|\.\.\.|&hellip;)\]?|\bThe post .{0,300} appeared first on .{0,200})\s*$", re.S)


@dataclass(frozen=True)
class TextLine:
    """Plain text with the language (empty when unknown) and direction it is written in."""

    text: str = ""
    language: str = ""
    direction: str = "ltr"


@dataclass(frozen=True)
class Item:
    """An article as it may be shown. `published_at`: never later than `seen_at`; `dated`: what the feed wrote."""

    guid: str
    link: str
    title: TextLine
    excerpt: TextLine
    published_at: datetime
    is_date_known: bool
    dated: str
    words: tuple[str, ...]

    @property
    def language(self) -> str:
        return self.title.language or self.excerpt.language


def cleaned(document: Document, addresses: Sequence[str], language: str, seen_at: datetime) -> list[Item]:
    """The items of a feed, in its order.

    `addresses`: where the feed was fetched, the last being the one that answered; they may hold a secret, and no item
    tells any of them. `language`: of the feed as the desk knows it, or as the answer said.
    """
    base = _base(document, addresses)
    return [_item(entry, document, base, addresses, language, seen_at) for entry in document.entries]


def _base(document: Document, addresses: Sequence[str]) -> str:
    """What completes relative links: the page that the feed says it is of, else the front page of its host."""
    home = home_of(addresses[-1]) if addresses else ""
    page = safe_link(document.link, home)
    return home if not page or tells(page, addresses) else page


def _item(
    entry: FeedEntry, document: Document, base: str, addresses: Sequence[str], language: str, seen_at: datetime
) -> Item:
    declared = document.language or language
    title = line(entry.title, declared, LONGEST_TITLE, addresses)
    excerpt = line(entry.summary, declared, LONGEST_EXCERPT, addresses)
    if not title.text:
        title = shortened(excerpt, LONGEST_TITLE // 2)
    if excerpt.text == title.text:
        excerpt = TextLine()
    moment, is_known = plausible(entry.published_at or entry.updated_at, seen_at)
    link = safe_link(entry.link, base)
    return Item(
        guid=plain(Wording(entry.guid))[:LONGEST_GUID],
        link="" if tells(link, addresses) else link,
        title=title,
        excerpt=excerpt,
        published_at=moment,
        is_date_known=is_known,
        dated=plain(Wording(entry.dated))[:100],
        words=tuple(filter(None, (plain(Wording(word, is_markup=True))[:100] for word in entry.words))),
    )


LONGEST_GUID = 2000


def line(wording: Wording, declared: str, most: int, untold: Sequence[str] = ()) -> TextLine:
    """One paragraph of plain text, cut at a word. `untold`: addresses that are left out of it."""
    text = cut(without(plain(wording), untold), most)
    return TextLine(text, language_of(text, wording.language or declared), direction_of(text))


def shortened(whole: TextLine, most: int) -> TextLine:
    return TextLine(cut(whole.text, most), whole.language, whole.direction)


def plain(wording: Wording) -> str:
    """Text without markup, control characters and marks that turn the reading order; white space is one space."""
    text = wording.text[:LONGEST_TEXT]
    if wording.is_markup:
        text = _without_markup(text)
        if ESCAPED_TWICE.search(text):
            text = _without_markup(text)
    text = unicodedata.normalize("NFC", _with_few_marks(text)).translate(TURNING)
    return " ".join("".join(letter if _is_shown(letter) else " " for letter in text).split())


def _with_few_marks(text: str) -> str:
    if text.isascii():
        return text
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


def _without_markup(text: str) -> str:
    return unescape(PLAIN.clean(BLOCK.sub(" <", shallow(text, MOST_LEVELS))))


def _is_shown(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


def cut(text: str, most: int) -> str:
    """Shortens a text to a number of characters, ending in … where something was left out."""
    text = READ_ON.sub("…", text) if len(text) <= most * 3 else text
    if len(text) <= most:
        return "" if text == "…" else text
    kept = text[: most - 1]
    at_a_word = kept.rsplit(" ", 1)[0] if " " in kept[most // 2 :] else kept
    return at_a_word.rstrip(" ,;:.–-،؛") + "…"


def plausible(moment: str, seen_at: datetime) -> tuple[datetime, bool]:
    """When it was published, and whether the feed said so: a date to come, or before the web, is that of first sight."""
    try:
        said = datetime.fromisoformat(moment)
        said = said if said.tzinfo else said.replace(tzinfo=UTC)
    except ValueError:
        return seen_at, False
    if said > seen_at + CLOCKS_DIFFER or said.year < FIRST_YEAR:
        return seen_at, False
    return min(said, seen_at), True
