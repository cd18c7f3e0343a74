"""Who joined a dialogue when."""

import json
import re

import pytest
from django.test import Client

from atlas.models import Membership

pytestmark = pytest.mark.django_db


def text_of(dialogue: str, language: str = "en") -> str:
    response = Client().get(f"/{language}/maps/{dialogue}/by-year/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_mtm_dialogue_grows_from_2002_to_2011():
    years = re.findall(r'<section data-year="(\d*)">', text_of("mtm"))
    assert years[0] == "2002"
    assert [year for year in years if year][-1] == "2011"
    assert years == sorted(years, key=lambda year: (not year, year))


def test_the_map_is_told_the_year_of_each_state():
    joined = json.loads(re.search(r'id="joined"[^>]*>(.*?)</script>', text_of("mtm"))[1])
    states = Membership.objects.of_partner_states().filter(dialogue="mtm").select_related("partner__subject")
    assert joined == {row.partner.subject.iso3: row.joined for row in states}
    assert joined["MAR"] == 2002


def test_the_number_in_all_counts_each_state_once():
    numbers = re.findall(r"<small>(\d+) Partner States? in all", text_of("mtm"))
    assert int(numbers[-1]) == Membership.objects.of_partner_states().filter(dialogue="mtm").count()
    assert [int(number) for number in numbers] == sorted(int(number) for number in numbers)


@pytest.mark.parametrize("dialogue", ["budapest-process", "prague-process", "rabat-process"])
@pytest.mark.parametrize("language", ["ar", "fr"])
def test_every_dialogue_has_the_page_in_every_language(dialogue, language):
    assert "data-by-year" in text_of(dialogue, language)


def test_a_dialogue_that_is_not_there_is_not_found():
    assert Client().get("/en/maps/nowhere/by-year/").status_code == 404
