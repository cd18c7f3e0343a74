"""What the lock costs a search: an official's beside the public's, where half of all entries are restricted."""

import statistics
from collections.abc import Iterable
from itertools import product

from access.viewer import ANYONE, Viewer
from bench.databases import Databases, use
from bench.news import A_TENTH, ARABIC_A_TENTH, DIALOGUE, NEARLY_ALL, RARE, RESTRICTED_SIZES
from bench.report import at_most
from bench.searching import OFFICIAL, ROUNDS, milliseconds, search_for

WORDS = {
    "stands nowhere": "zzyzx",
    "rare": RARE,
    "in a tenth": A_TENTH,
    "in nearly all": NEARLY_ALL,
    "Arabic, in a tenth": ARABIC_A_TENTH,
    "one without another": f"{NEARLY_ALL} -{A_TENTH}",
}
ELSEWHERE = Viewer.of(["nominated", f"dialogue:{DIALOGUE}:migration-development"])  # reads none of it
VIEWERS = {"the public": ANYONE, "an official": OFFICIAL, "an official elsewhere": ELSEWHERE}
# At most so many times the public's, and, where that takes next to no time, so many of a word in nearly all.
MOST_BESIDE_PUBLIC, MOST_BESIDE_COMMON = 2.0, 0.25

Restricted = dict[tuple[int, str, str], float]


def measure_restricted(made: Databases) -> Restricted:
    """Milliseconds by number of restricted entries, word and viewer: the median of rounds, in turn."""
    spent: dict[tuple[int, str, str], list[float]] = {}
    for size in RESTRICTED_SIZES:
        use(made.restricted[size])
        for _, word, viewer in product(range(ROUNDS), WORDS, VIEWERS):
            took = milliseconds(search_for(WORDS[word], VIEWERS[viewer]), size, VIEWERS[viewer])
            spent.setdefault((size, word, viewer), []).append(took)
    return {case: statistics.median(rounds) for case, rounds in spent.items()}


def restricted_table(took: Restricted) -> Iterable[str]:
    yield "Search where half is restricted: time as a multiple of the public's"
    yield f"{'':<26}" + "".join(f"{f'{viewer}, {size:,}':>32}" for size in RESTRICTED_SIZES for viewer in _others())
    for word in WORDS:
        cells = (
            took[size, word, viewer] / took[size, word, "the public"]
            for size in RESTRICTED_SIZES
            for viewer in _others()
        )
        yield f"  {word:<24}" + "".join(f"{f'{cell:.2f} ×':>32}" for cell in cells)


def restricted_targets(took: Restricted) -> Iterable[str]:
    for size in RESTRICTED_SIZES:
        common = took[size, "in nearly all", "the public"]
        beside = {word: took[size, word, "an official"] / took[size, word, "the public"] for word in WORDS}
        tiny = {word for word in WORDS if took[size, word, "the public"] < MOST_BESIDE_COMMON * common}
        worst = max(beside[word] for word in WORDS if word not in tiny)
        yield at_most(
            f"an official's search, {size:,} restricted, beside the public's", worst, MOST_BESIDE_PUBLIC, " ×"
        )
        for word in sorted(tiny):
            share = took[size, word, "an official"] / common
            yield at_most(f"… a word that {word}, beside one in nearly all", share, MOST_BESIDE_COMMON, " ×")


def _others() -> list[str]:
    return [viewer for viewer in VIEWERS if viewer != "the public"]
