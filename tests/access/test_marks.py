"""Whoever sees more of a page than its other readers do is told so, beside each thing that they alone see.

The marks of `tests.access.marking` tell which rows stand on a page: one of each kind is hidden there, and the editor's
page then has more marks than before.
"""

import json
import re

import pytest

from access.presets import Preset
from access.viewing import viewing
from profiles.models import Profile
from tests.access.marking import hide, mark_everything, marks_in
from tests.access.planting import DESK
from tests.access.test_hidden_rows import address_of, pages_of, undone
from tests.conftest import browser_of
from tests.readers import body_of, raw

MACHINES = ("/api/", "/sitemap", ".geojson", ".csv", ".svg", ".ics", "/rss/", "/atom/")
# The badge of what is not open, which lists of things with an audience of their own have, or the mark of a part.
RESTRICTED = re.compile(r'class="tier (?!public)[a-z ]+"')

HEAD = re.compile(r'<p class="meta">[^<]*<span class="tier ([a-z]+)')  # who may read the whole page


@pytest.fixture
def marked(planted):
    mark_everything()
    return planted


def number_of_marks(page: str) -> int:
    told = re.search(r'id="routes-content"[^>]*>(.*?)</script>', page, re.DOTALL)
    return len(RESTRICTED.findall(page)) + (told[1].count('"isNarrower": true') if told else 0)


def is_marked_as_a_whole(before: str, after: str) -> bool:
    """Its head says since then that it is restricted; what it says of its parts says only where they differ from it."""
    heads = [HEAD.findall(page) for page in (before, after)]
    return heads[0] == ["public"] and len(heads[1]) == 1 and heads[1] != ["public"]


def test_what_an_editor_sees_and_others_do_not_is_marked_on_every_page(marked):
    editor, visitor, unmarked = browser_of("editor"), browser_of("stranger"), []
    for shown in pages_of(marked):
        if any(word in shown.path for word in MACHINES):
            continue
        path = address_of(shown, "en")
        with undone():
            before, there = body_of(editor.get(path)).decode(), marks_in(raw(visitor.get(path)))
        for kind in sorted(shown.kinds - {"layer"}):
            numbers = sorted(number for found, number in there if found == kind)
            if not numbers:
                continue
            with undone():
                hide(kind, numbers[:1])
                after = body_of(editor.get(path)).decode()
            if number_of_marks(after) <= number_of_marks(before) and not is_marked_as_a_whole(before, after):
                unmarked.append((path, kind))
    assert unmarked == []


def test_a_visitor_reads_of_no_mark(marked):
    visitor = browser_of("stranger")
    for shown in pages_of(marked):
        if not any(word in shown.path for word in MACHINES):
            with undone():
                assert (
                    "Not for every reader of this page</" not in body_of(visitor.get(address_of(shown, "en"))).decode()
                )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Not for every reader of this page"),
        ("fr", "Pas pour tous les lecteurs de cette page"),
        ("ar", "ليس لجميع قرّاء هذه الصفحة"),
    ],
)
def test_a_restricted_figure_on_an_open_page_is_marked_in_the_language_of_the_page(marked, language, words):
    with undone():
        editor = browser_of("editor")
        path = f"/{language}/countries/mali/"
        figures = [number for kind, number in marks_in(raw(editor.get(path))) if kind == "observation"]
        hide("observation", figures)
        page = body_of(editor.get(path)).decode()
        assert words in page


# The maps of dialogues and of all ---------------------------------------------------------------------------------------


def map_content(page: str) -> dict:
    return json.loads(re.search(r'id="map-content"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "profile available, but not for every reader of this page"),
        ("fr", "profil disponible, mais pas pour tous les lecteurs de cette page"),
        ("ar", "يتوافر ملف، لكن ليس لجميع قرّاء هذه الصفحة"),
    ],
)
def test_a_country_whose_profile_is_restricted_is_marked_on_the_map_and_in_its_list(planted, language, words):
    with viewing(DESK):
        Profile.objects.filter(subject__slug="niger", dialogue="mtm").exclude(
            pk=planted[Preset.NOMINATED].profile.pk
        ).update(audience=[])
    editor, visitor = browser_of("editor"), browser_of("stranger")
    for path in ("/", "/maps/mtm/"):
        pages = [body_of(browser.get(f"/{language}{path}")).decode() for browser in (editor, visitor)]
        seen, public = (map_content(page)["countries"] for page in pages)
        assert (seen["NER"]["isNarrower"], words in seen["NER"]["note"]) == (True, True)
        assert (seen["MLI"]["isNarrower"], words in seen["MLI"]["note"]) == (False, False)
        assert (public["NER"]["isNarrower"], public["NER"]["href"]) == (False, None)
        assert words not in pages[1]
    niger = re.search(r'<li><a href="/\w\w/countries/niger/">.*?</li>', pages[0], re.DOTALL)[0]
    assert 'class="has-profile narrower"' in niger
    assert words in niger
    assert "narrower" not in re.search(r'<li><a href="/\w\w/countries/mali/">.*?</li>', pages[0], re.DOTALL)[0]


def test_a_country_with_an_open_profile_beside_a_restricted_one_is_not_marked(planted):
    with viewing(DESK):
        Profile.objects.filter(dialogue="mtm", subject__slug="mali").exclude(
            pk=planted[Preset.PUBLIC].profile.pk
        ).update(audience=[])
    page = body_of(browser_of("editor").get("/en/maps/mtm/")).decode()
    assert map_content(page)["countries"]["MLI"]["isNarrower"] is False
