"""The desk in the admin: stops and segments with their drawings, reasons, stories; each desk its own."""

import json

import pytest
from django.forms import Form
from django.test import Client

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from routes.models import Layer, Reason, Segment, SegmentDrawing, Stop, StopDrawing, Story
from tests.access.planting import plant_other_desk
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")


def filled(client: Client, path: str, **changes: object) -> dict[str, object]:
    """What the form at an address would send as it stands, with these changes."""
    response = client.get(path)
    assert response.status_code == 200, path
    forms: list[Form] = [response.context["adminform"].form]
    sent: dict[str, object] = {}
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                sent[bound.html_name] = json.dumps(value) if isinstance(value, dict) else value
    return sent | changes


def saved(path: str, login: str = "editor", **changes: object) -> None:
    client = browser_of(login)
    response = client.post(path, filled(client, path, **changes))
    assert response.status_code == 302, response.context["errors"]


def stop_at(slug: str) -> Stop:
    with viewing(DESK):
        return Stop.objects.get(place__slug=slug)


def test_a_stop_is_moved_on_the_map():
    stop = stop_at("agadez")
    point = json.dumps({"type": "Point", "coordinates": [8.25, 17.25]})
    saved(f"/secretariat/routes/stop/{stop.pk}/change/", **{"drawing-0-point": point})
    with viewing(DESK):
        assert StopDrawing.objects.get(stop=stop).point["coordinates"] == [8.25, 17.25]


def test_a_segment_is_drawn_between_two_stops_and_inherits_its_audience():
    start, end = stop_at("agadez"), stop_at("sebha")
    line = json.dumps({"type": "LineString", "coordinates": [[7.99, 16.97], [11.5, 22.0], [14.43, 27.04]]})
    with viewing(DESK):
        layer, route = Layer.objects.get(slug="main"), Segment.objects.get(start=start, end__place__slug="dirkou").route
    saved(
        "/secretariat/routes/segment/add/",
        layer=layer.pk, route=route.pk, start=start.pk, end=end.pk, mode="land", position=50, preset="",
        **{"drawing-0-line": line, "drawing-0-confidence": "indicative", "drawing-0-first_year": "2006"},
    )  # fmt: skip
    with viewing(DESK):
        segment = Segment.objects.get(start=start, end=end)
        assert segment.audience is None
        assert SegmentDrawing.objects.get(segment=segment).first_year == "2006"


def test_narrowing_a_stop_is_immediate_and_noted():
    stop = stop_at("agadez")
    saved(f"/secretariat/routes/stop/{stop.pk}/change/", preset="secretariat")
    assert b"Agadez" not in Client().get("/en/maps/mtm/routes/of/route/central-mediterranean/").content
    with viewing(DESK):
        assert LogEntry.objects.filter(object__startswith="stop agadez").count() == 1


def test_making_a_layer_open_that_the_theme_keeps_waits_for_a_second_person():
    with viewing(DESK):
        layer = Layer.objects.get(slug="crossings")
    saved(f"/secretariat/routes/layer/{layer.pk}/change/", preset="public")
    with viewing(DESK):
        assert "public" not in Layer.objects.get(pk=layer.pk).audience
    assert b"Evros river crossing" not in Client().get("/en/maps/mtm/routes/").content


@pytest.mark.parametrize("date", ["2013-13", "soon"])
def test_a_wrong_date_of_a_reason_is_refused(date):
    client = browser_of("editor")
    with viewing(DESK):
        reason = Reason.objects.first()
    path = f"/secretariat/routes/reason/{reason.pk}/change/"
    assert b"is not a date such as" in client.post(path, filled(client, path, date=date)).content


def test_a_story_is_seen_by_nobody_else_until_its_audience_says_so():
    titles = {
        f"{field}_{language}": "New story" for field in ("title", "introduction") for language in ("en", "fr", "ar")
    }
    saved(
        "/secretariat/routes/story/add/",
        dialogue="mtm", theme="irregular-mixed-migration", slug="new-story", position=2, preset="secretariat", **titles,
    )  # fmt: skip
    assert Client().get("/en/maps/mtm/routes/stories/new-story/").status_code == 404
    assert browser_of("editor").get("/en/maps/mtm/routes/stories/new-story/").status_code == 200


def test_another_desk_neither_sees_nor_changes_what_is_drawn():
    stop = stop_at("agadez")
    plant_other_desk()
    client = browser_of("editor.rabat")
    assert client.get(f"/secretariat/routes/stop/{stop.pk}/change/").status_code == 302
    assert b"Agadez" not in client.get("/secretariat/routes/stop/").content
    with viewing(Viewer.secretariat_of("rabat-process")):
        assert not StopDrawing.objects.exists()
        assert not Story.objects.filter(audience=["secretariat:mtm"]).exists()
