"""The desk draws: the end of a line that comes near a stop lies on it, and is kept so."""

import json

import pytest

KEEP_MAPS = """
window.mapsOfTheTest = [];
window.addEventListener("map:init", ({ detail: { map } }) => window.mapsOfTheTest.push(map));
"""
OF_LEAFLET_DRAW = "Deprecated use of _flat, please use L.LineUtil.isFlat instead."  # its own, of Leaflet
READY = "#drawing-0 [data-stops-ready]"
# While the widget edits: moves the first point of its line so many pixels away from the stop on which it lay.
MOVE_END = """([right, down]) => {
  const map = window.mapsOfTheTest.find((one) => one.getContainer().closest("#drawing-0"));
  let line;
  map.eachLayer((layer) => {
    if (layer instanceof L.Polyline && !(layer instanceof L.Polygon) && layer.options.pane !== "world") line = layer;
  });
  const points = line.getLatLngs();
  const lay = points[0];
  points[0] = map.containerPointToLatLng(map.latLngToContainerPoint(lay).add([right, down]));
  line.setLatLngs(points);
  line.edited = true;
  return [lay.lng, lay.lat];
}"""


@pytest.fixture
def segment(page_as):
    page = page_as("editor")
    page.add_init_script(KEEP_MAPS)
    page.goto("/secretariat/routes/segment/")
    page.locator("#result_list tbody th a").first.click()
    page.locator(READY).wait_for(state="attached")
    return page


def moved(page, pixels: list[int]) -> tuple[list, list]:
    """Where the first point lay, and where the widget keeps it."""
    page.locator("#drawing-0 .leaflet-draw-edit-edit").click()
    lay = page.evaluate(MOVE_END, pixels)
    page.locator("#drawing-0 .leaflet-draw-actions a:visible").first.click()
    value = page.locator("textarea[name='drawing-0-line']").input_value()
    return lay, json.loads(value)["coordinates"][0]


def test_an_end_that_is_put_beside_a_stop_lies_on_it(segment, complaints):
    heard = complaints(segment)
    lay, kept = moved(segment, [6, -5])
    assert kept == pytest.approx(lay, abs=1e-4)
    assert [line for line in heard if line != OF_LEAFLET_DRAW] == []


def test_an_end_that_is_put_far_from_every_stop_stays_there(segment):
    lay, kept = moved(segment, [90, -130])
    assert max(abs(a - b) for a, b in zip(lay, kept, strict=True)) > 0.2


def test_the_pages_save_saves_the_line_that_is_seen(page_as):
    page = page_as("editor")
    page.add_init_script(KEEP_MAPS)
    page.goto("/secretariat/routes/segment/")
    page.locator("#result_list tbody th a").nth(1).click()
    page.locator(READY).wait_for(state="attached")
    page.locator("#drawing-0 .leaflet-draw-edit-edit").click()
    lay = page.evaluate(MOVE_END, [90, -130])
    page.locator("input[name=_continue]").click()
    page.locator(".messagelist .success").wait_for()
    kept = json.loads(page.locator("textarea[name='drawing-0-line']").input_value())["coordinates"][0]
    assert max(abs(a - b) for a, b in zip(lay, kept, strict=True)) > 0.2


def test_the_map_has_no_save_of_its_own(segment):
    segment.locator("#drawing-0 .leaflet-draw-edit-edit").click()
    assert segment.locator("#drawing-0 .leaflet-draw-actions a:visible").first.inner_text() == "Done"


def test_nothing_is_asked_of_another_host(page_as, portal):
    page = page_as("editor")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/secretariat/routes/segment/")
    page.locator("#result_list tbody th a").first.click()
    page.locator(READY).wait_for(state="attached")
    assert [address for address in asked if not address.startswith((portal, "data:"))] == []
