"""What a first visit transfers, as Chromium counts it: everything compressed, with styles, scripts, fonts and the map.

Partners read over slow lines, and a request to a third party would tell who reads what.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.test_portal import KINDS_OF_PAGE, LANGUAGES

WITHOUT_MAP, WITH_MAP = 100_000, 250_000  # bytes, heads of the answers included
MAPS = {"home", "i-Map", "routes", "route", "story", "by year"}
READERS = {
    "restricted section": "/{}/maps/mtm/irregular-mixed-migration/morocco/detection/",
    "restricted across": "/{}/maps/mtm/irregular-mixed-migration/across/detection/",
    "restricted print": "/{}/maps/mtm/irregular-mixed-migration/morocco/print/",
}


def weigh(page: Page, path: str) -> tuple[int, set[str]]:
    """Bytes on the line until the page is quiet, and the hosts that were asked."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    received: list[int] = []
    hosts: set[str] = set()
    line.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(path, wait_until="networkidle")
    line.detach()
    return sum(received), hosts


@pytest.mark.parametrize("kind", KINDS_OF_PAGE)
def test_a_first_visit_is_light_and_asks_no_other_host(page_as, portal, kind):
    for language in LANGUAGES:
        weight, hosts = weigh(page_as(), KINDS_OF_PAGE[kind].format(language))
        assert 5_000 < weight <= (WITH_MAP if kind in MAPS else WITHOUT_MAP), (language, weight)
        assert hosts == {portal.removeprefix("http://")}


@pytest.mark.parametrize("kind", READERS)
def test_a_first_visit_of_someone_signed_in_is_light_too(page_as, kind):
    for language in LANGUAGES:
        weight, _ = weigh(page_as("official.mar"), READERS[kind].format(language))
        assert 5_000 < weight <= WITHOUT_MAP, (language, weight)


def test_maps_are_weighed_with_what_they_draw(page_as):
    """Else the budget of a page with a map would be that of an empty box."""
    page = page_as()
    asked: list[str] = []
    page.on("response", lambda response: asked.append(response.url))
    page.goto("/en/", wait_until="networkidle")
    assert any("/basemap/" in url for url in asked)
    assert any(url.endswith(".woff2") for url in asked)
