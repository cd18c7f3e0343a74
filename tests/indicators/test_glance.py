"""Figures: which value is shown first, how it is written, and who sees it."""

from decimal import Decimal

import pytest

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.models import Subject
from indicators.at_a_glance import at_a_glance
from indicators.charts import line
from indicators.models import Observation, Source

pytestmark = pytest.mark.django_db


def rows_of(iso3, viewer=ANYONE):
    with viewing(viewer):
        glance = at_a_glance(Subject.objects.get(iso3=iso3).pk, viewer)
        return {row.indicator.pk: row for topic in glance for row in topic.rows}


def test_the_national_source_is_shown_before_a_newer_figure_of_research():
    total = rows_of("MAR")["population-total"]
    assert (total.shown.value, total.shown.period, total.shown.source.slug) == (29891708, "2004", "hcp")
    assert [row.period for row in total.series] == [str(year) for year in range(1952, 2008, 5)]
    assert total.series_source.slug == "gapminder"
    assert total.definition is not None


def test_a_figure_that_is_not_available_has_its_row():
    assert rows_of("MAR")["birth-rate"].shown is None


@pytest.mark.parametrize(
    ("language", "figure"), [("en", "29,891,708"), ("ar", "29,891,708"), ("fr", "29\u202f891\u202f708")]
)
def test_a_figure_is_written_as_the_language_writes(reader, language, figure):
    page = reader("stranger").get(f"/{language}/countries/morocco/").content.decode()
    assert figure in page


def test_every_country_of_the_series_has_its_table(reader):
    with viewing(ANYONE):
        slugs = Subject.objects.filter(observations__source__slug="gapminder").distinct().values_list("slug", flat=True)
        slugs = list(slugs)
    assert len(slugs) == 64
    stranger = reader("stranger")
    for slug in slugs[::8]:
        page = stranger.get(f"/en/countries/{slug}/").content.decode()
        assert page.count('role="img"') >= 6  # three small charts, three large ones


def test_a_figure_of_a_restricted_source_is_seen_by_those_of_the_source():
    with viewing(Viewer.secretariat_of("mtm")):
        letter = Source.objects.create(
            slug="letter", dialogue_id="mtm", kind="national", name_en="Letter", audience=["partner:morocco"]
        )
        Observation.objects.create(
            indicator_id="birth-rate", subject=Subject.objects.get(iso3="MAR"), period="2011", value=Decimal("18.8"),
            source=letter, dialogue_id="mtm", audience=["public"],
        )  # fmt: skip
    assert rows_of("MAR")["birth-rate"].shown is None
    assert rows_of("MAR", Viewer.of(["partner:morocco"]))["birth-rate"].shown.value == Decimal("18.8")
    assert rows_of("MAR", Viewer.of(["partner:ukraine"]))["birth-rate"].shown is None


def test_a_figure_nobody_classified_is_seen_by_its_secretariat_alone():
    with viewing(Viewer.secretariat_of("mtm")):
        source = Source.objects.get(slug="hcp")
        Observation.objects.create(
            indicator_id="birth-rate", subject=Subject.objects.get(iso3="MAR"), period="2011", value=1, source=source,
            dialogue_id="mtm",
        )  # fmt: skip
    assert rows_of("MAR")["birth-rate"].shown is None
    assert rows_of("MAR", Viewer.secretariat_of("rabat-process"))["birth-rate"].shown is None
    assert rows_of("MAR", Viewer.secretariat_of("mtm"))["birth-rate"].shown.value == 1


def test_years_keep_their_distance_in_a_line():
    drawn = line([(2000, Decimal(0)), (2001, Decimal(5)), (2010, Decimal(10))], width=104, height=24)
    assert drawn.d == "M2 22L12 12L102 2"


def test_a_series_that_never_changes_lies_in_the_middle():
    assert line([(2000, Decimal(3)), (2010, Decimal(3))], width=14, height=24).d == "M2 12L12 12"
