"""The map of routes read as data: what is drawn when, how thick, in which colour, and what stands beside it."""

import csv
import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from routes.geometry.widths import width_px
from tests.browser.test_page_weight import weigh

ROUTES = "/{}/maps/mtm/routes/"
LANGUAGES = ("ar", "en", "fr")
AREA_OF = {
    "west-africa": "western-african",
    "west-mediterranean": "western-mediterranean",
    "central-mediterranean": "central-mediterranean",
    "east-mediterranean": "eastern-mediterranean",
}
COLOURS = {
    "central-mediterranean": "rgb(180, 68, 28)",
    "west-mediterranean": "rgb(189, 113, 0)",
    "west-africa": "rgb(101, 138, 63)",
    "east-africa": "rgb(138, 59, 107)",
    "east-mediterranean": "rgb(44, 111, 158)",
}
WIDTH_UNKNOWN = 2.0
MOVING = {"reduced_motion": "no-preference"}
FIRST_VIEW = 60_000  # bytes of data on the line: the drawn countries, and the routes

DRAWN = """() => [...document.querySelectorAll("path.route-segment:not(.is-gone)")].map((path) => {
    const style = getComputedStyle(path);
    return [path.dataset.segment, path.dataset.route, style.strokeWidth, style.stroke, path.getAttribute("d").length > 10];
})"""
NAMES_SEEN = """() => [...document.querySelectorAll(".imap-name:not([hidden])")]
    .filter((name) => getComputedStyle(name).visibility !== "hidden" && name.getBoundingClientRect().width > 0)
    .map((name) => { const box = name.getBoundingClientRect(); return [name.textContent, box.left, box.top, box.right, box.bottom]; })"""


def detections(year: int) -> dict[str, int]:
    with (settings.DATA_DIR / "facts" / "frontex_detections_by_year.csv").open(encoding="utf-8", newline="") as file:
        rows = {int(row["year"]): row for row in csv.DictReader(file)}
    return {route: int(rows[year][area]) for route, area in AREA_OF.items()} if year in rows else {}


def opened(page: Page, language: str = "en", link: str = "", path: str = ROUTES) -> Page:
    page.goto(path.format(language) + link, wait_until="networkidle")
    expect(page.locator('[data-routes="stage"].is-ready')).to_be_visible()
    return page


def wait_for_year(page: Page, year: int, last: int) -> None:
    """Until the years that are played have come so far; on a slow machine not each of them is seen."""
    any_since = "|".join(map(str, range(year, last + 1)))
    expect(page.locator(".routes-bar output")).to_have_text(re.compile(f"^({any_since})$"))


def drawn(page: Page) -> list[list]:
    return page.evaluate(DRAWN)


@pytest.mark.parametrize("year", [2006, 2009, 2012])
def test_each_route_is_drawn_as_thick_as_the_detections_beside_it(page_as, year):
    page, known = opened(page_as(), link=f"#year={year}"), detections(year)
    segments = drawn(page)
    assert {route for _id, route, *_ in segments} == set(COLOURS)
    for _id, route, width, colour, has_line in segments:
        wanted = width_px(known[route]) if route in known else WIDTH_UNKNOWN
        assert float(width.removesuffix("px")) == pytest.approx(wanted, abs=0.05), route
        assert colour == COLOURS[route]
        assert has_line


def test_the_panel_tells_the_figures_of_the_facts(page_as):
    page = opened(page_as())
    for year in (2009, 2012, 2015, 2024):
        page.evaluate(f"location.hash = 'year={year}'")
        expect(page.locator(".routes-bar output")).to_have_text(str(year))
        for route, number in detections(year).items():
            expect(page.locator(f'.route-facts[data-route="{route}"] b')).to_have_text(f"{number:,}")
        expect(page.locator('.route-facts[data-route="east-africa"]')).to_contain_text("indicative, no figure")


def test_the_twin_lists_the_same_segments_and_figures_as_the_map(page_as):
    page = opened(page_as("official.mar"), link="#year=2012")
    for route in COLOURS:
        on_the_map = sum(1 for _id, of, *_ in drawn(page) if of == route)
        row = page.locator(f'#year-2012 tr[data-route="{route}"]')
        expect(row.locator("td").first).to_have_text(re.compile(rf"^\s*{on_the_map}\b"))
        panel = page.locator(f'.route-facts[data-route="{route}"] b')
        if panel.count():
            assert panel.text_content() in row.text_content()


