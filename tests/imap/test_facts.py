"""Every row of the fact files that the portal loads stands on a page, in each language that it is written in."""

import csv
import re
from collections import defaultdict
from decimal import Decimal
from functools import cache
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from access.viewer import ANYONE
from atlas.models import Basemap, Membership, Partner, Subject
from atlas.wording import number
from indicators.models import Indicator
from routes.models import MapFeature
from tests.readers import body_of

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "ar")
DIALOGUES = ("mtm", "budapest-process", "prague-process", "rabat-process")
DECIMALS = {"population_persons": 0, "life_expectancy_years": 1, "gdp_per_capita_2005_international_usd": 0}


def rows_of(name: str) -> list[dict[str, str]]:
    with (settings.DATA_DIR / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words_on(client: Client, path: str) -> str:
    """What a reader sees of a page: its text, without tags, on one line."""
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]*>", " ", body_of(response).decode())))


@cache
def slugs_by_code() -> dict[str, str]:
    return dict(Subject.objects.filter(kind="country").values_list("iso3", "slug"))


def missing(expected: dict[str, set[str]], client: Client) -> dict[str, set[str]]:
    """Path → what should stand there and does not."""
    pages = {path: words_on(client, path) for path in expected}
    absent = {path: {word for word in words if word not in pages[path]} for path, words in expected.items()}
    return {path: words for path, words in absent.items() if words}


def test_every_covered_country_is_named_on_its_regional_map(client):
    expected = defaultdict(set)
    for row in rows_of("coverage"):
        for dialogue in DIALOGUES:
            if row[dialogue]:
                expected[f"/en/maps/{dialogue}/"].add(Subject.objects.get(iso3=row["iso3"]).name_en)
    assert len(expected) == len(DIALOGUES)
    assert missing(expected, client) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_membership_stands_among_the_partners_or_supporters_with_its_year(client, language):
    expected = defaultdict(set)
    with translation.override(language):
        names = {partner.slug: partner.display_name for partner in Partner.objects.select_related("subject")}
    for row in rows_of("memberships"):
        slug = slugs_by_code().get(row["partner"], row["partner"])
        page = "supporters" if row["role"] == "donor" else "partners"
        path = f"/{language}/maps/{row['dialogue']}/{page}/"
        expected[path].add(names[slug])
        if row["joined"] and row["role"] == "partner":
            expected[path].add(row["joined"])
    assert missing(expected, client) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_organisation_bears_its_short_name_in_each_language(client, language):
    pages = " ".join(
        words_on(client, f"/{language}/maps/{dialogue}/{page}/")
        for dialogue in DIALOGUES
        for page in ("partners", "supporters")
    )
    taking_part = {row["partner"] for row in rows_of("memberships")}
    short = {row["slug"]: row[language] for row in rows_of("organisation_names") if row["slug"] in taking_part}
    assert short
    assert {slug: name for slug, name in short.items() if name not in pages} == {}


def test_every_organisation_is_named_where_it_takes_part(client):
    named = {row["partner"] for row in rows_of("memberships") if row["kind"] != "state"}
    assert {row["slug"] for row in rows_of("organisations")} <= named


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_country_bears_its_names_of_today_and_before_its_places_and_its_figures(client, language):
    """Places are those on maps that everyone may see.

    Figures are written alike in English and Arabic; the English and French pages are asked for them.
    """
    expected = defaultdict(set)

    def on_page(row: dict[str, str]) -> set[str]:
        return expected[f"/{language}/countries/{slugs_by_code()[row['iso3']]}/"]

    for row in rows_of("country_names"):
        on_page(row).add(row[language])
    with translation.override(language):
        places = {(place.kind, place.slug): place.name for place in Subject.objects.filter(kind__in=("hub", "city"))}
        stops = MapFeature.objects.visible_to(ANYONE).filter(kind="stop")
        mapped = {tuple(stop.properties["place"]) for stop in stops}
        assert len(mapped) > 50
        for row in rows_of("places"):
            if ("hub" if row["kind"] == "hub" else "city", row["slug"]) not in mapped:
                continue
            on_page(row).add(places["hub" if row["kind"] == "hub" else "city", row["slug"]])
        for row in rows_of("gapminder") if language != "ar" else ():
            on_page(row).add(row["year"])
            on_page(row).update(number(Decimal(row[column]), decimals) for column, decimals in DECIMALS.items())
    assert missing(expected, client) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_table_of_morocco_stands_on_its_pages(client, language):
    expected: set[str] = set()
    for row in rows_of("morocco_at_a_glance"):
        expected.add(row["source"])
        if row["value"]:
            worded = Indicator.objects.filter(observations__subject__slug="morocco", observations__value=row["value"])
            with translation.override(language):
                expected |= {number(Decimal(row["value"]), worded[0].decimals), row["year"]}
    pages = (f"/{language}/countries/morocco/", f"/{language}/maps/mtm/migration-development/morocco/")
    assert missing(dict.fromkeys(pages, expected), client) == {}


def test_every_profile_is_listed_for_the_secretariat(reader):
    client, expected = reader("secretariat"), defaultdict(set)
    for row in rows_of("profiles"):
        named = {"iso3": row["subject"]} if row["kind"] == "country" else {"slug": row["subject"].lower()}
        subject = Subject.objects.get(kind=row["kind"], **named)
        expected[f"/en/maps/{row['dialogue']}/{row['theme']}/"].add(subject.name_en)
    assert missing(expected, client) == {}


def test_every_covered_country_is_drawn():
    drawn = set(Basemap.objects.get(dialogue=None).bounds)
    assert {row["iso3"] for row in rows_of("coverage")} <= drawn


@pytest.mark.parametrize(
    ("joined", "left", "words"),
    [(2003, None, "since 2003"), (2003, 2010, "2003–2010"), (None, 2010, "until 2010")],
)
def test_the_page_of_a_country_says_from_when_to_when_it_took_part(client, joined, left, words):
    Membership.objects.filter(partner__subject__slug="morocco", dialogue="mtm").update(joined=joined, left=left)
    assert f"partner {words}" in words_on(client, "/en/countries/morocco/")
