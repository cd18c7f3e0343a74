"""Starts named children in order, restarts those that crash, stops them in reverse order."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devserver import processes
from devserver.places import Account, Places, ServersError, make_home

log = logging.getLogger("devserver")

LARGEST_LOG = 5_000_000  # bytes; a larger one is put aside at the next start
KEPT_LOGS = 3
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a crashed child starts again, doubled each time
STEADY = 60.0  # seconds after which an earlier crash is forgotten
LAUNCHER = Path(__file__).with_name("child.py")


class Stopping(Exception):
    """Somebody asked the supervisor to stop while it waited."""


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Child:
    """A process to keep running. `command` starts with an absolute path; signals are (number, seconds to wait)."""

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    clear: Callable[[], None] = _nothing  # removes what a crash left, before every start
    stop: Sequence[tuple[int, float]] = ((signal.SIGTERM, 10.0),)
    farewell: int | None = None  # what it gets when the supervisor is killed; None is the first signal of `stop`
    ready_within: float = 60.0  # seconds
    account: Account | None = None  # whom to become; only root can
    folder: Path = Path("/")


@dataclass
class _Kept:
    child: Child
    process: subprocess.Popen[bytes]
    started: float
    crashes: int = 0
    again_at: float | None = None


class Supervisor:
    """Used by one thread from start to stop: Linux ends children when the thread that made them ends."""

    def __init__(self, places: Places, stopping: threading.Event | None = None) -> None:
        self.places = places
        self.stopping = stopping or threading.Event()
        self._kept: list[_Kept] = []
        make_home(places)

    def start(self, child: Child) -> None:
        """Starts `child` and waits until it is ready.

        Raises ServersError with the end of its log when it ends or is not ready in time, Stopping when asked to stop.
        """
        rotate(self.log_of(child.name))
        kept = _Kept(child, self._spawn(child), time.monotonic())
        self._kept.append(kept)
        until = kept.started + child.ready_within
        while not child.is_ready():
            if self.stopping.is_set():
                raise Stopping
            if (code := kept.process.poll()) is not None:
                raise ServersError(f"{child.name} {_ended(code)} while starting.\n{self._last_words(child.name)}")
            if time.monotonic() > until:
                last = self._last_words(child.name)
                raise ServersError(f"{child.name} was not ready within {child.ready_within:.0f} s.\n{last}")
            self.stopping.wait(0.03)

    def watch(self) -> None:
        """Restarts what has crashed until `stopping` is set. Call it after the last `start`."""
        while not self.stopping.wait(0.2):
            self.look()

    def refuse_crashed(self) -> None:
        """Raises ServersError with the end of its log when a child has ended since it was started."""
        for kept in self._kept:
            if (code := kept.process.poll()) is not None:
                raise ServersError(f"{kept.child.name} {_ended(code)}.\n{self._last_words(kept.child.name)}")

    def look(self) -> None:
        """Looks at every child once: notes those that ended, starts those again whose pause is over."""
        now = time.monotonic()
        for kept in self._kept:
            if kept.again_at is None and (code := kept.process.poll()) is not None:
                self._plan_restart(kept, code, now)
            if kept.again_at is not None and now >= kept.again_at:
                self._restart(kept)

    def stop(self) -> None:
        """Stops the children, the last one first, and does not return before they are gone."""
        while self._kept:
            kept = self._kept.pop()
            self._end(kept)
            processes.forget(self.places, kept.child.name)

    def log_of(self, name: str) -> Path:
        return self.places.logs / f"{name}.log"

    def _plan_restart(self, kept: _Kept, code: int, now: float) -> None:
        _end_group(kept.process.pid)
        kept.crashes = 1 if now - kept.started > STEADY else kept.crashes + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (kept.crashes - 1))
        kept.again_at = now + pause
        log.warning("%s %s; starting it again in %.1f s", kept.child.name, _ended(code), pause)

    def _restart(self, kept: _Kept) -> None:
        kept.again_at, kept.started = None, time.monotonic()
        try:
            kept.process = self._spawn(kept.child)
        except (OSError, ServersError) as error:
            log.warning("%s could not be started: %s", kept.child.name, error)
            kept.crashes += 1
            kept.again_at = kept.started + LONGEST_PAUSE

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        child.clear()
        farewell = child.farewell or child.stop[0][0]
        command = mortal(child.command, farewell, child.account or self.places.portal)
        environment = {**child.environment, processes.MARK: self.places.key}
        with self.log_of(child.name).open("ab") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=child.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops them in order
            )
        processes.record(self.places, child.name, process.pid)
        return process

    def _end(self, kept: _Kept) -> None:
        for number, seconds in kept.child.stop:
            if kept.process.poll() is None:
                kept.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                kept.process.wait(seconds)
                break
        else:
            log.warning("%s did not stop and is killed", kept.child.name)
        _end_group(kept.process.pid)
        kept.process.wait()

    def _last_words(self, name: str) -> str:
        with contextlib.suppress(OSError):
            lines = self.log_of(name).read_text(errors="replace").splitlines()
            return "\n".join(f"  {line}" for line in lines[-15:])
        return ""


def mortal(command: Sequence[str], farewell: int, account: Account) -> list[str]:
    """`command` so that it runs as `account` and, on Linux, gets the signal `farewell` when this process is killed."""
    numbers = (os.getpid(), farewell, account.uid, account.gid)
    return [sys.executable, "-I", "-S", str(LAUNCHER), *map(str, numbers), *command]


def rotate(path: Path) -> None:
    """Puts a log larger than LARGEST_LOG aside as `.1`, which becomes `.2`, up to KEPT_LOGS."""
    if not path.exists() or path.stat().st_size < LARGEST_LOG:
        return
    for number in range(KEPT_LOGS - 1, 0, -1):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(f"{path.name}.{number}").replace(path.with_name(f"{path.name}.{number + 1}"))
    path.replace(path.with_name(f"{path.name}.1"))


def _end_group(pid: int) -> None:
    """Kills what is left of the session of `pid`: a killed server's workers would keep its port."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _ended(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
