"""Numbers, dates and order in three languages."""

from decimal import Decimal

import pytest
from django.utils import translation

from atlas import wording
from atlas.sorting import in_reading_order


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("2013", "ar", "2013"),
        ("2012-02", "en", "February 2012"),
        ("2012-02", "fr", "février 2012"),
        ("2012-02", "ar", "شباط/فبراير 2012"),
        ("2012-01-18", "ar", "18 كانون الثاني/يناير 2012"),
        ("2012-03-01", "fr", "1er mars 2012"),
        ("2012-03-01", "en", "1 March 2012"),
        ("", "en", ""),
    ],
)
def test_a_partial_date_stays_partial(text, language, words):
    with translation.override(language):
        assert wording.period(text) == words


@pytest.mark.parametrize(
    ("value", "decimals", "language", "words"),
    [
        (29891708, 0, "en", "29,891,708"),
        (29891708, 0, "ar", "29,891,708"),
        (29891708, 0, "fr", "29\u202f891\u202f708"),
        (1.38, 2, "fr", "1,38"),
        (2.5, 1, "ar", "2.5"),
    ],
)
def test_a_number_is_written_in_latin_digits_and_as_the_language_groups(value, decimals, language, words):
    assert wording.number(value, decimals, language) == words


@pytest.mark.parametrize(("language", "words"), [("en", "1.38%"), ("ar", "1.38%"), ("fr", "1,38\u202f%")])
def test_a_share_carries_its_sign_as_the_language_sets_it(language, words):
    assert wording.percent(Decimal("1.38"), 2, language) == words


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Algeria", "Côte d'Ivoire", "Egypt", "Kosovo*", "The former Yugoslav Republic of Macedonia"]),
        ("fr", ["Allemagne", "Égypte", "Érythrée", "Espagne", "Estonie", "Éthiopie"]),
        ("ar", ["الأردن", "إسبانيا", "إستونيا", "ألبانيا", "ألمانيا", "الجزائر", "السودان", "المغرب"]),
    ],
)
def test_names_are_sorted_by_the_rules_of_the_language(language, names):
    with translation.override(language):
        assert in_reading_order(reversed(names)) == names
