"""Any spelling of a word finds what any other finds."""

from itertools import combinations

import pytest

from access.viewer import ANYONE
from access.viewing import viewing
from newscentre.stages.tokenizer import words_of
from search.kinds import kind_named
from search.query import search
from search.snippets import snippets
from tests.newscentre.feeds_of_tests import article, feed
from tests.readers import body_of
from tests.search.spellings import SPELLINGS
from tests.search.test_search import write

pytestmark = pytest.mark.django_db


def found_by(words: str) -> set[int]:
    return {row.pk for row in search(ANYONE, words, kind_named("article"), per_page=1000).records}


def test_there_are_many_pairs_of_each_language():
    pairs = {code: sum(len(list(combinations(each, 2))) for each in groups) for code, groups in SPELLINGS.items()}
    assert sum(pairs.values()) > 500
    assert min(pairs[code] for code in ("en", "fr", "ar")) > 60


@pytest.mark.parametrize("language", SPELLINGS)
def test_each_spelling_finds_what_is_written_in_any_other(language):
    of = write(feed)
    written = [
        {write(article, of, title=f"{spelling} ·", title_language=language).pk for spelling in spellings}
        for spellings in SPELLINGS[language]
    ]
    faults = []
    with viewing(ANYONE):
        for expected, spellings in zip(written, SPELLINGS[language], strict=True):
            first = found_by(spellings[0])
            for spelling in spellings:
                found = found_by(spelling)
                if not expected <= found or found != first:
                    faults.append((spelling, len(found & expected), len(expected), len(found)))
    assert faults == []


@pytest.mark.parametrize("language", SPELLINGS)
def test_each_spelling_is_marked_in_the_text_and_named_by_the_press_as_any_other(language):
    for spellings in SPELLINGS[language]:
        single = [spelling for spelling in spellings if len(words_of(spelling)) == 1 and "." not in spelling]
        assert len({words_of(spelling)[0].text for spelling in single}) <= 1
        for asked, spelling in combinations(single, 2):
            [parts] = snippets(asked, [(language, f"x {spelling} y")])
            assert [part.is_marked for part in parts].count(True) == 1, (asked, spelling)


def test_the_page_finds_what_was_typed_with_an_apostrophe_or_in_guillemets(reader):
    write(article, write(feed), title="La réunion d’experts sur l’asile", title_language="fr")
    write(article, write(feed), title="عودة «المهاجرين»", title_language="ar")
    for asked in ("asile", "l'asile", "réunion d'experts", '"réunion d’experts"', "« réunion d‘experts »"):
        page = body_of(reader("stranger").get("/fr/search/", {"q": asked, "kind": "article"})).decode()
        assert "La réunion d" in page, asked
    for asked in ("المهاجرين", '"عودة المهاجرين"', "«عودة المهاجرين»"):
        page = body_of(reader("stranger").get("/ar/search/", {"q": asked, "kind": "article"})).decode()
        assert "عودة «" in page, asked


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("mines d'or", 1), ("“rome rabat”", 1), ("«rabat rome»", 0), ("rome −rabat", 0), ("agadez or rome", 2), ("rome-rabat", 1),
        ("rome - rabat", 1), ("“rome” -“agadez”", 1), ("d’« agadez »", 1),
    ],
)  # fmt: skip
def test_a_phrase_an_exclusion_and_a_choice_are_what_they_are_in_any_quotes(asked, number):
    of = write(feed)
    write(article, of, title="Mines d’or d’Agadez", title_language="fr")
    write(article, of, title="Rome–Rabat", title_language="en")
    with viewing(ANYONE):
        assert len(found_by(asked)) == number


def test_names_are_suggested_in_any_spelling(reader):
    for begun in ("cote d'iv", "Côte d’Iv", "COTE D´IV", "«Côte"):
        answer = reader("official.mar").get("/fr/search/suggestions/", {"q": begun}).json()["names"]
        assert answer == reader("official.mar").get("/fr/search/suggestions/", {"q": "cote d’iv"}).json()["names"], (
            begun
        )
    assert reader("stranger").get("/fr/search/suggestions/", {"q": "«»"}).json()["names"] == []
    assert reader("stranger").get("/fr/search/suggestions/", {"q": "المغ"}).json()["names"] == ["Maroc"]


@pytest.mark.parametrize("asked", ["href", "blockquote", "rowspan", "nbsp"])
def test_markup_of_a_profile_is_no_word(asked):
    with viewing(ANYONE):
        assert search(ANYONE, asked, kind_named("profile")).number == 0
