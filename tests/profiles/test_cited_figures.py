"""A figure cited in a text is a reference: the portal writes its number, and the edition freezes it."""

import json
import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from access import tokens
from access.viewer import Viewer
from access.viewing import viewing
from atlas.models import Subject, SubjectKind
from indicators.models import Indicator, Observation, Source
from profiles.editing.rollback import take_back
from profiles.models import Draft
from profiles.publishing import publish
from profiles.texts import sections_of
from tests.conftest import ROOT
from tests.profiles.citing import (
    OF_NIGER,
    TOTAL,
    address,
    cites,
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


# Publishing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_the_demonstration_texts_show_the_numbers_that_the_portal_writes(reader, language):
    """Who reads the file reads what stands on the page."""
    path = ROOT / "data" / "texts" / f"mtm/migration-development/morocco.{language}.html"
    shown = re.findall(r'<data value="[^"]+">([^<]+)</data>', page(reader, language=language))
    overview = sections_of(path.read_text(encoding="utf-8"))["overview"]
    assert shown == re.findall(r'<data value="[^"]+">([^<]+)</data>', overview)
    assert len(shown) == 20


@pytest.mark.parametrize(
    ("language", "number"), [("ar", "29,891,708"), ("en", "29,891,708"), ("fr", "29\u202f891\u202f708")]
)
def test_the_portal_writes_the_number_as_each_language_does(reader, profile, language, number):
    """Whatever the desk wrote there: languages cannot differ."""
    write(profile, cites(TOTAL, "28,000,000"), "en")
    write(profile, cites(TOTAL), "fr")
    write(profile, cites(TOTAL, "29,891,708"), "ar")
    publish(profile, as_of="2012-02")
    html = page(reader, language=language)
    assert f'There are <data value="29891708">{number}</data> of them' in html
    assert TOTAL not in html


def test_a_number_has_the_decimals_of_its_indicator(reader, profile):
    publish_citing(profile, "life-expectancy/2007/gapminder", "71.164")
    assert sentence(page(reader)) == "71.2"


def test_a_figure_of_another_subject_is_cited_by_its_name(reader, profile):
    publish_citing(profile, OF_NIGER)
    assert sentence(page(reader)) == "12,894,865"


def test_an_edition_keeps_what_it_cited(profile):
    edition = publish_citing(profile, TOTAL)
    overview = edition.figures.filter(section__heading__slug="overview")
    assert list(overview.values_list("reference", "value", "known_on")) == [(TOTAL, Decimal(29891708), "2012-02")]
    text = edition.texts.get(section__heading__slug="overview", language="en")
    assert "29,891,708" not in text.html, "the number has readers of its own"


def make_two_subjects_of_a_name():
    region = Subject.objects.create(kind=SubjectKind.REGION, slug="niger", name="Niger")
    first = figure(OF_NIGER, "niger")
    Observation.objects.create(
        indicator=first.indicator, subject=region, period="2007", source=first.source, value=1, dialogue_id="mtm",
        audience=["public"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "before", "why"),
    [
        ("population-total/2005/hcp", lambda: None, "no such figure is held"),
        ("population-total/2004/undesa", lambda: None, "no such figure is held"),
        ("atlantis/population-total/2004/hcp", lambda: None, "no such figure is held"),
        ("niger/population-total/2004/hcp", lambda: None, "no such figure is held"),
        (OF_NIGER, make_two_subjects_of_a_name, "more than one figure"),
        (TOTAL, lambda: later_vintage(None), "this figure is not available"),
        (TOTAL, narrow_the_figure, "fewer people may read this figure"),
        (TOTAL, narrow_the_source, "fewer people may read this figure"),
        (TOTAL, lambda: later_vintage(31, audience=["secretariat:mtm"]), "fewer people may read this figure"),
    ],
    ids=[
        "period",
        "source",
        "subject",
        "subject's",
        "ambiguous",
        "withdrawn",
        "figure",
        "its source",
        "newest vintage",
    ],
)
def test_a_reference_that_cannot_stand_there_stops_publishing(profile, reference, before, why):
    before()
    write(profile, "<p>x</p>")
    write(profile, cites(reference, "29,891,708"), "fr")
    Draft.objects.filter(section__profile=profile).exclude(section__heading__slug="overview").update(html="")
    with pytest.raises(ValidationError, match=why) as refused:
        publish(profile, as_of="2012-02")
    [message] = refused.value.messages
    for named in ("Overview", "French", reference):
        assert named in message
    assert profile.editions.count() == 1


def test_all_that_stops_publishing_is_said_at_once_in_the_form(reader, profile):
    write(profile, cites("population-total/2005/hcp"), "en", "ar")
    answer = reader("editor").post(reverse("admin:profiles_profile_publish", args=[profile.pk]), {"as_of": "2012-02"})
    html = answer.content.decode()
    assert html.count("cites “population-total/2005/hcp”: no such figure is held") == 2
    assert "(Arabic)" in html
    assert "(English)" in html


def test_a_figure_of_another_secretariat_that_this_one_may_not_see_is_not_there(profile):
    with viewing(Viewer.secretariat_of("rabat-process")):
        source = Source.objects.create(slug="letter", dialogue_id="rabat-process", kind="national", name_en="Letter")
        Observation.objects.create(
            indicator=Indicator.objects.get(slug="birth-rate"), subject=profile.subject, period="2011", value=1,
            source=source, dialogue_id="rabat-process",
        )  # fmt: skip
    everyone = viewing(Viewer.secretariat_of("mtm", "rabat-process"))
    with everyone, pytest.raises(ValidationError, match="no such figure is held"):
        publish_citing(profile, "birth-rate/2011/letter")


def test_a_narrow_section_may_cite_a_narrow_figure(reader, profile):
    narrow_the_figure()
    Draft.objects.filter(section__profile=profile).exclude(section__heading__slug="overview").update(html="")
    section = profile.sections.get(heading__slug="overview")
    section.audience = [tokens.partner("morocco"), "secretariat:mtm"]
    section.save()
    publish_citing(profile, TOTAL)
    assert sentence(page(reader, "official.mar")) == "29,891,708"
    assert "29,891,708" not in page(reader)


# The desk -------------------------------------------------------------------------------------------------------------


def test_a_draft_that_says_the_number_otherwise_is_as_published(reader, profile):
    publish_citing(profile, TOTAL, "30,000,000")
    later_vintage(30112000)
    html = reader("editor").get(address("change", profile.pk)).content.decode()
    row = html[html.index("Overview</th>") :].partition("</tr>")[0]
    assert row.count("as published") == 3


def test_the_preview_shows_the_number_and_what_would_stop_publishing(reader, profile):
    write(profile, cites(TOTAL) + "<p><data value='population-total/2005/hcp'>1</data></p>")
    html = reader("editor").get(address("preview", profile.pk, "fr")).content.decode()
    assert sentence(html) == "29\u202f891\u202f708"
    assert "(français) cite «\u202fpopulation-total/2005/hcp\u202f»" in html


def test_going_back_puts_the_reference_with_its_number_into_the_draft(profile):
    edition = publish_citing(profile, TOTAL)
    write(profile, "<p>x</p>")
    take_back(edition)
    drafts = Draft.objects.filter(section__profile=profile, section__heading__slug="overview")
    assert {row.language: row.html for row in drafts} == {
        "ar": cites(TOTAL, "29,891,708"),
        "en": cites(TOTAL, "29,891,708"),
        "fr": cites(TOTAL, "29\u202f891\u202f708"),
    }


@pytest.mark.parametrize(
    "wrong", ["<data value='2004'>1</data>", f"<data value='{TOTAL}'>one million</data>", "<data>1</data>"]
)
def test_the_form_of_a_draft_says_when_a_citation_would_be_lost(reader, profile, wrong):
    page = address("draft", profile.pk, "overview", "en")
    form = {"html": f"<p>{wrong}</p>", "preset": "", "sources": [], "tags": []}
    answer = reader("editor").post(page, form)
    assert answer.status_code == 200
    assert "A figure is cited as" in answer.content.decode()
    assert reader("editor").post(page, form | {"html": cites(TOTAL, "1")}).status_code == 302


def test_the_editor_offers_the_figures_of_the_profiles_subject(reader, profile):
    later_vintage(30112000)
    html = reader("editor").get(address("draft", profile.pk, "overview", "fr")).content.decode()
    offered = json.loads(re.search(r'id="prose-figures"[^>]*>(.*?)</script>', html)[1])["figures"]
    assert {"reference": TOTAL, "name": "Total population, 2004, HCP", "number": "30\u202f112\u202f000"} in offered
    assert len(offered) == 42
    assert not any("niger" in row["reference"] for row in offered)
