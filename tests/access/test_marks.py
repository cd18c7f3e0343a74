"""Whoever sees more of a page than its other readers do is told so, beside each thing that they alone see."""

import pytest

from tests.access.marking import hide, mark_everything, marks_in
from tests.access.test_hidden_rows import address_of, pages_of, undone
from tests.conftest import browser_of
from tests.readers import body_of, raw

MACHINES = ("/api/", "/sitemap", ".geojson", ".csv", ".svg", ".ics", "/rss/", "/atom/")


@pytest.fixture
def marked(planted):
    mark_everything()
    return planted


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
