"""What a feed sends is read at a cost that grows as the text does, however it is made."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from newscentre.stages.clean import LONGEST_EXCERPT, cleaned, cut, plain
from newscentre.stages.dates import Clock
from newscentre.stages.documents import Wording
from newscentre.stages.encodings import text_of
from newscentre.stages.feedparser_fixes import with_ampersands_escaped
from newscentre.stages.json_feed import read as read_json
from newscentre.stages.languages import language_of
from newscentre.stages.links import canonical, safe_link, tells, without
from newscentre.stages.tag import Name, NameFinder
from newscentre.stages.titles import are_of_one_article, plainly
from newscentre.stages.tokenizer import words_of
from newscentre.stages.xml_feed import _days, _hours

ADDRESS = "https://sahel.example/k3y-0f-7h3-f33d/feed?token=abcdefgh"
SHORT, LONG = 2_000, 20_000  # signs
MOST = 40  # times the cost of a text a tenth as long: what grows with the square takes a hundred times
LEAST = 0.001  # seconds: what takes less is not told from the clock's own unrest

REPEATED = [
    "a", "é", "م", "1", " ", "\n", "/", ":", "//", "a:", "a/", "/a", "/..", "..", ".", "@", "a@", "-", "'", "l'", "d’", "%", "%2", "%25",
    "&", "&a", "&#", "<", "<a", "<a ", "<br ", "</a ", "<p>", "<!--", "<![CDATA[", "<!DOCTYPE", "<!DOCTYPE[", "]", "] ", "<?xml ",
    "<skipHours>", "<skipDays>", "<hour>", "?a=", "?a=1&", "#", "\\", "…", " …", "The post ", "The post a appeared first on ",
    "charset=", "charset ", "\u0301\u0323", "\u064b\u0650", "\u200d", "u.n. ", "a-", "aA1", "و", "ال ", "13 mar ", "10:00 ", "+1",
]  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "plain": lambda text: plain(Wording(text)),
    "markup": lambda text: plain(Wording(text, is_markup=True)),
    "cut": lambda text: cut(text, LONGEST_EXCERPT),
    "language": lambda text: language_of(text, ""),
    "told": lambda text: tells(text, [ADDRESS]),
    "left out": lambda text: without(f"{ADDRESS} {text}", [ADDRESS]),
    "link": lambda text: safe_link(f"https://sahel.example/{text}"),
    "relative link": lambda text: safe_link(text, "https://sahel.example/"),
    "page": lambda text: canonical(f"https://sahel.example/{text}"),
    "date": lambda text: Clock(slow_left=1).moment(text),
    "letters": lambda text: text_of(text.encode(), text[:500]),
    "ampersands": with_ampersands_escaped,
    "skipped": lambda text: (_hours(text), _days(text)),
    "words": lambda text: words_of(plain(Wording(text))),
    "names": lambda text: NameFinder([Name("a", "a a b"), Name("b", "ب")]).keys_in(plain(Wording(text))),
    "titles": lambda text: are_of_one_article(shown := plainly(plain(Wording(text))), f"{shown} b", shown, shown),
}


def cost(read: Callable[[str], object], text: str, runs: int) -> float:
    """Seconds of the processor, the least of some runs."""
    taken = []
    for _ in range(runs):
        begun = time.process_time()
        read(text)
        taken.append(time.process_time() - begun)
    return max(min(taken), LEAST)


def growth(read: Callable[[str], object], short: str, long: str) -> float:
    """How many times as much the long text costs; 1 where it costs too little to tell."""
    dear = cost(read, long, 1)
    return 1 if dear < LEAST * MOST else cost(read, long, 2) / cost(read, short, 5)


@pytest.mark.parametrize("name", READERS)
def test_a_text_ten_times_as_long_costs_about_ten_times_as_much(name):
    read, dear = READERS[name], {}
    for piece in REPEATED:
        short, long = (piece * (length // len(piece)) for length in (SHORT, LONG))
        for ending in ("", "\x00"):
            if (times := growth(read, short + ending, long + ending)) > MOST:
                dear[piece + ending] = round(times)
    assert not dear


@pytest.mark.parametrize("piece", ["a", "\u0301\u0323", "a/", "<a "])
@pytest.mark.parametrize("name", ["content_text", "content_html", "title", "url", "id", "date_published"])
def test_one_item_of_a_very_long_text_does_not_hold_the_worker(name, piece):
    def read(text: str) -> object:
        feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "x", name: text}]}
        return cleaned(read_json(json.dumps(feed)), [ADDRESS], "", datetime(2026, 11, 25, tzinfo=UTC))

    long = piece * (40 * LONG // len(piece))
    assert growth(read, long[: len(long) // 10], long) < MOST