def test_playing_goes_on_from_year_to_year_until_it_is_paused(page_as):
    page = opened(page_as(**MOVING), link="#year=2009")
    page.locator('select[name="speed"]').select_option("2")
    play = page.locator('[data-step="play"]')
    play.click()
    wait_for_year(page, 2011, 2019)
    assert page.url.split("#")[1].startswith("year=201")
    expect(play).to_have_text("Pause")
    play.click()
    stopped = page.locator(".routes-bar output").text_content()
    page.wait_for_timeout(1_200)
    expect(page.locator(".routes-bar output")).to_have_text(stopped)
    page.locator('[data-step="on"]').click()
    expect(page.locator(".routes-bar output")).to_have_text(str(int(stopped) + 1))


def test_a_quarter_has_its_own_widths_and_steps_go_from_quarter_to_quarter(page_as):
    page = opened(page_as(), link="#year=2011&quarter=1&route=central-mediterranean")
    expect(page.locator(".route-figure b")).to_have_text("23,431")
    widths = {width for _id, route, width, *_ in drawn(page) if route == "central-mediterranean"}
    assert widths == {f"{width_px(23431)}px"}
    page.locator('[data-step="on"]').click()
    expect(page.locator(".route-figure b")).to_have_text("26,168")
    expect(page.locator(".routes-bar output")).to_have_text("second quarter of 2011")


@pytest.mark.parametrize(
    ("link", "routes"),
    [
        ("mode=sea", set(COLOURS)),
        ("mode=air", set()),
        ("nationality=TUN", {"central-mediterranean"}),
    ],
)
def test_filters_leave_what_they_name(page_as, link, routes):
    page = opened(page_as(), link=f"#year=2011&{link}")
    assert {route for _id, route, *_ in drawn(page)} == routes
    if link == "nationality=TUN":
        assert {width for _id, _route, width, *_ in drawn(page)} == {f"{width_px(27982)}px"}


def test_the_keyboard_alone_reaches_every_route_and_every_hub(page_as):
    page = opened(page_as())
    page.locator(".skip").first.focus()
    routes, hubs = set(), set()
    for _ in range(140):
        page.keyboard.press("Tab")
        route, place = page.evaluate("[document.activeElement.dataset?.route, document.activeElement.dataset?.place]")
        routes.add(route)
        hubs.add(place)
        if route and page.evaluate("document.activeElement.matches('path.route-segment')"):
            page.keyboard.press("Enter")
            expect(
                page.locator(
                    f'.routes-panel .route-facts[data-route="{route}"] .bar-chart, .routes-panel .nothing'
                ).first
            ).to_be_attached()
            assert f"route={route}" in page.url
            page.keyboard.press("Enter")
    assert set(COLOURS) <= routes
    assert len(hubs - {None}) >= 7


def test_a_hub_tells_its_routes_and_a_link_keeps_it(page_as):
    page = opened(page_as())
    page.locator('path.imap-place[aria-label="Agadez"]').dispatch_event("click")
    panel = page.locator('[data-routes="facts"]')
    expect(panel.locator("h3").first).to_have_text("Agadez")
    expect(panel).to_contain_text("Agadez to Dirkou")
    expect(panel).to_contain_text("Niger")
    again = opened(page_as(), link="#" + page.url.split("#")[1], path=ROUTES)
    expect(again.locator('[data-routes="facts"] h3').first).to_have_text("Agadez")


def test_a_link_keeps_year_selection_and_view(page_as):
    link = "#year=2012&route=east-mediterranean&mode=land&at=38.50,27.00,5"
    page = opened(page_as(), link=link)
    assert unquote(page.url).endswith(link)
    expect(page.locator('select[name="route"]')).to_have_value("east-mediterranean")
    expect(page.locator("rect.is-current")).to_have_attribute("data-year", "2012")


