"""Finds and ends the processes of one home, including those that a killed supervisor left behind."""

import contextlib
import functools
import json
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psutil

from devserver.places import Places

# Every child of a supervisor carries the key of its home in this variable, and so do their children.
MARK = "IMAP_SUPERVISED"
CLOCK_SLACK = 2.0  # seconds; the start of a process is counted from a boot time that a corrected clock moves


def record(places: Places, name: str, pid: int) -> None:
    """Notes process `pid` as the home's `name`, with its start time, as another process may get the same number."""
    with contextlib.suppress(psutil.Error):
        started = psutil.Process(pid).create_time()
        _record_of(places, name).write_text(json.dumps({"pid": pid, "started": started}))


def forget(places: Places, name: str) -> None:
    _record_of(places, name).unlink(missing_ok=True)


def recorded(places: Places) -> dict[str, psutil.Process]:
    """The noted processes that still run, by name."""
    found = {}
    for path in sorted(places.run.glob("*.process.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, psutil.Error):
            noted = json.loads(path.read_text())
            process = psutil.Process(noted["pid"])
            if abs(process.create_time() - noted["started"]) <= CLOCK_SLACK and runs(process):
                found[path.name.removesuffix(".process.json")] = process
    return found


def marked(places: Places) -> Iterator[psutil.Process]:
    """Running processes of the present user that a supervisor of this home started, however indirectly."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_ours = process.uids().effective == os.geteuid() and process.pid != os.getpid()
            if is_ours and process.environ().get(MARK) == places.key and runs(process):
                yield process


def postgres_processes(places: Places) -> Iterator[psutil.Process]:
    """The cluster's postmaster and backends.

    Told by user and title, which anybody may read: in a container root may not look into another user's processes. The
    postmaster names its data folder in its command line, the others the cluster's name in their title.
    """
    data, title = str(places.data), f"postgres: {cluster_name(places)}: "
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.uids().effective != places.server.uid:
                continue
            command = process.cmdline()
            is_postmaster = bool(command) and Path(command[0]).name == "postgres" and data in command
            if (is_postmaster or " ".join(command).startswith(title)) and runs(process):
                yield process


def cluster_name(places: Places) -> str:
    return f"imap-{places.key}"


def end_left_over(places: Places, seconds: float = 10) -> list[str]:
    """Ends what an earlier supervisor of this home left running, except PostgreSQL; returns what it ended."""
    postgres = {process.pid for process in postgres_processes(places)}
    left = {process.pid: process for process in (*recorded(places).values(), *marked(places))}
    doomed = [process for pid, process in left.items() if pid not in postgres and pid != os.getpid()]
    ended = [f"{_name(process)} ({process.pid})" for process in doomed]
    end(doomed, [(signal.SIGTERM, seconds)])
    for path in places.run.glob("*.process.json"):
        path.unlink(missing_ok=True)
    return ended


def end_postgres(places: Places) -> list[str]:
    """Ends the cluster's postmaster and orphaned backends: politely, then at once, then by force."""
    found = list(postgres_processes(places))
    ended = [f"postgres ({process.pid})" for process in found]
    # SIGINT is a fast shutdown for the postmaster, and for a backend only the end of its query: hence SIGTERM too.
    postmasters = [process for process in found if _is_postmaster(process, places)]
    end(postmasters, [(signal.SIGINT, 30), (signal.SIGQUIT, 5)])
    end(list(postgres_processes(places)), [(signal.SIGTERM, 3), (signal.SIGQUIT, 3)])
    return ended


def end(processes: Iterable[psutil.Process], steps: Iterable[tuple[int, float]]) -> None:
    """Sends each signal in turn and waits its seconds for the processes to be gone; SIGKILL comes last."""
    left = list(processes)
    for number, seconds in [*steps, (signal.SIGKILL, 5.0)]:
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)
        wait_until(functools.partial(_have_ended, left), seconds)
        left = [process for process in left if runs(process)]


def runs(process: psutil.Process) -> bool:
    """Whether it still does something; a zombie waits only to be collected by its parent."""
    with contextlib.suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Asks `every` so many seconds until `condition` holds or `seconds` have passed; returns whether it held."""
    until = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < until:
        time.sleep(every)
    return holds


def _record_of(places: Places, name: str) -> Path:
    return places.run / f"{name}.process.json"


def _is_postmaster(process: psutil.Process, places: Places) -> bool:
    with contextlib.suppress(psutil.Error):
        return str(places.data) in process.cmdline()
    return False


def _have_ended(processes: list[psutil.Process]) -> bool:
    return not any(runs(process) for process in processes)


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return str(process.name())
    return "process"
