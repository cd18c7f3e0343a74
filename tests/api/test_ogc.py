"""OGC API Features: what a program reads of the maps, with a token what its person may read, and no more."""

import json
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import Action, LogEntry, PersonalToken
from routes.models import Layer, MapEdition, MapFeature
from tests.conftest import browser_of
from tests.machines import machine_of
from tests.readers import anonymised

pytestmark = pytest.mark.django_db

ROOT = "/api/ogc/"
SEGMENTS, STOPS = f"{ROOT}collections/mtm-segments", f"{ROOT}collections/mtm-stops"
CROSSING = "Evros river crossing"
DESK = Viewer.secretariat_of("mtm")


def got(client: Client, path: str, status: int = 200, **query) -> dict:
    response = client.get(path, query)
    assert response.status_code == status, response.content
    return json.loads(response.content)


def names_of_stops(client: Client, **query) -> set[str]:
    return {row["properties"]["name_en"] for row in got(client, f"{STOPS}/items", **query)["features"]}


def followed(client: Client, path: str, **query) -> list[dict]:
    """The features of all pages, found by their links alone."""
    page, features = got(client, path, **query), []
    while True:
        features += page["features"]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            return features
        address = urlsplit(following[0])
        page = json.loads(client.get(f"{address.path}?{address.query}").content)


# The documents --------------------------------------------------------------------------------------------------------


def test_the_landing_page_leads_to_everything_that_the_standard_asks_for():
    links = {link["rel"]: link for link in got(Client(), ROOT)["links"]}
    assert set(links) == {"self", "service-desc", "conformance", "data"}
    for link in links.values():
        assert link["href"].startswith(f"{settings.SITE_ADDRESS.rstrip('/')}{ROOT}")
        response = Client().get(urlsplit(link["href"]).path)
        assert response.status_code == 200
        assert response["Content-Type"] == link["type"]


def test_it_says_to_which_classes_of_the_standard_it_conforms():
    conforms = got(Client(), f"{ROOT}conformance")["conformsTo"]
    assert {name.rsplit("/", 1)[1] for name in conforms} == {"core", "oas30", "geojson"}


def test_the_openapi_document_describes_each_address_that_there_is():
    described = got(Client(), f"{ROOT}api")
    assert described["openapi"].startswith("3.0")
    assert len(described["paths"]) == 7
    defined = described["components"]
    for named in _references(described):
        assert named.startswith("#/components/")
        kind, name = named.split("/")[2:]
        assert name in defined[kind]
    for path, operations in described["paths"].items():
        for word in ("collectionId", "itemId"):
            assert (f"{{{word}}}" in path) == (f"#/components/parameters/{word}" in list(_references(operations))), path


def _references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def test_the_description_of_the_service_tells_nothing_of_who_asks():
    assert Client().get(f"{ROOT}api").content == machine_of("secretariat").get(f"{ROOT}api").content


def test_the_collections_are_the_newest_map_and_each_map_by_its_number():
    ids = [one["id"] for one in got(Client(), f"{ROOT}collections")["collections"]]
    years = sorted(MapEdition.objects.filter(dialogue="mtm", is_proof=False).values_list("year", flat=True))
    assert ids[:2] == ["mtm-segments", "mtm-stops"]
    assert {f"mtm-{year}-1-{word}" for year in years for word in ("segments", "stops")} <= set(ids)
    for name in ids:
        alone = got(Client(), f"{ROOT}collections/{name}")
        assert alone == next(one for one in got(Client(), f"{ROOT}collections")["collections"] if one["id"] == name)


def test_titles_are_in_the_language_that_is_asked_for():
    titles = {
        language: json.loads(Client(headers={"Accept-Language": language}).get(SEGMENTS).content)["title"]
        for language in ("en", "fr", "ar")
    }
    assert len(set(titles.values())) == 3
    assert titles["en"].startswith("Route segments: ")


# The items ------------------------------------------------------------------------------------------------------------


def test_items_are_geojson_with_names_in_three_languages():
    page = got(Client(), f"{SEGMENTS}/items")
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"]) == page["numberMatched"]
    one = page["features"][0]
    assert one["geometry"]["type"] == "LineString"
    assert {"from_en", "from_fr", "from_ar", "route", "mode", "confidence", "layer", "access"} <= set(one["properties"])
    assert all(isinstance(value, str) for value in one["properties"].values())
    lampedusa = [row for row in page["features"] if row["properties"]["to_en"] == "Lampedusa"]
    assert {row["properties"]["to_ar"] for row in lampedusa} == {"لامبيدوزا"}


def test_the_pages_together_are_the_whole_and_none_comes_twice():
    whole = got(Client(), f"{SEGMENTS}/items")["features"]
    by_pages = followed(Client(), f"{SEGMENTS}/items", limit=7)
    assert [row["id"] for row in by_pages] == [row["id"] for row in whole]
    assert len({row["id"] for row in by_pages}) == len(whole) > 7


