"""Figures as known on a date: of several vintages the newest known then, today where no date is asked for."""

from datetime import date

import pytest
from django.utils import timezone

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.models import Subject
from atlas.periods import first_day, is_partial_date, last_day
from indicators.at_a_glance import at_a_glance
from indicators.models import Observation, Source
from indicators.vintages import as_of_date

TODAY = date(2026, 11, 25)
PAGE = "/{}/countries/morocco/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda value=None: value.date() if value else TODAY)


def vintage(known_on: str, value: int | None, audience=("public",), indicator: str = "population-total") -> None:
    """What the High Commission for Planning is known to have said on Morocco in 2004."""
    with viewing(Viewer.secretariat_of("mtm")):
        Observation.objects.create(
            indicator_id=indicator, subject=Subject.objects.get(iso3="MAR"), period="2004", value=value,
            known_on=known_on, source=Source.objects.get(slug="hcp"), dialogue_id="mtm", audience=list(audience),
        )  # fmt: skip


def total(on: date | None = None, viewer: Viewer = ANYONE) -> int | None:
    with viewing(viewer):
        glance = at_a_glance(Subject.objects.get(iso3="MAR").pk, viewer, on)
    [row] = [row for topic in glance for row in topic.rows if row.indicator.pk == "population-total"]
    return row.shown and int(row.shown.value)


# Which vintage --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_today_the_newest_vintage_is_shown():
    vintage("2013-06", 30)
    vintage("2014-01-15", 31)
    assert total() == 31


@pytest.mark.parametrize(
    ("on", "value"),
    [
        (date(2014, 1, 15), 31),
        (date(2014, 1, 14), 30),
        (date(2013, 6, 30), 30),
        (date(2013, 6, 29), 29891708),
        (date(2012, 2, 29), 29891708),
        (date(2012, 2, 28), 33757175),  # of Gapminder, 2007: known at all times
    ],
)
@pytest.mark.django_db
def test_on_an_earlier_date_what_was_known_then(on, value):
    """A month counts as its end: the table of February 2012 is known from the 29th."""
    vintage("2013-06", 30)
    vintage("2014-01-15", 31)
    assert total(on) == value


@pytest.mark.django_db
def test_vintages_are_ordered_by_the_day_on_which_their_dates_end():
    """As text 2012-Q2 would come after 2012-07, and 2012 before either."""
    vintage("2012-Q2", 1)
    vintage("2012-07", 2)
    assert total() == 2
    vintage("2012", 3)
    assert total() == 3
    assert total(date(2012, 12, 30)) == 2
    assert total(date(2012, 7, 30)) == 1


@pytest.mark.parametrize("known_on", ["2026-11", "2026", "2026-Q4", "2026-11-25"])
@pytest.mark.django_db
def test_a_figure_dated_this_month_or_year_is_known_today_already(known_on):
    vintage(known_on, 30)
    assert total() == total(TODAY) == 30
    assert total(date(2026, 11, 24)) == 29891708


@pytest.mark.parametrize("known_on", ["2026-11-26", "2026-12", "2027", "2027-Q1"])
@pytest.mark.django_db
def test_a_figure_dated_ahead_is_not_known_yet(known_on):
    vintage(known_on, 30)
    assert total() == 29891708
    assert total(date(2027, 12, 31)) == 30


@pytest.mark.django_db
def test_a_figure_withdrawn_later_is_not_available_from_then_on():
    vintage("2013-06", None)
    assert total() == 33757175, "the next source is shown"
    assert total(date(2013, 1, 1)) == 29891708


@pytest.mark.django_db
def test_a_vintage_for_the_secretariat_alone_stays_so_on_every_date():
    vintage("2013-06", 30, audience=())
    for on in (None, date(2013, 7, 1), date(2099, 1, 1)):
        assert total(on) == 29891708
        assert total(on, Viewer.secretariat_of("mtm")) == 30


