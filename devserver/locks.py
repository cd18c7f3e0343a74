"""Who runs the servers of a home and who uses them: two file locks that the kernel releases when their holder dies."""

import contextlib
import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from devserver.places import Places, ServersError, make_home

PATIENCE = 0.3  # seconds; `status` holds the lock for an instant to see whether somebody else does


@dataclass(frozen=True)
class Holder:
    """The process that runs the servers of a home, and where it serves the portal, if it does."""

    pid: int
    address: str


class AlreadyRunning(ServersError):
    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        super().__init__(
            f"i-Map is already running at {holder.address} (process {holder.pid})."
            if holder.address
            else f"The servers of this i-Map are already running for another command (process {holder.pid})."
        )


@contextlib.contextmanager
def supervising(places: Places, address: str = "") -> Iterator[None]:
    """Holds the home's lock. Raises AlreadyRunning at once when another process does."""
    make_home(places)
    with _open(places, "supervisor.lock") as file:
        if not _is_locked_within(file, PATIENCE):
            raise AlreadyRunning(_holder(file))
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "address": address}, file)
        file.flush()
        yield


def holder(places: Places) -> Holder | None:
    """Who runs the servers of this home now."""
    if not (places.home / "supervisor.lock").exists():
        return None
    with _open(places, "supervisor.lock") as file:
        return None if _is_locked_within(file, 0) else _holder(file)


@contextlib.contextmanager
def using(places: Places) -> Iterator[None]:
    """Keeps a `running()` that started the servers from stopping them before this block ends."""
    with _open(places, "users.lock") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def open_users(places: Places) -> TextIO:
    """The file that users lock, for `wait_until_unused`; closing it lets waiting users go on."""
    return _open(places, "users.lock")


def wait_until_unused(users: TextIO) -> None:
    """Waits until nobody else uses the servers, and makes new users wait until `users` is closed."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another command still uses the i-Map's servers: waiting for it.", file=sys.stderr, flush=True)
        fcntl.flock(users, fcntl.LOCK_EX)


def _open(places: Places, name: str) -> TextIO:
    path = places.home / name
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+")
    except OSError as error:
        raise ServersError(f"{path} cannot be opened by {places.portal.name}: {error.strerror}.") from error


def _is_locked_within(file: TextIO, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        else:
            return True


def _holder(file: TextIO) -> Holder:
    """Reads the lock's text; its holder may be just about to write it."""
    for _ in range(50):
        file.seek(0)
        with contextlib.suppress(ValueError, KeyError, TypeError):
            noted = json.loads(file.read())
            return Holder(int(noted["pid"]), str(noted["address"]))
        time.sleep(0.02)
    return Holder(0, "")
