"""A portal of its own and one Chromium for the tests in this folder.

`portal` is the base URL of a granian that serves a copy of the loaded world; `page_as("editor")` is a new page on which
that member of the cast is signed in, `page_as("stranger")` one of a visitor. All tests here run in one worker: one
portal, one browser. They never touch the database themselves.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from demo.portal import PASSWORD
from tests.conftest import STRANGER
from tests.live import live_portal

CHROMIUM = shutil.which("chromium", path=f"{os.environ.get('PATH', '')}:/usr/bin")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 180_000  # for whatever a page does: how fast the machine is today is no test's matter
CACHE = 15  # Valkey's database for the portal's cache; the tests without a browser use 0


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
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def portal(chromium: Browser, world_template: str) -> Iterator[str]:
    """The base URL of the portal, at a database that is copied for it and dropped afterwards."""
    with live_portal("browser", world_template, CACHE) as live:
        yield live.address


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
    """`page_as("editor", locale="fr", viewport={"width": 390, "height": 800})`; relative addresses are the portal's.

    Nothing moves by itself (`reduced_motion="no-preference"` lets it): the flow of the routes takes a whole core to draw.
    """
    opened: list[BrowserContext] = []

    def page_of(login: str = STRANGER, **options) -> Page:
        state = None if login == STRANGER else signed_in(login)
        options = {"reduced_motion": "reduce", **options}
        opened.append(chromium.new_context(base_url=portal, storage_state=state, **options))
        opened[-1].set_default_timeout(PATIENCE_MS)
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
