"""The parts of the measurement: what each measures, in which databases, and what it prints."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.conf import settings

from bench import databases, report
from bench.browsing import browse, browsing_table, browsing_targets
from bench.counting import cost_of_lists, cost_of_sections
from bench.databases import Databases
from bench.feeds import feeds_table, feeds_targets, measure_feeds
from bench.layers import cost_of_layers, layer_targets, layers_table, rates_of_layers
from bench.pages import Reader
from bench.restricted import measure_restricted, restricted_table, restricted_targets
from bench.searching import measure_news, news_table, news_targets
from bench.throughput import first_visits, later_visits

FIRST_ROUNDS, LATER_ROUNDS, LIST_ROUNDS = 5, 9, 3
SECONDS = 0.7  # of a round, for each case


class Printed(NamedTuple):
    """`targets`: lines that say what is reached."""

    tables: list[Iterable[str]]
    targets: Iterable[str]


def layers(made: Databases) -> Printed:
    costs, rates = cost_of_layers(made), rates_of_layers(settings.VAR_DIR, made, FIRST_ROUNDS, SECONDS)
    return Printed([layers_table(costs, rates)], layer_targets(rates))


def browser(made: Databases) -> Printed:
    browsing = browse(settings.VAR_DIR, made)
    return Printed([browsing_table(browsing)], browsing_targets(browsing))


def news(made: Databases) -> Printed:
    measured = measure_news(made)
    return Printed([news_table(measured)], news_targets(measured))


def restricted(made: Databases) -> Printed:
    took = measure_restricted(made)
    return Printed([restricted_table(took)], restricted_targets(took))


def feeds(made: Databases) -> Printed:
    took = measure_feeds(settings.VAR_DIR, made)
    return Printed([feeds_table(took)], feeds_targets(took))


def sections(made: Databases) -> Printed:
    databases.use(made.world)
    results = report.Results(
        made=made,
        profiles=(databases.profiles_in(made.open), databases.profiles_in(made.crowd_open)),
        costs=cost_of_sections(made),
        lists=cost_of_lists(made, LIST_ROUNDS),
        first=first_visits(settings.VAR_DIR, made, FIRST_ROUNDS, SECONDS),
        later=later_visits(settings.VAR_DIR, made, LATER_ROUNDS, SECONDS),
    )
    of_readers = [report.sections_table(results, reader) for reader in Reader]
    return Printed([*of_readers, report.lists_table(results)], report.targets(results))


class Part(NamedTuple):
    """`of`: how the names of its databases end, beside the loaded world's."""

    measure: Callable[[Databases], Printed]
    of: tuple[str, ...] = ()


PARTS = {
    "layers": Part(layers, ("maps",)),
    "browser": Part(browser, ("maps",)),
    "news": Part(news, ("news",)),
    "restricted": Part(restricted, ("restricted",)),
    "feeds": Part(feeds, ("feeds",)),
    "sections": Part(sections, ("open", "crowd")),
}
