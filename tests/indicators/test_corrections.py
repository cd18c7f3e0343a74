"""A figure is corrected by another row in its place: what was known on the days before stays what was known."""

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.models import Subject
from indicators.at_a_glance import at_a_glance
from indicators.models import FurtherSource, Observation, Source
from indicators.revisions import replace_by_facts
from tests.accounts.page_forms import change_of, fields_of, opened
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")


@pytest.fixture
def figure() -> Observation:
    with viewing(DESK):
        return Observation.objects.get(subject__iso3="MAR", indicator="population-total", source__slug="hcp")


def total(on: date | None = None, viewer: Viewer = ANYONE) -> int | None:
    with viewing(viewer):
        glance = at_a_glance(Subject.objects.get(iso3="MAR").pk, viewer, on)
    [row] = [row for topic in glance for row in topic.rows if row.indicator.pk == "population-total"]
    return row.shown and int(row.shown.value)


def rows_of(figure: Observation) -> list[Observation]:
    with viewing(DESK):
        return list(
            Observation.objects.filter(
                subject=figure.subject, indicator="population-total", source=figure.source
            ).order_by("pk")
        )


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


def correct(figure: Observation, **fields):
    desk = browser_of("editor")
    return desk.post(change_of(figure), opened(desk, change_of(figure)) | fields)


def test_a_corrected_value_is_known_from_today_and_the_earlier_one_until_then(figure):
    assert correct(figure, value="30112000", why="The printed report says so.").status_code == 302
    assert total() == 30112000
    assert total(yesterday()) == 29891708
    earlier, later = rows_of(figure)
    assert (earlier.pk, int(earlier.value), earlier.withdrawn_on) == (figure.pk, 29891708, timezone.localdate())
    assert (later.held_from, later.reason, later.replaces) == (
        timezone.localdate(),
        "The printed report says so.",
        figure.pk,
    )
    page = browser_of("stranger").get("/en/countries/morocco/", {"known-on": f"{yesterday()}"}).content.decode()
    assert "29,891,708" in page
    assert "30,112,000" not in page


def test_a_second_correction_on_one_day_changes_the_first_as_little(figure):
    correct(figure, value="30112000", why="One report.")
    answer = correct(rows_of(figure)[-1], value="30112001", why="Another report.")
    assert answer.status_code == 302
    assert [int(row.value) for row in rows_of(figure)] == [29891708, 30112000, 30112001]
    assert (total(), total(yesterday())) == (30112001, 29891708)


def test_the_form_writes_the_figure_without_the_zeros_of_its_column(figure):
    form = opened(browser_of("editor"), change_of(figure))
    assert form["value"] == ["29891708"]


def test_of_two_who_correct_one_figure_the_second_is_shown_both(figure):
    first, second = browser_of("editor"), browser_of("editor")
    one, other = opened(first, change_of(figure)), opened(second, change_of(figure))
    assert first.post(change_of(figure), one | {"value": "30112000", "why": "One report."}).status_code == 302
    answer = second.post(change_of(figure), other | {"value": "30112999", "why": "Another report."})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "changed by somebody else" in page
    assert "30112000" in page
    assert fields_of(page)["value"] == ["30112999"]
    newer = re.search(r'name="_over" value="([0-9a-f]+)"', page)
    assert second.post(change_of(figure), fields_of(page) | {"_over": newer[1]}).status_code == 302
    assert [int(row.value) for row in rows_of(figure)] == [29891708, 30112000, 30112999]


def test_a_correction_says_why(figure):
    answer = correct(figure, value="30112000")
    assert answer.status_code == 200
    assert "Say why the figure is corrected or taken back." in answer.content.decode()
    assert len(rows_of(figure)) == 1


@pytest.mark.parametrize("field", ["period", "flag", "known_on"])
def test_whatever_a_figure_says_is_corrected_so(figure, field):
    told = {"period": "2005", "flag": "estimate", "known_on": "2012-03"}[field]
    assert correct(figure, **{field: told, "why": "A slip of the pen."}).status_code == 302
    figure.refresh_from_db()
    assert getattr(figure, field) != told
    assert figure.withdrawn_on == timezone.localdate()


def test_what_does_not_change_the_figure_changes_its_row_alone(figure):
    assert correct(figure, remark_en="Of the census.").status_code == 302
    assert [row.remark_en for row in rows_of(figure)] == ["Of the census."]


def test_a_figure_that_is_taken_back_was_known_until_then(figure):
    assert correct(figure, is_taken_back="on", why="The source took it back.").status_code == 302
    assert total(yesterday()) == 29891708
    assert total() != 29891708
    desk = browser_of("editor")
    page = desk.get(change_of(figure)).content.decode()
    assert "The source took it back." in page
    assert 'name="value"' not in page
    desk.post(change_of(figure), opened(desk, change_of(figure)) | {"value": "1"})
    assert total(yesterday()) == 29891708, "what was known is looked at, never changed"