# The page of a country ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "asked", "words", "number"),
    [
        ("en", "2013-01-01", "Figures as known on 1 January 2013.", "29,891,708"),
        ("fr", "2013-06-30", "Chiffres connus au 30 juin 2013.", "30\u202f112\u202f000"),
        ("ar", "2013-07", "الأرقام كما كانت معروفة في 31 تموز/يوليو 2013.", "30,112,000"),
        ("en", "2012-Q4", "Figures as known on 31 December 2012.", "29,891,708"),
        ("en", "2013", "Figures as known on 31 December 2013.", "30,112,000"),
    ],
)
@pytest.mark.django_db
def test_a_reader_asks_for_a_date_and_is_told_which_one_applies(reader, language, asked, words, number):
    vintage("2013-06", 30112000)
    page = reader("stranger").get(PAGE.format(language), {"known-on": asked}).content.decode()
    assert words in page
    assert number in page
    assert f'name="known-on" value="{last_day(asked):%Y-%m-%d}"' in page
    assert f'<link rel="canonical" href="{PAGE.format(language)}">' in page


@pytest.mark.parametrize(
    "asked", ["last week", "2013-13", "2013-02-30", "13/06/2013", "0000", "٢٠١٣", "<b>", "9" * 4000]
)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "These are the figures known today."),
        ("fr", "Voici les chiffres connus aujourd’hui."),
        ("ar", "هذه هي الأرقام المعروفة اليوم."),
    ],
)
@pytest.mark.django_db
def test_a_wrong_date_is_said_and_todays_figures_are_shown(reader, language, words, asked):
    page = reader("stranger").get(PAGE.format(language), {"known-on": asked}).content.decode()
    assert words in page
    assert 'role="alert"' in page
    assert "<b>" not in page.partition('id="known-on-error"')[2].partition("</p>")[0]
    assert ("29\u202f891\u202f708" if language == "fr" else "29,891,708") in page


@pytest.mark.parametrize("query", ["", "?known-on=", "?known-on"])
@pytest.mark.django_db
def test_without_a_date_the_page_names_none(reader, query):
    page = reader("stranger").get(PAGE.format("en") + query).content.decode()
    assert 'name="known-on" value=""' in page
    assert 'role="status"' not in page
    assert "29,891,708" in page


@pytest.mark.django_db
def test_a_country_without_a_figure_then_says_so(reader):
    with viewing(Viewer.secretariat_of("mtm")):
        Observation.objects.filter(subject__iso3="MAR", known_on="").update(withdrawn_on=date(1990, 1, 1))
    page = reader("stranger").get(PAGE.format("en"), {"known-on": "1999"}).content.decode()
    assert "No figure was known then." in page
    assert "at a glance" not in page


@pytest.mark.django_db
def test_a_date_shows_no_one_more_than_they_may_see(reader):
    vintage("2013-06", 30112000, audience=("partner:morocco",))
    for asked in ("2013-07-01", "2099-01-01"):
        assert "30,112,000" not in reader("stranger").get(PAGE.format("en"), {"known-on": asked}).content.decode()
        assert "30,112,000" in reader("official.mar").get(PAGE.format("en"), {"known-on": asked}).content.decode()


# Dates that may be partial --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2013", date(2013, 1, 1), date(2013, 12, 31)),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29)),
        ("2013-Q1", date(2013, 1, 1), date(2013, 3, 31)),
        ("2013-Q4", date(2013, 10, 1), date(2013, 12, 31)),
        ("2013-06-18", date(2013, 6, 18), date(2013, 6, 18)),
        ("", date.min, date.min),
    ],
)
def test_a_partial_date_begins_and_ends(text, first, last):
    assert (first_day(text), last_day(text)) == (first, last)


@pytest.mark.parametrize(
    "text", ["2013-02-29", "2013-04-31", "0000", "0000-01", "٢٠١٣", "2013-00", "2013-Q5", "2013-1"]
)
def test_a_day_that_no_calendar_has_is_no_date(text):
    assert not is_partial_date(text)
    assert as_of_date(text).day is None
    assert as_of_date(text).error
