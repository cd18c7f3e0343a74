"""In Chromium: what the first view of the route map transfers, and the frames a second of its animation."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.databases import Databases, environment_for
from bench.maps import DIALOGUE, page_of
from bench.pages import Reader
from bench.report import at_most
from bench.serving import web_server

CHROMIUM = shutil.which("chromium", path=f"{os.environ.get('PATH', '')}:/usr/bin")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
FIRST_VIEW = f"/{{}}/maps/{DIALOGUE}/routes/"
LANGUAGES = ("ar", "en", "fr")
ANIMATED = (50, 500)  # segments
WIDE = {"width": 1440, "height": 900}
SECONDS = 5  # of an animation
MOST_BYTES = 60_000  # of what is drawn in the first view

# Frames in so many milliseconds, as the page's own script would be given them.
FRAMES = """milliseconds => new Promise(told => {
  let frames = 0;
  const began = performance.now();
  const next = now => { frames += 1; now - began < milliseconds ? requestAnimationFrame(next) : told(frames); };
  requestAnimationFrame(next);
})"""


@dataclass(frozen=True)
class FirstView:
    """`weight`: bytes on the line, heads of the answers included; `drawn`: those of the countries and the layers alone."""

    requests: int
    weight: int
    drawn: int


@dataclass(frozen=True)
class Frames:
    """A second: with the map playing through its years, standing still, and of an empty page."""

    playing: float
    still: float
    empty: float


@dataclass(frozen=True)
class Browsing:
    views: dict[str, FirstView]
    frames: dict[int, Frames]


def browse(home: Path, made: Databases) -> Browsing | None:
    """None where there is no Chromium."""
    if CHROMIUM is None:
        return None
    # Playwright leaves its event loop running in this thread, in which Django would refuse what comes after.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with web_server(
            home, "imap.wsgi:application", "imap.settings", "/readyz", **environment_for(made.world)
        ) as portal:
            address = f"http://localhost:{portal.port}"
            views = {language: _first_view(browser, address + FIRST_VIEW.format(language)) for language in LANGUAGES}
        with web_server(
            home, "imap.wsgi:application", "imap.settings", "/readyz", **environment_for(made.maps)
        ) as portal:
            frames = {
                size: _frames(browser, f"http://localhost:{portal.port}{page_of(Reader.PUBLIC, size)}")
                for size in ANIMATED
            }
        browser.close()
    return Browsing(views, frames)


def _first_view(browser: Browser, address: str) -> FirstView:
    page = browser.new_page(viewport=WIDE)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    geometry: set[str] = set()
    weights: dict[str, int] = {}

    def answered(event: dict) -> None:
        if event["response"]["url"].endswith((".json", ".geojson")):
            geometry.add(event["requestId"])

    line.on("Network.responseReceived", answered)
    line.on("Network.loadingFinished", lambda event: weights.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address)
    page.wait_for_selector(".is-ready")
    page.wait_for_load_state("networkidle")
    page.close()
    drawn = sum(weight for request, weight in weights.items() if request in geometry)
    return FirstView(len(weights), sum(weights.values()), drawn)


def _frames(browser: Browser, address: str) -> Frames:
    page = browser.new_page(viewport=WIDE)
    empty = _counted(page)
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)
    page.wait_for_selector(".is-ready")
    still = _counted(page)
    page.emulate_media(reduced_motion="no-preference")
    page.click('[data-step="play"]')
    playing = _counted(page)
    page.close()
    return Frames(playing, still, empty)


def _counted(page: Page) -> float:
    return page.evaluate(FRAMES, SECONDS * 1000) / SECONDS


def browsing_table(browsing: Browsing | None) -> Iterable[str]:
    if browsing is None:
        yield "No Chromium: the first view and the animation were not measured."
        return
    yield "The first view of the route map: requests and bytes"
    for language, view in browsing.views.items():
        yield f"  {language:<10}{view.requests:>4} requests{view.weight:>10,} bytes, {view.drawn:,} of them lines and countries"
    yield "The animation: frames a second, as a share of those of an empty page"
    for size, frames in browsing.frames.items():
        yield (
            f"  {size:>5,} segments{frames.playing / frames.empty:>8.2f} playing{frames.still / frames.empty:>8.2f}"
            f" still   ({frames.playing:.0f} of {frames.empty:.0f})"
        )


def browsing_targets(browsing: Browsing | None) -> Iterable[str]:
    if browsing is not None:
        heaviest = max(view.drawn for view in browsing.views.values())
        yield at_most("what is drawn in the first view of the map", heaviest / 1000, MOST_BYTES / 1000, " KB")
