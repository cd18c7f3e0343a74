"""The portal's own PostgreSQL and Valkey, for a machine that has neither. Nothing here knows Django.

>>> with running(Path("var")) as addresses:
...     os.environ.update(addresses.environment())
"""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from devserver.places import Places, ServersError, places_of

__all__ = ["Addresses", "ServersError", "addresses", "broker_url", "discard", "running"]

PATIENCE = 120.0  # seconds for servers that another process has begun to start


@dataclass(frozen=True)
class Addresses:
    """URLs for dj_database_url and redis.from_url, all of unix sockets."""

    database_url: str
    database_owner_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """The variables by which settings know them."""
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
        }

    def missing_from(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Those that `environment` does not set already; an empty value counts as not set."""
        return {name: url for name, url in self.environment().items() if not environment.get(name, "").strip()}


def addresses(home: Path | str) -> Addresses:
    """Where the servers of `home` answer once they run. Starts, makes and needs nothing."""
    places = places_of(home)
    # The port is part of the socket's name; without it libpq would take PGPORT.
    host = quote(str(places.sockets), safe="") + ":5432"
    return Addresses(
        f"postgresql://imap_app@{host}/imap",
        f"postgresql://imap_owner@{host}/imap",
        f"unix://{quote(str(places.valkey_socket))}?db=0",
    )


def broker_url(redis_url: str) -> str:
    """`redis_url` as Celery wants it: kombu calls a unix socket `redis+socket` and the database `virtual_host`."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    return f"redis+socket://{path}?{query.replace('db=', 'virtual_host=') or 'virtual_host=0'}"


@contextlib.contextmanager
def running(home: Path | str, *, disposable: bool = False) -> Iterator[Addresses]:
    """Runs both servers for the block, restarting one that crashes.

    `disposable`: a crash of the machine may cost the data, so PostgreSQL need not wait for the disk.

    When another process runs them already, such as `make demo`, it uses those and leaves them; when others use the ones
    started here, the end of the block waits for them. Raises ServersError when they cannot be started.
    """
    # Imported here, as settings import this module for the addresses alone.
    from devserver import locks

    places = replace(places_of(home), is_disposable=disposable)
    with contextlib.ExitStack() as stack:
        while not _started_here(places, stack):
            with contextlib.ExitStack() as attempt:
                attempt.enter_context(locks.using(places))
                if _started_by_others(places):
                    stack.push(attempt.pop_all())
                    break
        yield addresses(home)


def discard(home: Path | str) -> None:
    """Removes what the servers of `home` keep outside it (for root the data); `home` itself is the caller's."""
    from devserver import cluster

    cluster.discard(places_of(home))


def _started_here(places: Places, stack: contextlib.ExitStack) -> bool:
    from devserver import locks

    try:
        stack.enter_context(locks.supervising(places))
    except locks.AlreadyRunning:
        return False
    stack.enter_context(_supervised(places))
    return True


def _started_by_others(places: Places) -> bool:
    """Waits until the servers that another process starts answer; False when it ends before.

    Raises ServersError when they do not: a demo that was given servers from elsewhere runs none.
    """
    from devserver import locks, postgres, processes, valkey

    def answer() -> bool:
        return postgres.answers(places) and valkey.answers(places)

    processes.wait_until(lambda: locks.holder(places) is None or answer(), PATIENCE, every=0.1)
    holder = locks.holder(places)
    if holder and not answer():
        raise ServersError(f"Process {holder.pid} holds {places.home}, but no servers answer there: stop it first.")
    return holder is not None


@contextlib.contextmanager
def _supervised(places: Places) -> Iterator[None]:
    """Runs the supervisor in a thread of its own, as the thread that starts a child must outlive it."""
    from devserver import locks
    from devserver.start import start_servers
    from devserver.supervisor import Stopping, Supervisor

    stopping, decided = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def supervise() -> None:
        try:
            supervisor = Supervisor(places, stopping)
            try:
                start_servers(supervisor)
                decided.set()
                supervisor.watch()
            finally:
                supervisor.stop()
        except Stopping:
            pass
        except BaseException as error:
            failures.append(error)
        finally:
            decided.set()

    thread = threading.Thread(target=supervise, name="imap-servers", daemon=True)
    thread.start()
    with locks.open_users(places) as users:  # closed, and so unlocked, only after the servers have stopped
        try:
            decided.wait()
            if failures:
                raise failures[0]
            try:
                yield
            finally:
                locks.wait_until_unused(users)
        finally:
            stopping.set()
            thread.join()
