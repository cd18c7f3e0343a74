"""What caches may keep: nothing that a signed-in reader sees, and of the public's pages nothing that is someone's own."""

import pytest
from django.test import Client
from django.urls import reverse

from access.presets import Preset
from access.viewing import viewing
from indicators.models import Observation, Source
from indicators.revisions import replace_figure
from profiles.middleware import PAGE
from tests.access.planting import DESK, NARROW, PLACES, Planted, canaries_in
from tests.access.test_matrix import SURFACES, paths_of, walk, walks_as
from tests.conftest import STRANGER, forget_all_pages
from tests.readers import body_of, raw, without_form_tokens

PLACE = PLACES[Preset.THEME]


def some_of(planted: dict[Preset, Planted]) -> dict[Preset, Planted]:
    return {preset: planted[preset] for preset in (Preset.PUBLIC, Preset.THEME)}


def pages(planted: dict[Preset, Planted]) -> list[str]:
    own = [f"/en{one.base}" for one in some_of(planted).values()]
    return [
        "/en/maps/mtm/irregular-mixed-migration/",
        "/sitemap.xml",
        *own,
        f"{own[-1]}print/",
        f"/en/countries/{PLACE}/",
    ]


AFTER_THE_DESK = {
    "no cookie": {},
    "an empty cookie": {"headers": {"Cookie": ""}},
    "an empty session": {"headers": {"Cookie": "sessionid="}},
    "an ended session": {"headers": {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}},
    "an unrelated cookie": {"headers": {"Cookie": "theme=dark; consent=1"}},
    "an empty language": {"headers": {"Accept-Language": ""}},
    "a campaign": {"query_params": {"utm_source": "x"}},
    "a body in a GET": {"data": {"theme": "x"}},
    "a forwarded host": {"headers": {"X-Forwarded-Host": "evil.example"}},
    "a range": {"headers": {"Range": "bytes=0-200000"}},
    "a method override": {"headers": {"X-HTTP-Method-Override": "POST"}},
}


def test_what_the_secretariat_was_shown_a_moment_ago_reaches_no_visitor(planted, reader):
    """Rows 16 and 18 of the attacks. With every cache warm from the secretariat's visit, however the visitor asks."""
    secretariat, visitor = reader("secretariat"), Client()
    allowed = {found for path in pages(planted) for found in _seen(visitor.get(path), path, planted)}
    assert {preset for preset, _ in allowed} == {"public"}
    for path in pages(planted):
        assert _seen(secretariat.get(path), path, planted)
    leaks = {
        (how, path): found
        for how, asked in AFTER_THE_DESK.items()
        for path in pages(planted)
        if (found := _seen(Client().get(path, **asked), path, planted) - allowed)
    }
    assert leaks == {}


def _seen(response, path: str, planted: dict[Preset, Planted]) -> set[tuple[str, str]]:
    """The canaries in an answer, but for the address that was asked for."""
    return canaries_in(raw(response)) - {(one.preset.value, "address") for one in planted.values() if one.base in path}


def test_head_after_the_secretariats_visit_says_no_more_than_before(planted, reader):
    before = {path: sorted(Client().head(path).headers.items()) for path in pages(planted)}
    secretariat = reader("secretariat")
    for path in pages(planted):
        secretariat.get(path)
    assert {path: sorted(Client().head(path).headers.items()) for path in pages(planted)} == before


@pytest.mark.parametrize("login", walks_as("secretariat", "official.mar.dev"))
def test_no_cache_keeps_what_a_signed_in_reader_is_shown(planted, login):
    """Row 18 of the attacks."""
    for answer in walk(login, planted):
        if answer.name in {"healthz", "readyz"} or answer.path.startswith("/api/"):
            continue  # below /api/ a cookie signs nobody in: what is answered there is the public's
        words = {word.strip() for word in answer.cache_control.split(",")}
        assert words == {"private", "no-store"}, answer.path


@pytest.mark.parametrize("login", walks_as(STRANGER))
def test_an_answer_that_caches_may_keep_sets_no_cookie(planted, login):
    """Row 19 of the attacks."""
    kept = [answer for answer in walk(login, planted) if "public" in answer.cache_control]
    assert kept
    assert [answer.path for answer in kept if answer.sets_a_cookie] == []


def test_an_open_page_varies_by_cookie(planted):
    response = Client().get(f"/en{planted[Preset.PUBLIC].base}")
    assert "Cookie" in response["Vary"]
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("cookie", ["sessionid=abcdefghijklmnopqrstuvwxyz012345", "sessionid="])
def test_an_open_page_that_ends_a_dead_session_is_not_for_caches(planted, cookie):
    """The cookie it takes away is one visitor's own."""
    response = Client().get(f"/en{planted[Preset.PUBLIC].base}", headers={"Cookie": cookie})
    assert response.status_code == 200
    assert not (response.cookies and "public" in response.get("Cache-Control", ""))