@pytest.mark.parametrize("when", ["with it", "afterwards"])
def test_a_figure_that_is_taken_back_is_narrowed_with_it_or_afterwards(figure, when):
    """It was published by mistake: its past is read by nobody else either."""
    taken_back = {"is_taken_back": "on", "why": "It should not have been published."}
    assert correct(figure, **taken_back, **({"preset": "secretariat"} if when == "with it" else {})).status_code == 302
    if when == "afterwards":
        assert total(yesterday()) == 29891708
        assert correct(figure, preset="secretariat").status_code == 302
    assert total(yesterday()) != 29891708
    assert total(yesterday(), DESK) == 29891708


def test_a_figure_that_was_corrected_is_changed_in_the_row_in_its_place_alone(figure):
    correct(figure, value="30112000", why="One report.")
    page = browser_of("editor").get(change_of(figure)).content.decode()
    assert 'name="_save"' not in page
    assert 'name="preset"' not in page


def test_a_correction_keeps_the_further_sources_and_those_of_before(figure):
    with viewing(DESK):
        other = Source.objects.exclude(pk=figure.source_id).first()
        FurtherSource.objects.create(observation=figure, source=other)
    assert correct(figure, value="30112000", why="One report.").status_code == 302
    with viewing(DESK):
        named = FurtherSource.objects.filter(source=other, observation__in=rows_of(figure))
        assert named.count() == 2


def test_who_may_not_read_a_figure_reads_no_earlier_one_of_it(figure):
    correct(figure, value="30112000", why="One report.")
    correct(rows_of(figure)[-1], preset="secretariat")
    assert total(yesterday()) != 29891708
    assert total(yesterday(), DESK) == 29891708


def test_nobody_removes_a_figure(figure):
    for login in ("editor", "secretariat"):
        address = reverse("admin:indicators_observation_delete", args=[figure.pk])
        assert browser_of(login).post(address, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE indicators_observation SET value = 1 WHERE id = %s",
        "UPDATE indicators_observation SET period = '1999' WHERE id = %s",
        "UPDATE indicators_observation SET known_on = '1999' WHERE id = %s",
        'UPDATE indicators_observation SET breakdown = \'{"sex": "male"}\' WHERE id = %s',
        "UPDATE indicators_observation SET held_from = '1999-01-01' WHERE id = %s",
        "DELETE FROM indicators_observation WHERE id = %s",
    ],
)
def test_the_database_lets_the_application_change_no_figure(figure, statement):
    refused = pytest.raises(DatabaseError, match="a figure is not")
    with viewing(DESK), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement, [figure.pk])


def test_a_figure_is_taken_back_once_and_for_all(figure):
    with viewing(DESK):
        Observation.objects.filter(pk=figure.pk).update(withdrawn_on=yesterday())
        with pytest.raises(DatabaseError), transaction.atomic():
            Observation.objects.filter(pk=figure.pk).update(withdrawn_on=None)


def test_a_breakdown_is_chosen_field_by_field(figure):
    desk = browser_of("editor")
    address = reverse("admin:indicators_observation_add")
    page = desk.get(address).content.decode()
    assert 'name="breakdown"' not in page
    form = fields_of(page) | {
        "indicator": "population-total", "subject": figure.subject_id, "period": "2010", "value": "12", "source": figure.source_id,
        "dialogue": "mtm", "provenance": "public-source", "nationality": "SOM", "border": "sea", "sex": "female", "preset": "secretariat",
    }  # fmt: skip
    answer = desk.post(address, form)
    assert answer.status_code == 302, fields_of(answer.content.decode())
    with viewing(DESK):
        [row] = Observation.objects.filter(subject=figure.subject, period="2010", value=12)
    assert row.breakdown == {"nationality": "SOM", "border": "sea", "sex": "female"}
    shown = opened(desk, change_of(row))
    assert (shown["nationality"], shown["border"], shown["sex"]) == (["SOM"], ["sea"], ["female"])


@pytest.mark.parametrize("missing", ["period", "source"])
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "A figure with a value needs a period and a source."),
        ("fr", "Un chiffre qui a une valeur a besoin d’une période et d’une source."),
        ("ar", "الرقم الذي له قيمة يحتاج إلى فترة ومصدر."),
    ],
)
def test_a_figure_without_period_or_source_is_told_so_at_its_field(figure, missing, language, said):
    desk = browser_of("editor")
    desk.cookies["django_language"] = language
    address = reverse("admin:indicators_observation_add")
    form = opened(desk, address) | {
        "indicator": "population-total", "subject": figure.subject_id, "period": "2010", "value": "12", "source": figure.source_id,
        "dialogue": "mtm", "provenance": "public-source", "preset": "secretariat",
    }  # fmt: skip
    page = desk.post(address, form | {missing: ""}).content.decode()
    assert said in page
    assert page.index("field-value") < page.index(said) < page.index("field-flag")


def test_facts_that_say_otherwise_replace_the_figure_and_keep_what_was_known(figure):
    with viewing(DESK):
        assert replace_by_facts(figure, {"value": "30112000"})
        assert not replace_by_facts(figure, {"remark_en": "only the remark"})
    assert (total(), total(yesterday())) == (30112000, 29891708)
