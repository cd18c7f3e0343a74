"""OGC API Features over the maps: the same rule as everywhere, without a cookie."""

import json
from urllib.parse import urlsplit

import pytest
from django.test import Client

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import LogEntry, TokenScope
from accounts.personal_tokens import make_token
from routes.models import MapEdition, MapFeature, SegmentDrawing, Stop
from routes.publishing import Titled, publish_map
from tests.conftest import browser_of, user_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
ROOT = "/api/ogc/"
SEGMENTS, STOPS = (f"{ROOT}collections/mtm-{kind}/items" for kind in ("segments", "stops"))


def got(path: str, client: Client | None = None) -> dict:
    response = (client or Client()).get(path)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def features(path: str) -> list[dict]:
    return got(path)["features"]


def test_a_client_finds_its_way_from_the_landing_page():
    relations = {link["rel"]: link["href"] for link in got(ROOT)["links"]}
    assert {"self", "service-desc", "conformance", "data"} <= set(relations)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in got(f"{ROOT}conformance")["conformsTo"]
    assert [row["id"] for row in got(f"{ROOT}collections")["collections"]] == ["mtm-segments", "mtm-stops"]
    definition = got(f"{ROOT}api")
    assert definition["openapi"] == "3.0.3"
    assert "/collections/{collection}/items" in definition["paths"]


def test_a_collection_says_where_and_when_its_features_lie():
    extent = got(f"{ROOT}collections/mtm-segments")["extent"]
    west, south, east, north = extent["spatial"]["bbox"][0]
    assert (-18, 1) < (west, south) < (east, north) < (50, 46)
    assert extent["temporal"]["interval"] == [["2002-01-01T00:00:00Z", "2024-12-31T23:59:59Z"]]


def test_features_have_names_in_three_languages_and_lines_as_published():
    row = next(row for row in features(SEGMENTS) if row["properties"]["to_en"] == "Lampedusa")
    assert row["geometry"]["type"] == "LineString"
    assert row["properties"]["to_ar"] == "لامبيدوزا"
    assert row["properties"]["mode"] == "sea"


def test_everything_comes_page_by_page():
    number, seen, path = got(SEGMENTS)["numberMatched"], [], f"{SEGMENTS}?limit=7"
    while path:
        page = got(path)
        assert page["numberReturned"] == len(page["features"]) <= 7
        seen += [row["id"] for row in page["features"]]
        following = [urlsplit(link["href"]) for link in page["links"] if link["rel"] == "next"]
        path = f"{following[0].path}?{following[0].query}" if following else ""
    assert len(seen) == len(set(seen)) == number


def test_a_box_takes_what_touches_it():
    near_canaries = features(f"{SEGMENTS}?bbox=-17,27,-13,29")
    assert {row["properties"]["route"] for row in near_canaries} == {"west-africa"}
    assert features(f"{SEGMENTS}?bbox=100,0,120,10") == []
    everywhere = got(SEGMENTS)["numberMatched"]
    assert got(f"{SEGMENTS}?bbox=-180,-90,180,90")["numberMatched"] == everywhere
    assert got(f"{SEGMENTS}?bbox=40,-90,-170,90")["numberMatched"] < everywhere, "over the antimeridian"


def test_a_time_takes_what_was_there_and_what_is_not_recorded():
    with viewing(DESK):
        SegmentDrawing.objects.filter(segment__start__place__slug="zarzis").update(
            first_year="2006-05", last_year="2009"
        )
        titles = {f"title_{language}": "Map" for language in ("en", "fr", "ar")}
        publish_map("mtm", Titled(2030, "2030", 2002, 2029, titles), ["public"], crossing=lambda line: [])

    def has_zarzis(when: str) -> bool:
        return any(row["properties"]["from_en"] == "Zarzis" for row in features(f"{SEGMENTS}?datetime={when}"))

    assert [has_zarzis(when) for when in ("2005-12-31", "2006-01-01", "2009-12-31", "2010-01-01")] == [
        False,
        True,
        True,
        False,
    ]
    assert has_zarzis("../2006-12-31")
    assert has_zarzis("2009-01-01/..")
    assert len(features(f"{SEGMENTS}?datetime=2005-01-01")) == len(features(SEGMENTS)) - 1


def test_a_feature_has_an_address_of_its_own():
    first = features(STOPS)[0]
    own = got(f"{STOPS}/{first['id']}")
    assert own["properties"] == first["properties"]
    assert own["geometry"] == first["geometry"]


@pytest.mark.parametrize(
    "path", [f"{SEGMENTS}?audience=public", f"{SEGMENTS}?limit=0", f"{ROOT}?x=1", f"{STOPS}?bbox=1"]
)
def test_a_wrong_parameter_is_said_so(path):
    response = Client().get(path)
    assert response.status_code == 400
    assert set(json.loads(response.content)) == {"code", "description"}


def test_no_cookie_opens_what_is_restricted():
    open_to_all = got(SEGMENTS)["numberMatched"]
    for login in ("editor", "official.mar", "secretariat"):
        answer = got(SEGMENTS, browser_of(login))
        assert answer["numberMatched"] == answer["numberReturned"] == open_to_all
        assert "Evros river crossing" not in json.dumps(answer)
        assert "Evros river crossing" not in json.dumps(got(STOPS, browser_of(login)))


def bearing(login: str) -> Client:
    secret = make_token(user_of(login), "QGIS", TokenScope.READ, 30)[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_a_personal_token_opens_what_its_person_may_read():
    open_to_all = got(SEGMENTS)["numberMatched"]
    for login, further in (("official.mar", 2), ("unhcr", 2), ("official.mar.dev", 0), ("official.ukr", 0)):
        answer = got(SEGMENTS, bearing(login))
        assert answer["numberMatched"] == answer["numberReturned"] == open_to_all + further
        assert ("Evros river crossing" in json.dumps(got(STOPS, bearing(login)))) == bool(further)


def test_a_token_that_is_not_known_is_refused_and_reads_nothing():
    response = Client(headers={"Authorization": "Bearer imap_none"}).get(SEGMENTS)
    assert response.status_code == 401
    assert b"LineString" not in response.content


def test_what_a_token_gives_of_the_restricted_makes_a_line_and_is_kept_by_no_cache():
    response = bearing("official.mar").get(SEGMENTS)
    assert response["Cache-Control"] == "private, no-store"
    bearing("official.ukr").get(SEGMENTS)
    with viewing(DESK):
        lines = LogEntry.objects.filter(action="exported").values_list("person__email", "object")
        assert list(lines) == [("official.mar@imap.example", "mtm/routes/2025#1 mtm-segments")]


def test_what_is_hidden_is_as_if_it_were_not_there():
    with viewing(DESK):
        hidden = MapFeature.objects.filter(edition__year=2025, stop__place__slug="evros-river-crossing").get().stop_id
    there, missing = (Client().get(f"{STOPS}/{number}") for number in (hidden, 10**15))
    assert (there.status_code, there.content, sorted(there.headers)) == (404, missing.content, sorted(missing.headers))
    assert Client().get(f"{STOPS}/{10**30}").status_code == 404
    assert Client().get(f"{ROOT}collections/rabat-process-stops").status_code == 404


def test_narrowing_reaches_counts_and_extents_at_once():
    number = got(STOPS)["numberMatched"]
    with viewing(DESK):
        Stop.objects.filter(place__slug="dakar").update(audience=["secretariat:mtm"])
    assert got(STOPS)["numberMatched"] == number - 1
    with viewing(DESK):
        assert MapEdition.objects.exists()


def test_nothing_can_be_changed_here():
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(SEGMENTS).status_code == 405
