"""A portal of its own and one Chromium for the tests in this folder.

`portal` is the base URL of a granian that serves a copy of the loaded world; `page_as("editor")` is a new page on which
that member of the cast is signed in, `page_as("stranger")` one of a visitor. All tests here run in one worker: one
portal, one browser. They never touch the database themselves.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
import redis
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from imap.demo import PASSWORD
from imap.servers import addresses
from tests.conftest import ROOT, STRANGER, _as_owner

CHROMIUM = shutil.which("chromium", path=f"{os.environ.get('PATH', '')}:/usr/bin")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CACHE = 15  # Valkey's database for the portal's cache; the tests without a browser use 0
READY_WITHIN = 60  # seconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: tests in the browser are skipped")
    # Playwright leaves its event loop running in this thread, in which Django would refuse the tests that come after.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def portal(chromium: Browser, world_template: str) -> Iterator[str]:
    """The base URL of the portal, at a database that is copied for it and dropped afterwards."""
    name = f"imap_browser_{os.getpid()}"
    environment = {**os.environ, **_own_addresses(name)}
    redis.Redis.from_url(environment["REDIS_URL"]).flushdb()
    _as_owner(f"CREATE DATABASE {name} TEMPLATE {world_template}")
    try:
        prepare = [sys.executable, "manage.py", "prepare_static"]
        subprocess.run(prepare, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        with _served(environment) as address:
            yield address
    finally:
        _as_owner(f"DROP DATABASE {name} WITH (FORCE)")


def _own_addresses(database: str) -> dict[str, str]:
    configured = addresses(settings.VAR_DIR).environment()
    configured |= {name: os.environ[name] for name in configured if os.environ.get(name)}

    def at(name: str, **changed: str) -> str:
        return urlunsplit(urlsplit(configured[name])._replace(**changed))

    is_socket = configured["REDIS_URL"].startswith("unix:")
    return {
        "DATABASE_URL": at("DATABASE_URL", path=f"/{database}"),
        "DATABASE_OWNER_URL": at("DATABASE_OWNER_URL", path=f"/{database}"),
        "REDIS_URL": f"{configured['REDIS_URL'].partition('?')[0]}?db={CACHE}"
        if is_socket
        else at("REDIS_URL", path=f"/{CACHE}"),
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
    raise RuntimeError(f"The portal of the browser tests did not get ready (exit code {process.poll()}).")


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, portal: str) -> Callable[[str], dict]:
    """The cookies of a member of the cast, who signs in through the form the first time they are asked for."""
    kept: dict[str, dict] = {}

    def state_of(login: str) -> dict:
        if login not in kept:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{portal}/en/accounts/login/")
            page.fill("input[name=login]", f"{login}@imap.example")
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda address: "/login/" not in address)
            kept[login] = context.storage_state()
            context.close()
        return kept[login]

    return state_of


@pytest.fixture
def page_as(chromium: Browser, portal: str, signed_in: Callable[[str], dict]) -> Iterator[Callable[..., Page]]:
    """`page_as("editor", locale="fr", viewport={"width": 390, "height": 800})`; relative addresses are the portal's."""
    opened: list[BrowserContext] = []

    def page_of(login: str = STRANGER, **options) -> Page:
        state = None if login == STRANGER else signed_in(login)
        opened.append(chromium.new_context(base_url=portal, storage_state=state, **options))
        return opened[-1].new_page()

    yield page_of
    for context in opened:
        context.close()


@pytest.fixture
def complaints() -> Callable[[Page], list[str]]:
    """`heard = complaints(page)` before `page.goto`: the list fills with what the console reports as wrong."""

    def listen(page: Page) -> list[str]:
        heard: list[str] = []
        page.on("console", lambda line: heard.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: heard.append(str(error)))
        return heard

    return listen