def test_one_item_has_an_address_of_its_own():
    one = got(Client(), f"{STOPS}/items", limit=1)["features"][0]
    alone = got(Client(), f"{STOPS}/items/{one['id']}")
    assert {name: alone[name] for name in one} == one
    assert {link["rel"] for link in alone["links"]} == {"self", "collection"}


def test_a_box_holds_what_lies_in_it():
    round_lampedusa = names_of_stops(Client(), bbox="12,35,13,36")
    assert round_lampedusa == {"Lampedusa"}
    assert names_of_stops(Client(), bbox="-179,-89,-178,-88") == set()


def test_a_segment_is_found_by_every_box_that_it_goes_through():
    one = got(Client(), f"{SEGMENTS}/items", limit=1)["features"][0]
    lon, lat = one["geometry"]["coordinates"][1]
    found = got(Client(), f"{SEGMENTS}/items", bbox=f"{lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}")
    assert one["id"] in {row["id"] for row in found["features"]}


def test_the_extent_of_a_collection_is_round_all_its_items():
    west, south, east, north = got(Client(), SEGMENTS)["extent"]["spatial"]["bbox"][0]
    points = [
        point for row in got(Client(), f"{SEGMENTS}/items")["features"] for point in row["geometry"]["coordinates"]
    ]
    assert [west, south] == [min(point[axis] for point in points) for axis in (0, 1)]
    assert [east, north] == [max(point[axis] for point in points) for axis in (0, 1)]


def test_days_hold_what_was_there_then():
    everything = got(Client(), f"{SEGMENTS}/items")["features"]
    for year in (2000, 2009, 2012):
        then = got(Client(), f"{SEGMENTS}/items", datetime=f"{year}-01-01/{year}-12-31")["features"]
        expected = [
            row["id"]
            for row in everything
            if (row["properties"]["since"] or "0000")[:4] <= str(year) <= (row["properties"]["until"] or "9999")[:4]
        ]
        assert [row["id"] for row in then] == expected


@pytest.mark.parametrize("query", ["bbox=1,2", "datetime=yesterday", "limit=0", "limit=1&limit=2", "layer=main"])
def test_a_wrong_parameter_is_told_in_a_sentence(query):
    response = Client().get(f"{SEGMENTS}/items?{query}")
    assert response.status_code == 400
    assert set(response.json()) == {"code", "description"}
    assert "layer=main" not in response.content.decode()


@pytest.mark.parametrize("path", [ROOT, f"{ROOT}api", f"{ROOT}conformance", f"{ROOT}collections", SEGMENTS])
def test_documents_that_take_no_question_refuse_one(path):
    assert Client().get(f"{path}?tier=public").status_code == 400
    assert Client().get(f"{path}?f=json").status_code == 200


# Who reads what -------------------------------------------------------------------------------------------------------


def test_with_a_token_its_person_reads_what_they_may_read():
    seen = {login: names_of_stops(machine_of(login)) for login in ("stranger", "official.mar", "official.ukr", "unhcr")}
    assert seen["stranger"] == seen["official.ukr"]
    assert seen["official.mar"] == seen["unhcr"] == seen["stranger"] | {CROSSING}


def test_a_cookie_opens_nothing_here():
    assert CROSSING not in names_of_stops(browser_of("secretariat"))


def test_an_item_that_one_may_not_see_is_missing_as_one_that_is_not_there():
    restricted = next(
        row for row in got(machine_of("editor"), f"{STOPS}/items")["features"]
        if row["properties"]["name_en"] == CROSSING
    )  # fmt: skip
    assert restricted["properties"]["access"] == "restricted"
    for client in (Client(), machine_of("official.ukr")):
        hidden, absent = str(restricted["id"]), str(99999999)
        answers = [anonymised(client.get(f"{STOPS}/items/{name}"), name) for name in (hidden, absent)]
        assert answers[0] == answers[1]
        assert answers[0].startswith(b"404")


@pytest.mark.parametrize("path", [SEGMENTS, STOPS])
def test_a_collection_says_what_it_is_under_which_terms_and_how_to_cite_it(path):
    told = got(Client(), path)
    for words in ("Information as of June 2025", "licence", "official endorsement", "How to cite"):
        assert words in told["description"]
    assert "/maps/mtm/routes/editions/2025/1/" in told["attribution"]
    (about,) = [link for link in told["links"] if link["rel"] == "about"]
    assert Client().get(urlsplit(about["href"]).path).status_code == 200
    listed = {row["id"]: row for row in got(Client(), f"{ROOT}collections")["collections"]}
    assert listed[told["id"]]["description"] == told["description"]


