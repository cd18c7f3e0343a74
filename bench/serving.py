"""Web servers for the measurement: the demonstration's own command, on free ports of this machine."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from demo.portal import CHECKOUT, Demo, portal_children
from devserver.places import places_of, present_account
from devserver.supervisor import mortal

START_WITHIN = 90.0  # seconds


@dataclass(frozen=True)
class WebServer:
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Spent by the web server's processes so far; the database's and the cache's are their own."""
        root = psutil.Process(self.pid)
        times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
        return sum(spent.user + spent.system for spent in times)


@contextlib.contextmanager
def web_server(home: Path, application: str, settings: str, ready_path: str, **extra: str) -> Iterator[WebServer]:
    """Serves for the block, as the demonstration does but for the request log. `extra`: of the environment."""
    port = _free_port()
    demo = Demo(home, port, application=application, celery="")
    _, web = portal_children(demo, places_of(home))[-1]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, "LOG_LEVEL": "WARNING", **extra}
    command = mortal(web.command, signal.SIGTERM, present_account())
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, start_new_session=True)
    try:
        _wait_until_ready(process, port, ready_path)
        yield WebServer(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def _wait_until_ready(process: subprocess.Popen, port: int, path: str) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"The web server ended with code {process.returncode}.")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("The web server did not become ready.")