def test_a_visitor_with_and_without_cookies_gets_the_same_bytes(planted):
    """The short way for readers without a session, and the long one, must not differ."""
    path = f"/en{planted[Preset.PUBLIC].base}"
    assert PAGE.fullmatch(path)
    short = Client().get(path)
    long = Client().get(path, headers={"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"})
    assert body_of(short) == body_of(long)


# ETags ----------------------------------------------------------------------------------------------------------------


def test_readers_who_see_different_things_have_different_etags(planted, reader):
    path = f"/en{planted[Preset.PUBLIC].base}"
    tags = [reader(login).get(path)["ETag"] for login in (STRANGER, "editor", "official.mar", "unhcr", "official.ukr")]
    assert len(set(tags)) == len(tags)


def test_the_same_reader_is_told_that_nothing_changed_and_another_is_not(planted, reader):
    path = f"/en{planted[Preset.THEME].base}"
    official, colleague, stranger = reader("official.mar"), reader("unhcr"), reader(STRANGER)
    etag = official.get(path)["ETag"]
    same = official.get(path, headers={"If-None-Match": etag})
    assert (same.status_code, same.content) == (304, b"")
    assert colleague.get(path, headers={"If-None-Match": etag}).status_code == 200
    hidden = stranger.get(path, headers={"If-None-Match": etag})
    assert hidden.status_code == 404
    assert "ETag" not in hidden.headers


@pytest.mark.parametrize("value", ["*", 'W/"*"', '"x"', "", "W/", ", ,"])
def test_no_made_up_etag_tells_that_a_hidden_page_is_there(planted, value):
    path = f"/en{planted[Preset.THEME].base}"
    assert Client().get(path, headers={"If-None-Match": value}).status_code == 404
    assert Client().get(path, headers={"If-Modified-Since": "Sat, 29 Oct 2044 19:43:31 GMT"}).status_code == 404


def test_an_etag_is_of_one_language_section_and_address(planted):
    one = planted[Preset.PUBLIC]
    paths = [f"/en{one.base}", f"/ar{one.base}", f"/fr{one.base}", f"/en{one.base}{NARROW}/"]
    assert len({Client().get(path)["ETag"] for path in paths}) == len(paths)


# Keys -----------------------------------------------------------------------------------------------------------------


def test_pages_of_two_profiles_are_never_kept_under_one_key(planted, reader):
    """Row 20 of the attacks. Each page names its own subject, whoever asked for which one before."""
    client = reader("secretariat")
    for _ in range(2):
        for one in planted.values():
            for language in ("en", "ar"):
                text = body_of(client.get(f"/{language}{one.base}{NARROW}/"))
                assert {preset for preset, kind in canaries_in(text) if kind == "narrow"} == {one.preset.value}
                assert f'lang="{language}"'.encode() in text


@pytest.mark.parametrize("form", ["{}?x=1", "{}#x", "{}?%0a", "{}?;theme=x"])
def test_queries_do_not_change_the_page_of_a_profile(planted, form):
    """Row 20 of the attacks."""
    path = f"/en{planted[Preset.PUBLIC].base}"
    plain = without_form_tokens(body_of(Client().get(path)))
    assert without_form_tokens(body_of(Client().get(form.format(path)))) == plain


def test_the_drawn_map_may_be_kept_by_caches_for_visitors(planted):
    [(path, _)] = list(paths_of("basemap", SURFACES["basemap"][0], {}))
    assert path.startswith("/basemap/")
    response = Client().get(path)
    assert "public" in response["Cache-Control"]


def test_a_drawn_map_that_ends_a_dead_session_is_not_for_caches(planted):
    [(path, _)] = list(paths_of("basemap", SURFACES["basemap"][0], {}))
    response = Client().get(path, headers={"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"})
    assert not (response.cookies and "public" in response.get("Cache-Control", ""))


def test_the_sitemap_is_not_kept_from_a_readers_visit(planted, reader):
    reader("secretariat").get(reverse("sitemap"))
    assert {preset for preset, _ in canaries_in(raw(Client().get(reverse("sitemap"))))} == {"public"}


def test_the_etag_of_a_page_tells_of_no_change_that_its_reader_may_not_see(planted, reader):
    """Saved as the desk saves: the figure and the source are for the Secretariat alone."""
    one = planted[Preset.PUBLIC]
    paths = (f"/en{one.base}", "/en/maps/mtm/routes/editions/2031/1/layers-4.geojson")
    readers = {login: reader(login) for login in (STRANGER, "official.mar.dev")}
    before = {(login, path): client.get(path)["ETag"] for login, client in readers.items() for path in paths}
    with viewing(DESK):
        source = Source.objects.get(slug="narrowsource-public")
        source.name_en += "!"
        source.save()
        figure = Observation.objects.get(source=source)
        corrected = Observation.objects.get(pk=figure.pk)
        corrected.value += 1
        replace_figure(figure, corrected, "It was wrong.")
    forget_all_pages()
    after = {(login, path): client.get(path)["ETag"] for login, client in readers.items() for path in paths}
    assert after == before
    desk = reader("editor")
    assert desk.get(paths[0]).status_code == 200