def test_the_arabic_page_is_mirrored_and_its_labels_are_arabic(page_as):
    page = opened(page_as(viewport={"width": 1440, "height": 900}), "ar", "#year=2012&route=central-mediterranean")
    panel, canvas = (page.locator(where).bounding_box() for where in (".routes-panel", ".imap-canvas"))
    assert panel["x"] + panel["width"] <= canvas["x"] + 1, "the panel stands at the left, the map at the right"
    names = [name for name, *_ in page.evaluate(NAMES_SEEN)]
    assert "أغاديس" in names or "أغاديز" in names
    assert not any(re.search("[A-Za-z]", name) for name in names)
    assert page.evaluate("getComputedStyle(document.querySelector('.route-facts')).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.querySelector('.imap-canvas')).direction") == "ltr"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1440, 390])
def test_no_name_on_the_map_lies_over_another(page_as, language, width):
    page = opened(page_as(viewport={"width": width, "height": 900}), language)
    for link in ("", "#year=2011&at=36.0,14.0,6"):
        page.evaluate(f"location.hash = '{link}'")
        page.wait_for_timeout(400)
        names = page.evaluate(NAMES_SEEN)
        assert len(names) >= 3
        for index, (one, left, top, right, bottom) in enumerate(names):
            for other, *box in names[index + 1 :]:
                assert right <= box[0] or box[2] <= left or bottom <= box[1] or box[3] <= top, (one, other)


def test_full_screen_shows_map_bar_and_panel_and_goes_back(page_as):
    page = opened(page_as())
    button, before = page.locator('[data-step="full"]'), page.locator(".imap-map").bounding_box()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.fullscreenElement.dataset.routes") == "stage"
    wide = page.viewport_size
    assert page.locator('[data-routes="stage"]').bounding_box() == {
        "x": 0, "y": 0, "width": wide["width"], "height": wide["height"],
    }  # fmt: skip
    assert page.locator(".imap-map").bounding_box()["height"] > before["height"]
    expect(page.locator('[data-routes="panel"]')).to_be_visible()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("document.fullscreenElement") is None


def test_reduced_motion_is_honoured(page_as):
    page = opened(page_as(reduced_motion="reduce"))
    assert page.evaluate("getComputedStyle(document.querySelector('.route-flow')).animationName") == "none"
    page = opened(page_as(**MOVING))
    assert page.evaluate("getComputedStyle(document.querySelector('.route-flow')).animationName") == "flow"


def test_more_contrast_darkens_the_routes(page_as):
    plain = {route: colour for _id, route, _width, colour, _line in drawn(opened(page_as()))}
    strong = {route: colour for _id, route, _width, colour, _line in drawn(opened(page_as(contrast="more")))}
    assert plain == COLOURS
    for route, colour in strong.items():
        assert sum(map(int, re.findall(r"\d+", colour))) < sum(map(int, re.findall(r"\d+", plain[route])))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_is_walked_step_by_step(page_as, language):
    page = opened(page_as(**MOVING), language, path="/{}/maps/mtm/routes/stories/central-mediterranean-2009-2014/")
    steps = page.locator('[data-routes="steps"] > li')
    for index, year in enumerate((2009, 2010, 2011, 2013, 2014)):
        expect(steps.nth(index)).to_be_visible()
        expect(page.locator('[data-story="where"]')).to_have_text(f"{index + 1} / 5")
        expect(page.locator('[name="year"]')).to_have_value(str(year))
        if index < 4:
            page.locator('[data-story="on"]').click()
    expect(page.locator('[data-story="on"]')).to_be_disabled()
    assert all(
        "is-aside" not in name
        for name in page.evaluate(
            "[...document.querySelectorAll('path.route-segment')].map((p) => p.getAttribute('class'))"
        )
    )


def test_the_profile_of_a_route_shows_its_own_map(page_as):
    page = page_as("official.mar")
    page.goto("/en/maps/mtm/irregular-mixed-migration/central-mediterranean/", wait_until="networkidle")
    expect(page.locator('.profile-map [data-routes="stage"].is-ready')).to_be_visible()
    assert {route for _id, route, *_ in drawn(page)} == {"central-mediterranean"}
    expect(page.locator(".profile-map #way-title + ol")).to_contain_text("Niger")
    assert "#" not in page.url


