"""Requests a second of the portal's sections beside two bare views, in interleaved rounds."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import client
from bench.databases import Databases, environment_for, use
from bench.pages import SECTION, Reader, Visit
from bench.readers import STOCK_BACKEND, headers_of
from bench.serving import WebServer, web_server

WARMING_SECONDS = 0.5
STATUS = {Visit.FIRST: 200, Visit.REPEAT: 200, Visit.UNCHANGED: 304}


@dataclass
class Case:
    """One request, asked of one server over and over."""

    name: str
    server: WebServer
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    @property
    def asked(self) -> bytes:
        return client.request_bytes(self.path, self.headers)

    def warm_up(self) -> None:
        client.load(self.server.port, self.asked, WARMING_SECONDS)

    def measure(self, seconds: float) -> None:
        """One round. Raises LoadError when an answer has another status."""
        cpu = self.server.cpu_seconds()
        load = client.load(self.server.port, self.asked, seconds)
        cpu = self.server.cpu_seconds() - cpu
        if set(load.answers) != {self.status}:
            raise client.LoadError(f"{self.name} gave {dict(load.answers)} instead of {self.status} only.")
        self.rates.append(load.per_second)
        self.costs.append(cpu / load.answers.total())

    def ratio_to(self, base: "Case") -> float:
        """Of the requests a second, round by round: what else the machine does at that moment slows both."""
        return median(own / others for own, others in zip(self.rates, base.rates, strict=True))

    def thrift_beside(self, base: "Case") -> float:
        """The same of the web server's processor time that a request takes."""
        return median(others / own for own, others in zip(self.costs, base.costs, strict=True))


@dataclass(frozen=True)
class Measured:
    """The cases of a part of the run: the bare view for each reader, and the sections by visit and database."""

    bare: dict[Reader, Case]
    sections: dict[tuple[Reader, Visit, str], Case]

    def ratio(self, reader: Reader, visit: Visit, database: str) -> float:
        return self.sections[reader, visit, database].ratio_to(self.bare[reader])

    def thrift(self, reader: Reader, visit: Visit, database: str) -> float:
        return self.sections[reader, visit, database].thrift_beside(self.bare[reader])


def first_visits(home: Path, made: Databases, rounds: int, seconds: float) -> Measured:
    return _measured(home, made, "bench.empty_page_cache:application", (Visit.FIRST,), rounds, seconds)


def later_visits(home: Path, made: Databases, rounds: int, seconds: float) -> Measured:
    return _measured(home, made, "imap.wsgi:application", (Visit.REPEAT, Visit.UNCHANGED), rounds, seconds)


def _measured(
    home: Path, made: Databases, application: str, visits: tuple[Visit, ...], rounds: int, seconds: float
) -> Measured:
    """With one server for each database, and one for the bare views."""
    with ExitStack() as stack:
        portals = {
            name: stack.enter_context(
                web_server(home, application, "imap.settings", "/readyz", **environment_for(name))
            )
            for name in made.names
        }
        bare = stack.enter_context(
            web_server(home, "bench.wsgi:application", "bench.settings", "/bare/1/", **environment_for(made.world))
        )
        sections = {
            (reader, visit, name): case
            for name, portal in portals.items()
            for reader in Reader
            for visit, case in _sections(portal, name, reader, visits).items()
        }
        measured = Measured(_bare_views(bare, made.world, portals[made.world]), sections)
        in_turn([*measured.bare.values(), *sections.values()], rounds, seconds)
    return measured


def _sections(portal: WebServer, database: str, reader: Reader, visits: tuple[Visit, ...]) -> dict[Visit, Case]:
    use(database)
    path, headers = SECTION[reader], headers_of(reader)
    etag = client.fetch(portal.port, path, headers).headers["etag"]
    extra: Mapping[Visit, dict[str, str]] = {Visit.UNCHANGED: {"If-None-Match": etag}}
    return {
        visit: Case(f"{reader}, {visit}, {database}", portal, path, headers | extra.get(visit, {}), STATUS[visit])
        for visit in visits
    }


def _bare_views(server: WebServer, database: str, portal: WebServer) -> dict[Reader, Case]:
    """A and B, which answer with as many bytes as the section beside them transfers."""
    use(database)
    return {
        reader: bare_view(server, reader, len(client.fetch(portal.port, SECTION[reader], headers_of(reader)).body))
        for reader in Reader
    }


def bare_view(server: WebServer, reader: Reader, length: int) -> Case:
    """A for the public, B for an official, with so many bytes, in the database that Django speaks to."""
    if reader is Reader.PUBLIC:
        return Case("A", server, f"/bare/{length}/")
    return Case("B", server, f"/signed-in/{length}/", headers_of(reader, STOCK_BACKEND))


def in_turn(cases: list[Case], rounds: int, seconds: float) -> None:
    """Measures them round by round, so that what else the machine does meets all of them."""
    for case in cases:
        case.warm_up()
    for _ in range(rounds):
        for case in cases:
            case.measure(seconds)
