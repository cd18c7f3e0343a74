"""List, filters, deep pages and searches of the news at three sizes, in this process and without a web server."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from bench.databases import Databases, use
from bench.news import (
    A_TENTH,
    ARABIC_A_TENTH,
    ARABIC_NEARLY_ALL,
    CATEGORY,
    DIALOGUE,
    NEARLY_ALL,
    RARE,
    RARE_TOWN,
    SIZES,
    THEME,
    TOWN_WITHOUT_NEWS,
)
from bench.report import at_most
from bench.storing import Storing, measure_storing, storing_table, storing_targets
from newscentre.articles.filters import Filters, Place
from newscentre.articles.listing import news_page
from search import query
from search.kinds import kind_named
from search.query import search

ROUNDS = 15
OFFICIAL = Viewer.of(["nominated", f"dialogue:{DIALOGUE}:{THEME}"])
MOST_GROWN, MOST_GROWN_SEARCH, MOST_ARABIC, MOST_MS = 1.2, 2.0, 2.0, 60.0
INDEXES = {RARE: "search_by_words", NEARLY_ALL: "search_newest_of_a_kind"}


@dataclass
class Timed:
    """Milliseconds: of the first time, when nothing was asked of that database before, and of each round after it."""

    cold: float = 0.0
    rounds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


@dataclass(frozen=True)
class News:
    """By case and number of articles; `indexes`: (word, size) of questions that do not use their index."""

    times: dict[tuple[str, int], Timed]
    without_index: list[tuple[str, int]]
    restricted: dict[str, float]
    storing: Storing


def _list(query: str = "", before: Place | None = None, viewer: Viewer = ANYONE) -> Callable[[int], object]:
    return lambda size: news_page(viewer, Filters.of(QueryDict(query)), before)


def _deep(query: str = "") -> Callable[[int], object]:
    def ask(size: int) -> object:
        at = timezone.now() - size * 0.5 * timedelta(minutes=7)
        return news_page(ANYONE, Filters.of(QueryDict(query)), Place(at, 0))

    return ask


def search_for(words: str, viewer: Viewer = ANYONE, page: int = 1) -> Callable[[int], object]:
    def ask(size: int) -> object:
        article = kind_named("article")
        assert article
        return search(viewer, words, article, page=page)

    return ask


CASES: dict[str, Callable[[int], object]] = {
    "list": _list(),
    "list, an official": _list(viewer=OFFICIAL),
    "one category": _list(f"category={CATEGORY}"),
    "one language": _list("language=ar"),
    "one country": _list("subject=morocco"),
    "rare town": _list(f"subject={RARE_TOWN}"),
    "town without news": _list(f"subject={TOWN_WITHOUT_NEWS}"),
    "page in the middle": _deep(),
    "page in the middle, one country": _deep("subject=morocco"),
    "search, rare word": search_for(RARE),
    "search, word in a tenth": search_for(A_TENTH),
    "search, word in nearly all": search_for(NEARLY_ALL),
    "search, two words": search_for(f"{NEARLY_ALL} {A_TENTH}"),
    "search, Arabic, in a tenth": search_for(ARABIC_A_TENTH),
    "search, Arabic, in nearly all": search_for(ARABIC_NEARLY_ALL),
    "search, an official": search_for(NEARLY_ALL, OFFICIAL),
    "search, page 10": search_for(NEARLY_ALL, page=10),
}
SEARCHES = [name for name in CASES if name.startswith("search")]
LISTS = [name for name in CASES if name not in SEARCHES]


def measure_news(made: Databases) -> News:
    times: dict[tuple[str, int], Timed] = {}
    without_index = []
    for size in SIZES:
        use(made.news[size])
        for name, ask in CASES.items():
            times[name, size] = Timed(cold=milliseconds(ask, size, _viewer_of(name)))
        without_index += [
            (word, size) for word, index in INDEXES.items() if not _uses(index, word) and size == SIZES[-1]
        ]
    for _ in range(ROUNDS):
        for size in SIZES:
            use(made.news[size])
            milliseconds(_list(), size, ANYONE)  # the first question of a connection pays for what it looks up once
            for name, ask in CASES.items():
                times[name, size].rounds.append(milliseconds(ask, size, _viewer_of(name)))
    use(made.news[SIZES[-1]])
    restricted = _cost_of_what_is_restricted()
    return News(times, without_index, restricted, measure_storing())


def _viewer_of(name: str) -> Viewer:
    return OFFICIAL if name.endswith("an official") else ANYONE


def milliseconds(ask: Callable[[int], object], size: int, viewer: Viewer) -> float:
    with viewing(viewer):
        began = time.perf_counter()
        ask(size)
        return (time.perf_counter() - began) * 1000


def _uses(index: str, words: str) -> bool:
    """Whether PostgreSQL finds the word by this index."""
    with viewing(ANYONE), CaptureQueriesContext(connection) as asked:
        search_for(words)(0)
    [query] = [row["sql"] for row in asked if "search_entry" in row["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {query.rpartition(';')[2]}")
        return index in str(cursor.fetchall())


def _cost_of_what_is_restricted() -> dict[str, float]:
    """By word: an official's search, beside the same question of the open entries alone, in turn."""
    whole = query.NEWEST_OF_BOTH
    costs = {}
    for word in (RARE, A_TENTH):
        ratios = []
        for _ in range(ROUNDS):
            spent = {}
            for name, sql in (("with", whole), ("without", query.NEWEST)):
                query.NEWEST_OF_BOTH = sql
                try:
                    spent[name] = milliseconds(search_for(word, OFFICIAL), 0, OFFICIAL)
                finally:
                    query.NEWEST_OF_BOTH = whole
            ratios.append(spent["with"] / spent["without"])
        costs[word] = statistics.median(ratios)
    return costs


def news_table(news: News) -> Iterable[str]:
    least = min(timed.median for timed in news.times.values())
    yield "News: time as a multiple of the shortest, first time in brackets"
    yield f"{'':<34}" + "".join(f"{f'{size:,}':>20}" for size in SIZES)
    for name in CASES:
        cells = [news.times[name, size] for size in SIZES]
        yield f"  {name:<32}" + "".join(
            f"{cell.median / least:>10.1f}× {f'({cell.cold / least:.0f}×)':>8}" for cell in cells
        )
    yield from storing_table(news.storing)


def news_targets(news: News) -> Iterable[str]:
    few, middle, many = SIZES
    grown, name = max((news.times[name, many].median / news.times[name, few].median, name) for name in LISTS)
    yield at_most(f"lists at {many:,} beside {few:,}, worst ({name})", grown, MOST_GROWN, " ×")
    grown, name = max((news.times[name, many].median / news.times[name, middle].median, name) for name in SEARCHES)
    yield at_most(f"searches at {many:,} beside {middle:,}, worst ({name})", grown, MOST_GROWN_SEARCH, " ×")
    slowest, name = max((news.times[name, many].median, name) for name in SEARCHES)
    yield at_most(f"a search at {many:,}, slowest ({name})", slowest, MOST_MS, " ms")
    arabic = news.times["search, Arabic, in a tenth", many].median / news.times["search, word in a tenth", many].median
    yield at_most("Arabic beside English", arabic, MOST_ARABIC, " ×")
    for word, cost in news.restricted.items():
        yield f"  told     an official's search beside the open entries alone ({word}): {cost:.2f} ×"
    missing = ", ".join(f"{word} at {size:,}" for word, size in news.without_index)
    yield f"  {'missed ' if missing else 'reached'}  searches use their indexes{': not ' + missing if missing else ''}"
    yield from storing_targets(news.storing)
