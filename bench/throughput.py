"""Requests a second of the portal's sections beside two bare views, in interleaved rounds."""

from dataclasses import dataclass, field
from statistics import median

from bench import client
from bench.readers import OFFICIAL, STOCK_BACKEND, cookie_of
from bench.serving import WebServer

OPEN = "/en/maps/mtm/migration-development/morocco/"
RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/morocco/"
WARMING_SECONDS = 0.5


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

    def measure(self, seconds: float) -> None:
        """One round. Raises LoadError when an answer has another status."""
        cpu = self.server.cpu_seconds()
        load = client.load(self.server.port, self.asked, seconds)
        cpu = self.server.cpu_seconds() - cpu
        if set(load.answers) != {self.status}:
            raise client.LoadError(f"{self.name} gave {dict(load.answers)} instead of {self.status} only.")
        self.rates.append(load.per_second)
        self.costs.append(cpu / load.answers.total())

    @property
    def per_second(self) -> float:
        return median(self.rates)

    @property
    def cpu(self) -> float:
        """Seconds of the web server's processors that a request takes."""
        return median(self.costs)


def cases(portal: WebServer, bare: WebServer) -> dict[str, Case]:
    """A and B answer with as many bytes as the page beside them transfers."""
    official = cookie_of(OFFICIAL)
    open_page = client.fetch(portal.port, OPEN)
    restricted = client.fetch(portal.port, RESTRICTED, official)
    unchanged = {"If-None-Match": open_page.headers["etag"]}
    still = official | {"If-None-Match": restricted.headers["etag"]}
    a, b = f"/bare/{len(open_page.body)}/", f"/signed-in/{len(restricted.body)}/"
    return {
        "A": Case("A: bare view", bare, a),
        "open": Case("open section, the public", portal, OPEN),
        "open304": Case("open section, the public, unchanged (304)", portal, OPEN, unchanged, 304),
        "B": Case("B: bare view, signed in", bare, b, cookie_of(OFFICIAL, STOCK_BACKEND)),
        "restricted": Case("restricted section, an official", portal, RESTRICTED, official),
        "restricted304": Case("restricted section, an official, unchanged (304)", portal, RESTRICTED, still, 304),
    }


def run(measured: list[Case], rounds: int, seconds: float) -> None:
    for case in measured:
        client.load(case.server.port, case.asked, WARMING_SECONDS)
    for _ in range(rounds):
        for case in measured:
            case.measure(seconds)
