"""In this process, without a web server: queries and bytes of a page, and what lists take in each database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.databases import Databases, kept_open
from bench.pages import LISTS, SECTION, Reader, Visit
from bench.readers import headers_of
from profiles.page_cache import clear_process_cache
from profiles.shown_editions import newest_shown
from profiles.visible_edition import forget_editions
from routes.layer_responses import forget_visible_layers
from routes.reading import maps_shown


@dataclass(frozen=True)
class Cost:
    """`queries`: statements of the database, BEGIN and COMMIT included. `length`: bytes of the body as transferred."""

    queries: int
    length: int


@dataclass
class ListCost:
    """A list in one database: its cost, and the seconds that it took, round by round."""

    cost: Cost
    seconds: list[float] = field(default_factory=list)

    def ratio_to(self, other: "ListCost") -> float:
        return median(own / others for own, others in zip(self.seconds, other.seconds, strict=True))


Lists = dict[tuple[str, Reader, str], ListCost]


def cost_of_sections(made: Databases) -> dict[tuple[Reader, Visit], Cost]:
    costs = {}
    with _speaking_to(made.world):
        for reader in Reader:
            browser = _browser(reader)
            _forget()
            costs[reader, Visit.FIRST] = _cost(browser, SECTION[reader])
            costs[reader, Visit.REPEAT] = _cost(browser, SECTION[reader])
            etag = browser.get(SECTION[reader])["ETag"]
            costs[reader, Visit.UNCHANGED] = _cost(browser, SECTION[reader], {"If-None-Match": etag})
    return costs


def cost_of_lists(made: Databases, rounds: int) -> Lists:
    """Each list for each reader in each database, in turn."""
    lists: Lists = {}
    with ExitStack() as stack:
        wrappers = {name: stack.enter_context(kept_open(name)) for name in made.names}
        browsers = {}
        for database, wrapper in wrappers.items():
            with _in_place_of_djangos(wrapper):
                for reader in Reader:
                    browsers[database, reader] = _browser(reader)
        asked = [(page, reader, database) for page in LISTS for reader in Reader for database in made.names]
        for page, reader, database in asked:
            with _in_place_of_djangos(wrappers[database]):
                lists[page, reader, database] = ListCost(_cost(browsers[database, reader], LISTS[page]))
        for _ in range(rounds):
            for page, reader, database in asked:
                with _in_place_of_djangos(wrappers[database]):
                    began = perf_counter()
                    browsers[database, reader].get(LISTS[page])
                    lists[page, reader, database].seconds.append(perf_counter() - began)
    return lists


def _browser(reader: Reader) -> Client:
    return Client(SERVER_NAME="localhost", headers={"Accept-Encoding": "gzip", **headers_of(reader)})


def _cost(browser: Client, path: str, headers: dict[str, str] | None = None) -> Cost:
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(path, headers=headers)
    if response.status_code not in (200, 304):
        raise SystemExit(f"{path} was answered with {response.status_code}.")
    return Cost(len(queries), len(response.content))


@contextmanager
def _speaking_to(database: str) -> Iterator[None]:
    with kept_open(database) as wrapper, _in_place_of_djangos(wrapper):
        yield


@contextmanager
def _in_place_of_djangos(wrapper: BaseDatabaseWrapper) -> Iterator[None]:
    """What is remembered of one database is not true of another."""
    djangos = connections["default"]
    connections["default"] = wrapper
    _forget()
    try:
        yield
    finally:
        connections["default"] = djangos
        _forget()


def _forget() -> None:
    clear_process_cache()
    cache.clear()
    forget_editions()
    newest_shown.forget()
    maps_shown.forget()
    forget_visible_layers()
