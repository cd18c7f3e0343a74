"""`python -m bench`: measures, prints ratios in one run, and says which targets are reached. `make bench` calls it."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imap.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
django.setup()

# What follows needs the application registry.
from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import databases, report  # noqa: E402
from bench.browsing import browse, browsing_table, browsing_targets  # noqa: E402
from bench.counting import cost_of_lists, cost_of_sections  # noqa: E402
from bench.layers import cost_of_layers, layer_targets, layers_table, rates_of_layers  # noqa: E402
from bench.pages import Reader  # noqa: E402
from bench.searching import measure_news, news_table, news_targets  # noqa: E402
from bench.throughput import first_visits, later_visits  # noqa: E402

FIRST_ROUNDS, LATER_ROUNDS, LIST_ROUNDS = 5, 9, 3
SECONDS = 0.7  # of a round, for each case

T = TypeVar("T")


def main() -> None:
    print(
        f"The i-Map's bench, {timezone.localdate()}: {os.cpu_count()} cores, the demonstration's web server, this machine only."
    )
    home = settings.VAR_DIR
    made = _told("Databases", databases.prepare)
    costs = _told("Layers of route maps", lambda: cost_of_layers(made))
    rates = _told("Requests for layers", lambda: rates_of_layers(home, made, FIRST_ROUNDS, SECONDS))
    browsing = _told("Chromium", lambda: browse(home, made))
    news = _told("News", lambda: measure_news(made))
    databases.use(made.world)
    results = report.Results(
        made=made,
        profiles=(databases.profiles_in(made.open), databases.profiles_in(made.crowd_open)),
        costs=_told("Queries and bytes", lambda: cost_of_sections(made)),
        lists=_told("Lists", lambda: cost_of_lists(made, LIST_ROUNDS)),
        first=_told("First visits", lambda: first_visits(home, made, FIRST_ROUNDS, SECONDS)),
        later=_told("Repeat visits", lambda: later_visits(home, made, LATER_ROUNDS, SECONDS)),
    )
    for reader in Reader:
        print("", *report.sections_table(results, reader), sep="\n")
    print("", *report.lists_table(results), sep="\n")
    print("", *layers_table(costs, rates), sep="\n")
    print("", *browsing_table(browsing), sep="\n")
    print("", *news_table(news), sep="\n")
    print(
        "",
        "Targets",
        *report.targets(results),
        *layer_targets(rates),
        *browsing_targets(browsing),
        *news_targets(news),
        sep="\n",
    )


def _told(what: str, work: Callable[[], T]) -> T:
    """Runs a part of the measurement, and prints how long it took."""
    began = time.monotonic()
    print(f"{what} … ", end="", flush=True)
    result = work()
    print(f"{time.monotonic() - began:.0f} s", flush=True)
    return result


if __name__ == "__main__":
    main()
