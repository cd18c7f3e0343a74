"""Runs the whole portal on one machine until Ctrl-C: servers, workers, publishers, web server (`python -m demo`)."""

import argparse
import contextlib
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from devserver import ServersError, addresses, locks
from devserver.__main__ import CHECKOUT, default_home
from devserver.places import Places, places_of
from devserver.processes import MARK
from devserver.start import end_stale, start_postgres, start_valkey
from devserver.supervisor import Child, Stopping, Supervisor, mortal

PASSWORD = "demo-only-2012"
ACCOUNTS = (
    ("secretariat", "superuser, secretariat of all four dialogues"),
    ("editor", "secretariat of the MTM Dialogue, editor without superuser rights"),
    ("translator.ar", "external translator into Arabic"),
    ("official.mar", "Morocco (MTM and Rabat, all themes)"),
    ("official.mar.dev", "Morocco (MTM, Migration and Development only)"),
    ("focalpoint.mar", "Morocco's national focal point, may nominate"),
    ("official.ukr", "Ukraine (Budapest, Prague)"),
    ("unhcr", "Partner Agency of the MTM, checks asylum and reception"),
    ("frontex", "Partner Agency of the MTM, checks detection"),
    ("observer.las", "League of Arab States, observer of the MTM"),
)
# Commands that run once, in order, before the portal is served; each prints its own progress.
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Data, texts and static files", (sys.executable, "manage.py", "prepare_demo")),
)
# Process, its name in the progress, its queue, its processes: what people wait for has a worker of its own, and so has what
# other hosts make slow.
WORKERS = (
    ("worker-now", "Worker for what people wait for", "now", 2),
    ("worker", "Worker for what may take its time", "background", 4),
    ("worker-slow", "Worker for slow feeds and for links", "slow", 2),
)
NEWS_BEGAN = "demo-news-began"  # file below the home: by when the news are dated
HOME_OF_NEWS = "127.0.0.1"
FROM_THE_PORTAL_TO_THE_NEWS = 1000  # ports
APPLICATION = "imap.wsgi:application"
LOOPBACK = ("127.0.0.1", "::1")  # what `localhost` may mean to a browser
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Demo:
    """What to run and where; the tests put a small application in the portal's place."""

    home: Path
    port: int = 8000
    folder: Path = CHECKOUT
    steps: Sequence[tuple[str, Sequence[str]]] = STEPS
    application: str = APPLICATION
    ready_path: str = "/readyz"
    celery: str = "imap"  # empty: neither workers nor scheduler
    news_port: int = 0  # of the publishers whose news the portal fetches; 0: there are none

    @property
    def news_began(self) -> Path:
        return self.home.resolve() / NEWS_BEGAN

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"


class Progress:
    """Prints one numbered line a step, with the seconds it took."""

    def __init__(self, total: int) -> None:
        self.total, self.number = total, 0

    @contextlib.contextmanager
    def step(self, name: str, *, prints_itself: bool = False) -> Iterator[None]:
        self.number += 1
        began = time.monotonic()
        print(f"{self.number}/{self.total} {name} …", end="\n" if prints_itself else " ", flush=True)
        try:
            yield
        except BaseException:
            print(flush=True)
            raise
        indent = "    done in " if prints_itself else ""
        print(f"{indent}{time.monotonic() - began:.1f} s", flush=True)

    def skip(self, name: str, why: str) -> None:
        self.number += 1
        print(f"{self.number}/{self.total} {name}: {why}", flush=True)


def serve(demo: Demo, stopping: threading.Event) -> None:
    """Brings everything up, says so, and keeps it up until `stopping`. Raises ServersError with what went wrong."""
    places = places_of(demo.home)
    with locks.supervising(places, demo.address):
        supervisor = Supervisor(places, stopping)
        try:
            end_stale(supervisor)
            refuse_taken_port(demo.port)
            bring_up(demo, supervisor)
            print_welcome(demo)
            supervisor.watch()
        finally:
            if stopping.is_set():
                with contextlib.suppress(OSError):  # after SIGHUP there is no terminal
                    print("\nStopping …", flush=True)
            supervisor.stop()


def bring_up(demo: Demo, supervisor: Supervisor) -> None:
    """Starts the servers, runs the steps, starts the portal's processes, each only when the one before is ready."""
    began = time.monotonic()
    children = portal_children(demo, supervisor.places)
    progress = Progress(2 + len(demo.steps) + len(children))
    missing = addresses(demo.home).missing_from(os.environ)
    own_servers: tuple[tuple[str, bool, Callable[[Supervisor], None]], ...] = (
        ("PostgreSQL 18", "DATABASE_URL" in missing or "DATABASE_OWNER_URL" in missing, start_postgres),
        ("Valkey", "REDIS_URL" in missing, start_valkey),
    )
    for name, is_ours, start in own_servers:
        if is_ours:
            with progress.step(name):
                start(supervisor)
        else:
            progress.skip(name, "another one is configured")
    for name, command in demo.steps:
        with progress.step(name, prints_itself=True):
            run_step(demo, command, supervisor)
    for name, child in children:
        with progress.step(name):
            supervisor.start(child)
    supervisor.refuse_crashed()
    print(f"Everything is up after {time.monotonic() - began:.1f} s.", flush=True)


def run_step(demo: Demo, command: Sequence[str], supervisor: Supervisor) -> None:
    """Runs a command to its end. Raises ServersError when it fails, Stopping when asked to stop meanwhile."""
    environment = {**environment_of(demo), MARK: supervisor.places.key}
    lasting = mortal(command, signal.SIGTERM, supervisor.places.portal)
    process = subprocess.Popen(lasting, cwd=demo.folder, env=environment, start_new_session=True)
    while process.poll() is None:
        if supervisor.stopping.wait(0.05):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            raise Stopping
    if process.returncode:
        raise ServersError(f"`{' '.join(command[1:])}` failed with code {process.returncode}.")


