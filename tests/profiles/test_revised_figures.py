"""A later revision of a cited figure shows as a mark, to those who may see it, and the desk is told."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access import tokens
from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas import wording
from atlas.models import Subject
from indicators.models import Observation, Source
from indicators.revisions import withdraw_figure
from profiles.figures import revised_since
from profiles.models import CitedFigure, Draft, EditionText
from profiles.publishing import publish
from profiles.visible_edition import Address, visible_edition_of
from tests.profiles.citing import (
    DESK,
    OF_NIGER,
    TOTAL,
    address,
    cites,
    corrected,
    figure,
    later_vintage,
    narrow_the_figure,
    narrow_the_source,
    page,
    profile,  # noqa: F401  a fixture
    publish_citing,
    sentence,
    write,
)

pytestmark = pytest.mark.django_db
ADDRESS = Address("mtm", "migration-development", "morocco")


# Reading: what has been revised since ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "number", "mark"),
    [
        ("en", "29,891,708", "[revised: 30,112,000 (June 2013)]"),
        ("fr", "29\u202f891\u202f708", "[révisé\u00a0: 30\u202f112\u202f000 (juin 2013)]"),
        ("ar", "29,891,708", "[رقم معدَّل: 30,112,000 (حزيران/يونيو 2013)]"),
    ],
)
def test_a_later_revision_shows_as_a_mark_beside_the_frozen_number(reader, profile, language, number, mark):
    publish_citing(profile, TOTAL)
    assert 'class="revised' not in page(reader, language=language)
    later_vintage(30112000)
    html = page(reader, language=language)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'{number}</data> <small class="revised" lang="{language}" dir="{direction}">{mark}</small>' in html
    assert mark.strip("[]").split(": ")[1].split(" (")[0] in html[html.index('<section class="revisions"') :]


def test_the_mark_stands_on_paper_in_old_editions_and_read_across_too(reader, profile):
    publish_citing(profile, TOTAL)
    write(profile, cites(TOTAL) + "<p>One sentence more.</p>", "en")
    publish(profile, as_of="2012-03")
    later_vintage(30112000)
    base = "/en/maps/mtm/migration-development/"
    for path in ("morocco/print/", "morocco/editions/2/", "morocco/editions/3/", "across/overview/"):
        assert sentence(page(reader, path=base + path)) == "29,891,708 [revised: 30,112,000 (June 2013)]", path


def test_a_text_in_another_language_than_the_page_is_marked_in_the_pages_language(reader, profile):
    write(profile, cites(TOTAL), "en")
    Draft.objects.filter(section__profile=profile, language="ar").delete()
    publish(profile, as_of="2012-02")
    later_vintage(30112000)
    html = page(reader, language="ar")
    assert 'class="text" lang="en" dir="ltr"' in html
    assert '29,891,708</data> <small class="revised" lang="ar" dir="rtl">[رقم معدَّل' in html


def test_a_value_changed_in_its_row_is_a_revision_known_on_the_day_of_the_change(reader, profile):
    publish_citing(profile, TOTAL)
    changed = timezone.make_aware(timezone.datetime(2014, 5, 7, 12))
    corrected(figure(), value=30000000)
    Observation.objects.filter(value=30000000).update(changed_at=changed)
    assert sentence(page(reader)) == "29,891,708 [revised: 30,000,000 (7 May 2014)]"


def test_a_figure_that_was_withdrawn_is_marked_as_not_available(reader, profile):
    publish_citing(profile, TOTAL)
    later_vintage(None)
    assert sentence(page(reader)) == "29,891,708 [revised: n/a (June 2013)]"


@pytest.mark.parametrize(
    ("language", "mark"), [("en", "[revised: n/a ("), ("fr", "[révisé\u00a0: n.d. ("), ("ar", "[رقم معدَّل: غير متاح (")]
)
def test_a_figure_that_was_taken_back_is_marked_as_no_longer_available(reader, profile, language, mark):
    publish_citing(profile, TOTAL)
    assert "[" not in sentence(page(reader, language=language))
    withdraw_figure(figure(), "The census office says so.")
    today = wording.period(f"{timezone.localdate():%Y-%m-%d}", language)
    assert sentence(page(reader, language=language)).split(" ", 1)[1] == f"{mark}{today})]"


def test_a_figure_taken_back_is_not_said_to_be_revised_to_an_older_vintage(reader, profile):
    publish_citing(profile, TOTAL)
    later_vintage(28000000, known_on="2001")
    withdraw_figure(figure(value=29891708), "The census office says so.")
    assert "revised: n/a (" in sentence(page(reader))


def test_a_correction_of_period_source_or_subject_is_marked_with_what_was_corrected(reader, profile):
    publish_citing(profile, TOTAL)
    corrected(figure(), period="2005", source=Source.objects.get(slug="gapminder"))
    assert re.sub(r"\(.*", "", sentence(page(reader))) == "29,891,708 [revised: 29,891,708, 2005, Gapminder "
    assert {told.revised_words for told in revised_since(profile, DESK)} == {"29,891,708, 2005, Gapminder"}


def test_a_figure_that_turned_out_to_be_of_another_country_is_no_longer_available_and_says_nothing_of_that_one(
    reader, profile
):
    """What is held of the other country is narrowed and corrected without this page."""
    publish_citing(profile, TOTAL)
    corrected(figure(), subject=Subject.objects.get(slug="algeria"), value=33000777)
    for language in ("en", "fr", "ar"):
        assert "33" not in sentence(page(reader, language=language)).split("(")[0].replace("29,891,708", "")
    assert "revised: n/a (" in sentence(page(reader))


def test_of_a_correction_that_was_corrected_the_last_is_shown_and_of_one_taken_back_none(reader, profile):
    publish_citing(profile, TOTAL)
    second = corrected(figure(), period="2005")
    third = corrected(second, value=30000000)
    assert re.sub(r"\(.*", "", sentence(page(reader))) == "29,891,708 [revised: 30,000,000, 2005 "
    withdraw_figure(third, "Neither was right.")
    assert re.sub(r"\(.*", "", sentence(page(reader))) == "29,891,708 [revised: n/a, 2005 "


@pytest.mark.parametrize("later", [{"value": 29891708}, {"value": 1, "known_on": "2011"}, {"value": 1, "known_on": "2999"}],
                         ids=["the same value", "an older vintage", "not known yet"])  # fmt: skip
def test_what_is_no_later_revision_is_not_marked(reader, profile, later):
    publish_citing(profile, TOTAL)
    later_vintage(**later)
    assert sentence(page(reader)) == "29,891,708"


def test_a_revision_is_shown_to_those_who_may_see_it(reader, profile):
    publish_citing(profile, TOTAL)
    later_vintage(30112000, audience=[tokens.partner("morocco"), "secretariat:mtm"])
    assert sentence(page(reader)) == "29,891,708"
    assert "30,112,000" not in page(reader)
    assert (
        sentence(page(reader, "official.mar"))
        == "29,891,708 [revised: 30,112,000 (June 2013)] Not for every reader of this page"
    )
    assert sentence(page(reader, "unhcr")) == "29,891,708"


def test_the_next_edition_shows_the_revised_number_alone(reader, profile):
    publish_citing(profile, TOTAL)
    later_vintage(30112000)
    publish(profile, as_of="2013-06")
    assert sentence(page(reader)) == "30,112,000"


def test_a_figure_narrowed_after_publishing_is_gone_at_the_next_request(reader, profile):
    edition = publish_citing(profile, TOTAL)
    assert sentence(page(reader)) == "29,891,708"
    narrow_the_figure()
    assert sentence(page(reader)) == "n/a"
    assert "29891708" not in page(reader)
    assert sentence(page(reader, "official.mar")) == "29,891,708 Not for every reader of this page"
    with viewing(ANYONE):
        assert not CitedFigure.objects.filter(edition=edition, reference=TOTAL).exists()
        html = EditionText.objects.get(edition=edition, section__heading__slug="overview", language="en").html
    assert "29,891,708" not in html


@pytest.mark.parametrize(("language", "words"), [("fr", "n.d."), ("ar", "غير متاح"), ("en", "n/a")])
def test_a_hidden_figure_is_missing_in_the_language_of_the_text(reader, profile, language, words):
    publish_citing(profile, TOTAL)
    narrow_the_source()
    assert sentence(page(reader, language=language)) == words


def test_a_text_without_references_asks_for_none(profile, django_assert_num_queries):
    from profiles.figures import figures_in

    write(profile, "<p>x</p>")
    edition = publish(profile, as_of="2012-02")
    texts = list(edition.texts.filter(section__heading__slug="overview"))
    with django_assert_num_queries(0):
        assert figures_in(texts, ANYONE) == {}


def test_queries_do_not_grow_with_the_figures_cited(reader, profile):
    publish_citing(profile, TOTAL)
    path = "/en/maps/mtm/migration-development/morocco/print/"
    with CaptureQueriesContext(connection) as one:
        reader("stranger").get(path)
    years = [str(year) for year in range(1952, 2008, 5)]
    write(
        profile,
        "".join(cites(f"{subject}population-total/{year}/gapminder") for year in years for subject in ("", "niger/")),
    )
    publish(profile, as_of="2012-02")
    with CaptureQueriesContext(connection) as many:
        reader("stranger").get(path)
    assert len(many) == len(one)


# The fingerprint ------------------------------------------------------------------------------------------------------


def fingerprint(viewer: Viewer = ANYONE) -> str:
    with viewing(viewer):
        with CaptureQueriesContext(connection) as queries:
            standing = visible_edition_of(viewer, ADDRESS)
        assert len(queries) == 1
    assert standing is not None
    return standing.fingerprint


@pytest.mark.parametrize("where", [{}, {"reference": OF_NIGER, "subject": "niger"}], ids=["own", "of another subject"])
def test_a_kept_page_is_another_once_a_figure_it_cites_is_revised(profile, where):
    publish_citing(profile, where.get("reference", TOTAL))
    before = fingerprint()
    row = later_vintage(30112000, **where)
    entered = fingerprint()
    corrected(row, value=30112001)
    assert len({before, entered, fingerprint()}) == 3


def test_a_revision_that_a_reader_may_not_see_leaves_their_page_as_it_is(profile):
    publish_citing(profile, OF_NIGER)
    before, of_the_desk = fingerprint(), fingerprint(DESK)
    later_vintage(1, audience=["secretariat:mtm"], reference=OF_NIGER, subject="niger")
    assert fingerprint() == before
    assert fingerprint(DESK) != of_the_desk


def test_figures_of_a_subject_that_no_text_cites_leave_the_page_as_it_is(profile):
    publish_citing(profile, TOTAL)
    before = fingerprint()
    later_vintage(1, reference=OF_NIGER, subject="niger")
    assert fingerprint() == before


def test_a_revision_dated_ahead_shows_on_its_day(reader, profile, monkeypatch):
    publish_citing(profile, OF_NIGER)
    later_vintage(30112000, known_on="2030-05-07", reference=OF_NIGER, subject="niger")
    shown, kept = {}, {}
    for day in (date(2030, 5, 6), date(2030, 5, 7)):
        monkeypatch.setattr(timezone, "localdate", lambda value=None, day=day: value.date() if value else day)
        shown[day], kept[day] = sentence(page(reader)), fingerprint()
    assert list(shown.values()) == ["12,894,865", "12,894,865 [revised: 30,112,000 (7 May 2030)]"]
    assert len(set(kept.values())) == 2


# The desk -------------------------------------------------------------------------------------------------------------


def test_the_desk_is_told_which_figures_were_revised_since_the_edition(reader, profile):
    publish_citing(profile, TOTAL)
    desk = address("change", profile.pk)
    assert "Figures revised since this edition" not in reader("editor").get(desk).content.decode()
    row = later_vintage(30112000)
    html = reader("editor").get(desk).content.decode()
    told = html[html.index("Figures revised since this edition") :]
    assert "Total population, <bdi>2004</bdi>, <bdi>HCP</bdi>: published as 29,891,708, revised to 30,112,000" in told
    assert reverse("admin:indicators_observation_change", args=[row.pk]) in told
    assert address("draft", profile.pk, "overview", profile.dialogue.languages[0]) in told
    publish(profile, as_of="2013-06")
    assert "Figures revised since this edition" not in reader("editor").get(desk).content.decode()
