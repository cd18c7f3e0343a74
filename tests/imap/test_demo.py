"""The demo with a small application in the portal's place: it comes up, mends itself, and stops. Real programs, real kills."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from demo import portal
from devserver import processes
from devserver.places import places_of
from tests.imap.embedded import CHECKOUT, clean, pid_of, wait_for

APPLICATION = """
import os
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [os.environ["DATABASE_URL"].encode()]
"""
START = """
import sys, pathlib
from demo.portal import Demo, run
folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
step = ("A step", (sys.executable, "-c", "print('  stepping')"))
sys.exit(run(Demo(folder / "home", port, folder, [step], "small:application", celery="")))
"""


class RunningDemo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "small.py").write_text(APPLICATION)
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Starts it and returns what it printed until it was ready, or until it ended."""
        command = [sys.executable, "-c", START, str(self.folder), str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        printed = ""
        assert self.process.stdout
        for line in self.process.stdout:
            printed += line
            if line.startswith("Ctrl-C"):
                break
        return printed

    def page(self, host: str) -> str:
        with contextlib.closing(http.client.HTTPConnection(host, self.port, timeout=10)) as connection:
            connection.request("GET", "/")
            return connection.getresponse().read().decode()

    def stop(self, number: int) -> int:
        assert self.process
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture
def small_demo(tmp_path: Path) -> Iterator[RunningDemo]:
    found = RunningDemo(tmp_path)
    yield found
    if found.process and found.process.poll() is None:
        found.process.kill()
        found.process.communicate()
    clean(tmp_path / "home")


@pytest.mark.servers
@pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="other servers are configured: the demo would use those"
)
def test_the_demo_comes_up_prints_its_accounts_and_stops(small_demo: RunningDemo) -> None:
    printed = small_demo.start()
    assert f"i-Map is ready at http://localhost:{small_demo.port}/" in printed
    assert all(f"{name}@imap.example" in printed for name, _ in portal.ACCOUNTS)
    assert "1/4 PostgreSQL 18 … " in printed
    assert "  stepping" in printed
    assert small_demo.page("localhost") == small_demo.page("127.0.0.1") != ""
    assert small_demo.stop(signal.SIGINT) == 0
    places = places_of(small_demo.folder / "home")
    assert not [*processes.postgres_processes(places), *processes.marked(places)]


@pytest.mark.servers
def test_a_second_start_says_that_the_first_is_running(small_demo: RunningDemo) -> None:
    small_demo.start()
    first = small_demo.process
    assert first
    printed = small_demo.start()
    expected = f"i-Map is already running at http://localhost:{small_demo.port} (process {first.pid}).\n"
    assert (printed, small_demo.process and small_demo.process.wait()) == (expected, 1)
    small_demo.process = first
    assert small_demo.stop(signal.SIGTERM) == 0


@pytest.mark.servers
def test_the_demo_starts_again_after_everything_was_killed(small_demo: RunningDemo) -> None:
    small_demo.start()
    home = small_demo.folder / "home"
    assert small_demo.process
    for process in [small_demo.process, *processes.recorded(places_of(home)).values()]:
        process.kill()
    small_demo.process.communicate()
    assert "i-Map is ready" in small_demo.start()
    assert small_demo.page("localhost")
    assert small_demo.stop(signal.SIGHUP) == 0


def test_a_signal_at_the_wrong_moment_stops_the_demo_too() -> None:
    """While the main thread begins to wait it holds the lock of the event that the signal sets."""
    code = (
        "import signal, sys; from demo.portal import set_by_signals; stopping = set_by_signals()\n"
        "with stopping._cond: signal.raise_signal(signal.SIGTERM)\n"
        "sys.exit(0 if stopping.wait(30) else 1)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, timeout=60).returncode == 0


@pytest.mark.servers
@pytest.mark.parametrize("name", ["web", "worker of web"])
def test_the_demo_mends_its_web_server(small_demo: RunningDemo, name: str) -> None:
    small_demo.start()
    web = psutil.Process(pid_of(small_demo.folder / "home", "web"))
    (web if name == "web" else web.children()[0]).kill()

    def answers() -> bool:
        with contextlib.suppress(OSError):
            return bool(small_demo.page("127.0.0.1"))
        return False

    time.sleep(0.3)
    wait_for(answers)
    assert small_demo.stop(signal.SIGINT) == 0


def test_a_taken_port_is_named(small_demo: RunningDemo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", small_demo.port))
        other.listen()
        printed = small_demo.start()
    assert f"Port {small_demo.port} is taken" in printed
    assert f"PORT={small_demo.port + 1} make demo" in printed
    assert small_demo.process and small_demo.process.wait() == 1
