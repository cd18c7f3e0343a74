"""Numbers, dates and the order of maps come from the newest one in which something that this reader sees changed; a story
leaves out the steps that are about nothing that they see.
"""

import re

import pytest

from access.viewer import Viewer
from access.viewing import viewing
from accounts.secret_digests import digest_of
from routes.models import Embed, Layer, MapEdition, Stop, StopDrawing, Story, StoryStep
from routes.publishing import MapTitle, publish_map
from tests.conftest import STRANGER, forget_all_pages
from tests.readers import answer_to, body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
HIDDEN, OPEN = "agadez", "lampedusa"
MAPS = "/maps/mtm/routes/"
PAGES = [
    f"/en{MAPS}", f"/ar{MAPS}editions/2031/", f"/en{MAPS}editions/2031/1/", f"/en{MAPS}editions/2031/2/",
    f"/en{MAPS}editions/2031/9/", f"/en{MAPS}editions/2031/2/routes.geojson", f"/en{MAPS}of/route/central-mediterranean/",
    f"/en{MAPS}editions/2031/2/layers-4.geojson", f"/en{MAPS}editions/2031/1/routes.csv.zip", "/en/countries/italy/",
    "/api/ogc/collections", "/api/ogc/collections/mtm-stops/items?limit=5", "/api/ogc/collections/mtm-2031-2-stops",
    "/sitemap.xml", "/en/",
]  # fmt: skip


def publish(as_of: str) -> MapEdition:
    titles = {f"title_{language}": "Map of 2031" for language in ("en", "fr", "ar")}
    with viewing(DESK):
        edition = publish_map("mtm", MapTitle(2031, as_of, 2002, 2029, titles), ["public"], crossing=lambda line: [])
    forget_all_pages()
    return edition


def move(place: str) -> None:
    with viewing(DESK):
        for drawing in StopDrawing.objects.filter(stop__place__slug=place):
            longitude, latitude = drawing.point["coordinates"]
            drawing.point = {"type": "Point", "coordinates": [longitude + 0.25, latitude]}
            drawing.save()


def answer_of(client, path: str) -> tuple[bytes, int]:
    """All of it but the moment of asking, which a document of the API says."""
    answer = answer_to(client, path)
    return re.sub(rb'"timeStamp":"[^"]*"', b"", answer.text), answer.queries


@pytest.fixture
def one_stop_is_hidden() -> None:
    with viewing(DESK):
        assert Stop.objects.filter(place__slug=HIDDEN).update(audience=["secretariat:mtm"])
    publish("2031-01")


@pytest.mark.parametrize("login", [STRANGER, "official.mar"])
def test_a_map_in_which_only_a_hidden_stop_moved_changes_nothing_for_others(one_stop_is_hidden, reader, login):
    client = reader(login)
    client.get("/en/maps/")
    before = [answer_of(client, path) for path in PAGES]
    move(HIDDEN)
    publish("2031-05")
    after = [answer_of(client, path) for path in PAGES]
    assert [path for path, one, other in zip(PAGES, before, after, strict=True) if one != other] == []
    assert "Information as of May 2031" in body_of(reader("editor").get(f"/en{MAPS}")).decode()


def test_a_number_that_is_left_out_leads_to_the_map_before_it(one_stop_is_hidden, reader):
    move(HIDDEN)
    publish("2031-05")
    move(OPEN)
    publish("2031-06")
    client = reader(STRANGER)
    page = body_of(client.get(f"/en{MAPS}")).decode()
    assert set(re.findall(r"editions/2031/(\d+)/\"", page)) == {"3", "1"}
    left_out = client.get(f"/en{MAPS}editions/2031/2/")
    assert (left_out.status_code, left_out["Location"]) == (302, f"/en{MAPS}editions/2031/1/")
    assert reader("editor").get(f"/en{MAPS}editions/2031/2/").status_code == 200
    files = [body_of(client.get(f"/en{MAPS}editions/2031/{number}/routes.geojson")) for number in (1, 2)]
    assert files[0] == files[1]


def test_a_map_that_says_the_same_again_has_its_own_date(reader):
    publish("2031-01")
    publish("2031-02")
    assert "Information as of February 2031" in body_of(reader(STRANGER).get(f"/en{MAPS}")).decode()


def test_a_step_about_layers_that_a_reader_does_not_see_is_left_out(reader):
    with viewing(DESK):
        story = Story.objects.get(slug="central-mediterranean-2009-2014")
        steps = list(story.steps.order_by("position"))
        layer = Layer.objects.create(
            dialogue_id="mtm", theme=story.theme, slug="kept-apart", name_en="Kept apart", audience=["secretariat:mtm"]
        )
        StoryStep.objects.filter(pk=steps[1].pk).update(heading_en="About what is kept apart")
        steps[1].layers.set([layer])
    for login, number in ((STRANGER, len(steps) - 1), ("editor", len(steps))):
        page = body_of(reader(login).get(f"/en{MAPS}stories/{story.slug}/")).decode()
        assert len(re.findall(r'<li id="step-\d+"', page)) == number
        assert f'id="step-{number}"' in page
        assert ("About what is kept apart" in page) is (login == "editor")
    with viewing(DESK):
        shown = Layer.objects.visible_to(Viewer.of([])).filter(dialogue="mtm").first()
        steps[1].layers.add(shown)
    page = body_of(reader(STRANGER).get(f"/en{MAPS}stories/{story.slug}/")).decode()
    assert "About what is kept apart" in page
    assert f'data-layers="{shown.slug}"' in page


def test_an_embedded_map_tells_the_date_of_what_everyone_sees(one_stop_is_hidden, reader):
    move(HIDDEN)
    edition = publish("2031-05")
    with viewing(DESK):
        values = {"name": "Embedded", "language": "en", "year": 2010, "origins": "https://www.example.org"}
        Embed.objects.create(edition=edition, digest=digest_of("key-of-an-embedded-map"), **values)
    page = body_of(reader(STRANGER).get("/embed/key-of-an-embedded-map/")).decode()
    assert "Information as of January 2031" in page
    assert "May 2031" not in page
    assert f"{MAPS}editions/2031/1/" in page


def test_the_secretariat_is_shown_every_map_and_edition_that_it_published(reader):
    publish("2031-01")
    move(HIDDEN)
    publish("2031-02")
    publish("2031-03")
    page = body_of(reader("editor").get(f"/en{MAPS}")).decode()
    assert set(re.findall(r"editions/2031/(\d+)/\"", page)) == {"1", "2", "3"}
