"""Names of several words in quotes: of a town that is no reference data an article's entry holds a mark, not the words."""

import pytest
from django.db import connection

from access.viewer import ANYONE
from atlas.models import NameVariant, Subject
from newscentre.models import Article
from newscentre.search_kinds import places_named_to
from search.syntax import as_websearch, tsqueries
from tests.newscentre.feeds_of_tests import article, feed
from tests.search.test_search import titles, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Subject:
    """On a map that everyone reads."""
    town = Subject.objects.get(slug="addis-ababa")
    assert not town.is_reference
    NameVariant.objects.create(subject=town, language="en", text="Finfinne New Flower")
    return town


@pytest.fixture
def told(town) -> Article:
    """On the town, of which it says no word."""
    return write(article, write(feed), title="Zugzwang visas", excerpt="A new law", subjects=[town.pk])


def is_found(words: str) -> bool:
    return "Zugzwang visas" in titles(words)


@pytest.mark.parametrize(
    "words",
    [
        "Addis Ababa", '"Addis Ababa"', '"addis-ababa"', "“ADDIS ABABA”", '"Addis"', '"Addis-Abeba"', "« Addis–Abeba »",
        "d’« Addis-Abeba »", '"أديس أبابا"', "«اديس ابابا»", '"أَدِيس أبابا"', '"Finfinne New Flower"', '"new flower"',
        'zugzwang "Addis Ababa"', '"Addis Ababa" "new law"', '"no such words" or "Addis Ababa"', '"Addis Ababa" -ferry',
        '"Addis Ababa" -"Addis visas"',
    ],
)  # fmt: skip
def test_an_article_is_found_by_a_name_of_its_town_in_quotes_in_every_spelling_and_script(told, words):
    assert is_found(words)


@pytest.mark.parametrize(
    "words",
    [
        '"Ababa Addis"', '"Addis Flower"', '"Finfinne Flower"',  # no name says so
        '"Ababa Abeba"', '"Abeba أديس"', '"Flower Addis"',  # nor do two of them together
        '"Addis Ababa summit"', '"visas Addis Ababa"', '"Addis visas"', '"Zugzwang Ababa"', '"Ababa visas"',
        '"Addis Ababa" ferry', 'ferry or "Ababa Addis"',
    ],
)  # fmt: skip
def test_a_phrase_that_is_no_name_finds_only_texts_that_say_it(told, words):
    assert not is_found(words)


@pytest.mark.parametrize("words", ['"Addis Ababa summit"', '"summit of Addis Ababa"', '"Ababa summit"'])
def test_a_phrase_of_a_name_and_other_words_finds_the_text_that_says_it(told, town, words):
    said = "The Addis Ababa summit" if words.endswith('summit"') else "A summit of Addis Ababa"
    write(article, write(feed), title=said, subjects=[town.pk])
    assert titles(words) == [said]


@pytest.mark.parametrize(
    "excluded", ['-"Addis Ababa"', "-“Addis-Abeba”", '-"أديس أبابا"', '−"new flower"', "-addis", '-"Addis"']
)
def test_a_name_in_quotes_that_is_excluded_leaves_out_what_is_on_the_town_or_says_the_name(told, excluded):
    of = write(feed)
    write(article, of, title="Zugzwang elsewhere")
    write(article, of, title=f"Zugzwang about {excluded[1:]}", title_language="ar" if "أ" in excluded else "en")
    assert titles(f"zugzwang {excluded}") == ["Zugzwang elsewhere"]


def test_a_phrase_that_is_excluded_and_no_name_leaves_out_texts_that_say_it_alone(told):
    assert is_found('zugzwang -"Addis Ababa summit" -"Ababa Addis"')
    assert not is_found('zugzwang -"zugzwang visas"')


@pytest.mark.parametrize("language", ["en", "fr", "ar", "es"])
def test_a_name_in_quotes_finds_texts_in_any_language(town, language):
    write(article, write(feed), title="Zugzwang visas", title_language=language, subjects=[town.pk])
    assert all(is_found(words) for words in ('"Addis Ababa"', '"Addis-Abeba"', '"أديس أبابا"'))


@pytest.mark.parametrize(
    "words",
    [
        "", "returns", "voluntary returns -rabat", '"voluntary returns" or dakar talks', "the or dakar", "of the", "-the rabat",
        "or", "or or or", "or dakar", "dakar or", "a or or b", "rabat or -dakar", "-rabat -dakar", '"or"', '"" dakar',
        '"the of" dakar or "returns of the"', "12.5 2012e5 3abc x1", "إدارة الهجرة or «عودة المهاجرين»", "mines d’or l'asile",
    ],
)  # fmt: skip
def test_what_names_nothing_is_asked_as_postgresql_reads_it(town, words):
    asked = tsqueries(words, [town.pk])
    assert asked == tsqueries(words)
    with connection.cursor() as cursor:
        for stems, question in asked.items():
            cursor.execute("SELECT websearch_to_tsquery(%s::regconfig, %s)::text", [stems, as_websearch(words)])
            assert cursor.fetchone() == (question,), stems


def test_the_town_may_be_told_to_everyone(town):
    assert town.pk in places_named_to(ANYONE)
