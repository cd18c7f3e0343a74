"""A frozen view of a public map in a page of another site: as everyone reads it, until its key is revoked."""

import json
import re

import pytest
from django.test import Client

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.secret_digests import digest_of
from routes.embeds.keys import embed_with
from routes.models import Embed, Layer, MapEdition
from tests.conftest import EVERYBODY, browser_of
from tests.readers import anonymised

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
ADD = "/secretariat/routes/embed/add/"
SITE = "https://www.example.org"
CROSSING = "Evros river crossing"


@pytest.fixture
def edition() -> MapEdition:
    with viewing(DESK):
        return MapEdition.objects.filter(dialogue="mtm", year=2025, is_proof=False).get()


def made(edition: MapEdition, **chosen) -> str:
    """The address that the desk is given, as a path."""
    data = {"name": "News", "edition": edition.pk, "year": 2009, "language": "fr", "origins": SITE} | chosen
    page = browser_of("editor").post(ADD, data, follow=True).content.decode()
    found = re.search(r"/embed/[\w-]{20,}/", page)
    assert found, page
    return found[0]


def content_of(client: Client, address: str) -> dict:
    page = client.get(address).content.decode()
    return json.loads(re.search(r'id="routes-content" type="application/json">(.*?)</script>', page)[1])


def test_the_desk_makes_a_key_which_is_shown_once_and_kept_as_a_digest(edition):
    address = made(edition)
    key = address.split("/")[2]
    assert len(key) >= 32
    with viewing(DESK):
        row = Embed.objects.get()
        assert key not in str(Embed.objects.values())
        assert row.digest == digest_of(key)
    assert key not in browser_of("editor").get("/secretariat/routes/embed/").content.decode()


def test_another_site_shows_the_year_and_language_that_were_chosen(edition):
    address = made(edition)
    page = Client().get(address)
    assert page.status_code == 200
    assert 'lang="fr"' in page.content.decode()
    assert content_of(Client(), address)["years"] == [2009, 2009]


def test_only_the_sites_that_were_named_may_frame_it_and_no_other_page_may_be_framed(edition):
    page = Client().get(made(edition, origins=f"{SITE} https://*.example.net"))
    assert f"frame-ancestors {SITE} https://*.example.net" in page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" not in page["Content-Security-Policy"]
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    other = Client().get("/en/maps/mtm/routes/")
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert other["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "origins", ["*", "http://www.example.org", "https://www.example.org/path", "https:", "'self'", "https://a.b; script-src *"]
)  # fmt: skip
def test_a_site_is_named_by_its_whole_origin(edition, origins):
    data = {"name": "News", "edition": edition.pk, "year": 2009, "language": "en", "origins": origins}
    assert "errorlist" in browser_of("editor").post(ADD, data).content.decode()
    with viewing(DESK):
        assert not Embed.objects.exists()


@pytest.mark.parametrize("login", EVERYBODY)
def test_whoever_is_signed_in_is_shown_what_everyone_is(edition, login):
    address = made(edition)
    for path in (address, f"{address}layers-4.geojson"):
        shown = browser_of(login).get(path)
        assert CROSSING not in shown.content.decode()
        assert content_of(Client(), address) == content_of(browser_of(login), address)


@pytest.mark.parametrize(
    "query",
    ["?year=2012", "?edition=2012", "?known-on=2030", "?audience=secretariat:mtm", "?language=en", "?zoom=9", "?origins=*"],
)  # fmt: skip
def test_no_parameter_of_the_address_changes_anything(edition, query):
    address = made(edition)
    plain, asked = (Client().get(path) for path in (address, f"{address}{query}"))
    assert asked.content == plain.content
    assert asked["Content-Security-Policy"] == plain["Content-Security-Policy"]


def test_its_links_lead_to_no_layer_of_the_readers_pages(edition):
    address = made(edition)
    assert set(content_of(Client(), address)["layers"].values()) == {
        f"{address}layers-{zoom}.geojson" for zoom in (4, 7)
    }


def test_figures_stay_as_they_were_known_on_the_day_of_the_key(edition):
    address = made(edition)
    with viewing(DESK):
        Embed.objects.update(made_at="2010-06-01T00:00:00Z")
    then = content_of(Client(), address)["areas"]
    assert then != content_of(Client(), made(edition, name="Later"))["areas"]


def test_a_revoked_key_opens_nothing_and_looks_like_one_that_never_was(edition):
    address = made(edition)
    with viewing(DESK):
        row = Embed.objects.get()
    done = browser_of("editor").post(
        "/secretariat/routes/embed/", {"action": "revoke_keys", "_selected_action": [row.pk]}, follow=True
    )
    assert "Keys revoked: 1." in done.content.decode()
    key, unknown = address.split("/")[2], "x" * len(address.split("/")[2])
    for tail in ("", "layers-4.geojson"):
        answers = [anonymised(Client().get(f"/embed/{word}/{tail}"), word) for word in (key, unknown)]
        assert answers[0] == answers[1]
        assert answers[0].startswith(b"404")


def test_a_map_that_is_narrowed_leaves_the_pages_of_other_sites_at_once(edition):
    address = made(edition)
    with viewing(DESK):
        Layer.objects.filter(dialogue="mtm").update(audience=["secretariat:mtm"])
    assert json.loads(Client().get(f"{address}layers-4.geojson").content)["features"] == []


def test_only_a_map_for_everyone_and_a_year_of_it_can_be_embedded(edition):
    data = {"name": "News", "edition": edition.pk, "year": 1950, "language": "en", "origins": SITE}
    assert "errorlist" in browser_of("editor").post(ADD, data).content.decode()
    with viewing(DESK):
        proof = MapEdition(
            dialogue_id="mtm", year=2030, title="x", first_year=2002, last_year=2030, as_of="2030", published_at="2030-01-01T00:00:00Z",
            audience=["secretariat:mtm"],
        )  # fmt: skip
        proof.save(force_insert=True)
    assert "errorlist" in browser_of("editor").post(ADD, data | {"edition": proof.pk, "year": 2009}).content.decode()
    with viewing(DESK):
        assert not Embed.objects.exists()


def test_a_key_is_in_no_line_of_the_log_of_requests(edition, caplog):
    address = made(edition)
    caplog.clear()
    Client().get(address)
    assert address.split("/")[2] not in str([vars(record) for record in caplog.records])


def test_another_secretariat_makes_no_key_of_this_map(edition):
    data = {"name": "News", "edition": edition.pk, "year": 2009, "language": "en", "origins": SITE}
    assert browser_of("official.mar").post(ADD, data).status_code == 302
    with viewing(ANYONE):
        assert embed_with("x", ANYONE) is None
