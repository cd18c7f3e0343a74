"""A portal that runs while a test does, over a copy of the loaded world: for browsers and other programs that read it."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx
import redis
from django.conf import settings

from devserver import addresses
from tests.conftest import ROOT, _as_owner

READY_WITHIN = 60  # seconds


@dataclass(frozen=True)
class Live:
    """`address`: its base URL. `environment`: with which a command works in its database."""

    address: str
    environment: dict[str, str]

    def run(self, code: str) -> str:
        """What Python prints, with the portal's models at hand."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout.strip()


@contextlib.contextmanager
def live_portal(name: str, world_template: str, cache: int) -> Iterator[Live]:
    """`cache`: the number of its own database of Valkey."""
    database = f"imap_{name}_{os.getpid()}"
    environment = {**os.environ, **_own_addresses(database, cache)}
    redis.Redis.from_url(environment["REDIS_URL"]).flushdb()
    _as_owner(f"CREATE DATABASE {database} TEMPLATE {world_template}")
    try:
        prepare = [sys.executable, "manage.py", "prepare_static"]
        subprocess.run(prepare, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        with _served(environment) as address:
            yield Live(address, environment)
    finally:
        _as_owner(f"DROP DATABASE {database} WITH (FORCE)")


def _own_addresses(database: str, cache: int) -> dict[str, str]:
    configured = addresses(settings.VAR_DIR).environment()
    configured |= {name: os.environ[name] for name in configured if os.environ.get(name)}

    def at(name: str, **changed: str) -> str:
        return urlunsplit(urlsplit(configured[name])._replace(**changed))

    is_socket = configured["REDIS_URL"].startswith("unix:")
    return {
        "DATABASE_URL": at("DATABASE_URL", path=f"/{database}"),
        "DATABASE_OWNER_URL": at("DATABASE_OWNER_URL", path=f"/{database}"),
        "REDIS_URL": f"{configured['REDIS_URL'].partition('?')[0]}?db={cache}"
        if is_socket
        else at("REDIS_URL", path=f"/{cache}"),
        "DJANGO_SETTINGS_MODULE": "imap.settings",
        "IMAP_MODE": "test",
        "IMAP_VAR": str(settings.VAR_DIR),
        "LOG_LEVEL": "WARNING",
    }


@contextlib.contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "imap.wsgi:application"]
    address = f"http://localhost:{port}"
    process = subprocess.Popen(command, cwd=ROOT, env={**environment, "IMAP_SITE_ADDRESS": address})
    try:
        _wait_until_ready(process, port)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def _wait_until_ready(process: subprocess.Popen, port: int) -> None:
    until = time.monotonic() + READY_WITHIN
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if client.get(f"http://127.0.0.1:{port}/readyz", headers={"Host": "localhost"}).status_code == 200:
                    return
            time.sleep(0.1)
    raise RuntimeError(f"The portal did not get ready (exit code {process.poll()}).")