def test_counts_and_extents_are_of_what_one_sees():
    for login in ("stranger", "official.mar"):
        client = machine_of(login)
        page = got(client, f"{STOPS}/items")
        assert page["numberMatched"] == len(page["features"])
        points = [row["geometry"]["coordinates"] for row in page["features"]]
        box = got(client, STOPS)["extent"]["spatial"]["bbox"][0]
        assert box == [f(point[axis] for point in points) for f in (min, max) for axis in (0, 1)]


@pytest.mark.parametrize(
    "name",
    ["mtm", "mtm-lines", "nobody-segments", "mtm-1999-1-segments", "mtm-2012-9-segments", "mtm-2012-99999-stops",
     "mtm-9999-1-stops", "-segments", "segments", "MTM-segments", "rabat-process-segments"],
)  # fmt: skip
def test_a_collection_that_is_not_there_is_missing(name):
    bodies = {Client().get(f"{ROOT}collections/{name}{tail}").content for tail in ("", "/items", "/items/1")}
    assert len(bodies) == 1
    assert json.loads(bodies.pop())["code"] == "404"


def test_a_map_for_few_is_missing_for_all_others():
    with viewing(DESK):
        newest = MapEdition.objects.filter(dialogue="mtm", is_proof=False).order_by("-year").first()
        Layer.objects.filter(dialogue="mtm").update(audience=["secretariat:mtm"])
    assert got(Client(), f"{SEGMENTS}/items")["features"] == []
    assert "spatial" not in got(Client(), SEGMENTS)["extent"]
    assert got(machine_of("editor"), f"{SEGMENTS}/items")["numberMatched"] > 0
    assert newest is not None


def test_proofs_are_in_no_collection():
    for login in ("stranger", "frontex", "secretariat"):
        listed = got(machine_of(login), f"{ROOT}collections")["collections"]
        assert all("proof" not in one["id"] for one in listed)


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_a_number_beyond_all_bounds_is_missing(number):
    assert Client(raise_request_exception=False).get(f"{STOPS}/items/{number}").status_code == 404


def test_a_token_that_was_revoked_opens_nothing_from_then_on():
    client = machine_of("official.mar")
    assert CROSSING in names_of_stops(client)
    PersonalToken.objects.all().delete()
    assert client.get(f"{STOPS}/items").status_code == 401


def test_reading_what_is_restricted_is_in_the_log_and_what_is_open_is_not():
    official = machine_of("official.mar")
    names_of_stops(official, bbox="12,35,13,36")
    with viewing(DESK):
        assert not LogEntry.objects.filter(action=Action.EXPORTED).exists()
    names_of_stops(official)
    with viewing(DESK):
        lines = LogEntry.objects.filter(action=Action.EXPORTED).values_list("object", flat=True)
        assert len(lines) == 1
        assert lines[0] == "mtm/routes/2025#1 mtm-stops"


# How it is served -----------------------------------------------------------------------------------------------------


def test_scripts_of_other_origins_may_read_what_is_open_and_send_no_token():
    response = Client(headers={"Origin": "https://maps.example"}).get(SEGMENTS)
    assert response["Access-Control-Allow-Origin"] == "*"
    asked = Client().options(
        SEGMENTS, headers={"Origin": "https://maps.example", "Access-Control-Request-Headers": "authorization"}
    )
    assert "Access-Control-Allow-Headers" not in asked
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_it_is_for_reading(method):
    assert getattr(machine_of("secretariat"), method)(f"{SEGMENTS}/items").status_code == 405


def test_head_says_what_get_does_without_its_body():
    whole, head = Client().get(SEGMENTS), Client().head(SEGMENTS)
    assert (head.status_code, head["Content-Type"], head.content) == (200, whole["Content-Type"], b"")


def test_no_cache_gives_one_reader_what_another_was_given():
    assert machine_of("official.mar").get(f"{STOPS}/items")["Cache-Control"] == "private, no-store"
    open_to_all = Client().get(f"{STOPS}/items")
    assert {"Authorization", "Accept-Language"} <= {word.strip() for word in open_to_all["Vary"].split(",")}
    assert "Set-Cookie" not in open_to_all.headers


def test_questions_to_the_database_do_not_grow_with_what_there_is():
    client = Client()
    counts = {}
    for path in (f"{ROOT}collections", SEGMENTS, f"{SEGMENTS}/items", f"{SEGMENTS}/items?limit=1&bbox=0,0,20,40"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts[path] = len([query for query in queries if "MapFeature" in query["sql"] or "SELECT" in query["sql"]])
    with viewing(DESK):
        edition = MapEdition.objects.filter(dialogue="mtm", is_proof=False).order_by("-year").first()
        rows = list(MapFeature.objects.filter(edition=edition))
        for row in rows:
            row.pk = None
        MapFeature.objects.bulk_create(rows)
    for path, before in counts.items():
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert len([query for query in queries if "SELECT" in query["sql"]]) == before, path