def test_the_dialogue_fills_through_the_years(page_as):
    page = page_as()
    page.goto("/en/maps/mtm/by-year/", wait_until="networkidle")
    lit = "document.querySelectorAll('.imap-country.is-lit').length"
    page.locator('input[name="year"]').fill("2002")
    first = page.evaluate(lit)
    expect(page.locator(".by-year-legend li")).to_have_text(["joined in the year shown", "joined before"])
    page.locator('input[name="year"]').fill("2011")
    assert page.evaluate(lit) > first > 10
    page.locator('[data-step="play"]').click()
    wait_for_year(page, 2004, 2019)


def test_the_first_view_asks_for_little(page_as):
    """The countries drawn and the lines, as they come over the line; the page as a whole is weighed with all others."""
    page, sizes = page_as(), {}
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    addresses: dict[str, str] = {}
    line.on("Network.responseReceived", lambda event: addresses.update({event["requestId"]: event["response"]["url"]}))
    line.on(
        "Network.loadingFinished",
        lambda event: sizes.update({addresses.get(event["requestId"], ""): event["encodedDataLength"]}),
    )
    opened(page)
    data = {address: size for address, size in sizes.items() if address.endswith((".json", ".geojson"))}
    assert len(data) == 2
    assert sum(data.values()) <= FIRST_VIEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_routes_keeps_the_budget_of_a_page_with_a_map(page_as, language):
    weight, _hosts = weigh(page_as(), ROUTES.format(language))
    assert weight <= 250_000


def test_a_nationality_changes_panel_width_and_tables_to_its_own_figures(page_as):
    page = opened(page_as(), link="#year=2011")
    row = page.locator('#year-2011 tr[data-route="central-mediterranean"]')
    before = row.text_content()
    assert "64,261" in before
    page.locator(".routes-bar details").evaluate("node => node.open = true")
    page.locator('select[name="nationality"]').select_option("TUN")
    expect(page.locator(".chosen-nationality")).to_contain_text("Tunisia")
    expect(page.locator('.route-facts[data-route="central-mediterranean"] b')).to_have_text("27,982")
    expect(page.locator('.route-facts[data-route="east-mediterranean"]')).to_contain_text(
        "no figure of this nationality"
    )
    assert {width for _id, _route, width, *_ in drawn(page)} == {f"{width_px(27982)}px"}
    expect(row.locator('[data-cell="detections"]')).to_have_text("27,982")
    expect(page.locator("[data-twin-note]")).to_contain_text("Tunisia")
    assert "64,261" not in page.locator(".routes-panel").text_content()
    page.locator('select[name="nationality"]').select_option("")
    expect(row).to_have_text(before)
    expect(page.locator("[data-twin-note]")).to_be_hidden()


def test_a_year_without_figures_of_the_nationality_keeps_its_lines_and_says_why(page_as):
    page = opened(page_as(), link="#year=2010&nationality=TUN")
    assert {route for _id, route, *_ in drawn(page)} == set(COLOURS)
    assert {width for _id, _route, width, *_ in drawn(page)} == {f"{WIDTH_UNKNOWN:g}px"}
    expect(page.locator(".routes-panel")).to_contain_text("There is no figure for 2010: Tunisia.")
    choice = page.locator('select[name="nationality"] option[value="TUN"]')
    expect(choice).to_have_text("Tunisia (no data for 2010)")
    page.evaluate("location.hash = 'year=2011&nationality=TUN'")
    expect(choice).to_have_text("Tunisia")
    expect(page.locator('select[name="mode"] option[value="air"]')).to_have_text("by air (no data for 2011)")


def test_a_page_asked_for_one_nationality_shows_it_and_gives_it_up(page_as):
    page = opened(page_as(), path="/{}/maps/mtm/routes/?nationality=TUN")
    expect(page.locator('select[name="nationality"]').first).to_have_value("TUN")
    page.locator(".routes-bar details").evaluate("node => node.open = true")
    page.locator('.routes-bar select[name="nationality"]').select_option("")
    page.wait_for_url(lambda address: "nationality" not in address)
    expect(page.locator("[data-twin-note]")).to_be_hidden()