def portal_children(demo: Demo, places: Places) -> list[tuple[str, Child]]:
    """The web server and, unless switched off, Celery's workers and scheduler."""
    environment = environment_of(demo)

    def child(name: str, is_ready: Callable[[], bool], *arguments: str, farewell: int | None = None) -> Child:
        command = (sys.executable, "-m", *arguments)
        return Child(name, command, is_ready, environment, folder=demo.folder, ready_within=120, farewell=farewell)

    def at_once() -> bool:
        return True

    web = child(
        *("web", lambda: answers_ready(demo), "granian", "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(demo.port)),
        *("--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--respawn-interval", "1"),
        *("--workers-kill-timeout", "5", "--log-level", "warning", demo.application),
    )
    children = []
    if demo.news_port:
        told = ("--port", str(demo.news_port), "--began", str(demo.news_began))
        children.append(("Publishers of news", child("publishers", at_once, "demo.publishers", *told)))
    if demo.celery:
        celery = ("celery", "-A", demo.celery)
        schedule = str(places.home / "celery-schedule")
        workers = []
        # Killed, not asked, when the supervisor is: without a queue Celery's polite end never comes (seen with 5.7).
        for name, words, queue, processes in WORKERS:
            command = (*celery, *worker_words(queue, processes))
            workers.append((words, child(name, at_once, *command, farewell=signal.SIGKILL)))
        beat = child("beat", at_once, *celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "INFO")
        children += [*workers, ("Scheduler", beat)]
    # Last, so that what the others need to fail or to work has passed when the portal says it is ready.
    return [*children, ("Web server", web)]


def worker_words(queue: str, processes: int) -> tuple[str, ...]:
    told = ("--queues", queue, "--hostname", f"{queue}@%h", "--concurrency", str(processes))
    return ("worker", *told, "--loglevel", "INFO")


def environment_of(demo: Demo) -> dict[str, str]:
    """The environment of every process of the portal: servers that are configured already stay."""
    news = {"IMAP_NEWS_ALSO_FROM": f"{HOME_OF_NEWS}:{demo.news_port}"} if demo.news_port else {}
    return {
        "IMAP_SITE_ADDRESS": demo.address,
        **news,
        **os.environ,
        **addresses(demo.home).missing_from(os.environ),
        "DJANGO_SETTINGS_MODULE": "imap.settings",
        "IMAP_MODE": "demo",
        "IMAP_VAR": str(demo.home.resolve()),
        "PYTHONUNBUFFERED": "1",  # progress as it happens
    }


def answers_ready(demo: Demo) -> bool:
    """Whether the portal says it is ready. Asks without the proxies that the environment may name."""
    connection = http.client.HTTPConnection("127.0.0.1", demo.port, timeout=10)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", demo.ready_path, headers={"Host": f"localhost:{demo.port}"})
        return connection.getresponse().status == 200
    return False


def refuse_taken_port(port: int) -> None:
    """Raises ServersError when something else answers at `localhost`, in IPv4 or IPv6, or the port is not ours."""
    for host in LOOPBACK:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            raise ServersError(
                f"Port {port} is taken by another program. Stop it, or choose another: PORT={port + 1} make demo"
            )
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK[0], port))
        except OSError as error:
            raise ServersError(
                f"Port {port} cannot be used: {error.strerror}. Choose another: PORT=8001 make demo"
            ) from error


def port_for_news(port: int) -> int:
    """A free port, the same at each start wherever it can be; 0 when none is found."""
    first = port + FROM_THE_PORTAL_TO_THE_NEWS if port < 60_000 else port - FROM_THE_PORTAL_TO_THE_NEWS
    for trial in range(first, first + 20):
        with contextlib.suppress(OSError), socket.socket() as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((HOME_OF_NEWS, trial))
            return trial
    return 0


def print_welcome(demo: Demo) -> None:
    print(f"\ni-Map is ready at {demo.address}/\n\nAccounts of the demo, all with the password {PASSWORD}:")
    width = max(len(name) for name, _ in ACCOUNTS) + len("@imap.example")
    for name, who in ACCOUNTS:
        print(f"  {name + '@imap.example':<{width}}  {who}")
    print("\nCtrl-C stops it.", flush=True)


def port_number(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"PORT must be a number between 1 and 65535, not {text!r}")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--home", type=Path, default=default_home(), help="folder of the demo's state (default: var)")
    parser.add_argument("--port", type=port_number, default=os.environ.get("PORT") or "8000")
    chosen = parser.parse_args(arguments)
    steps = [(name, (*command, "--news-began", str(chosen.home.resolve() / NEWS_BEGAN))) for name, command in STEPS]
    return run(Demo(chosen.home, chosen.port, steps=steps, news_port=port_for_news(chosen.port)))


def run(demo: Demo) -> int:
    """Serves until SIGINT, SIGTERM or SIGHUP; returns the exit code. To be called in the main thread."""
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    stopping = set_by_signals()
    try:
        serve(demo, stopping)
    except Stopping:
        pass
    except ServersError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def set_by_signals() -> threading.Event:
    """What Ctrl-C, a closed terminal and SIGTERM set from now on. To be called in the main thread."""
    stopping = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        # In another thread: the one that was interrupted may hold the event's lock, and would wait for itself.
        threading.Thread(target=stopping.set).start()

    for number in STOP_SIGNALS:
        signal.signal(number, ask_to_stop)
    return stopping
