"""The rule for names by itself: every key to a name is declared, and each lock states the same rule."""

import pytest
from django.apps import apps
from django.db import connection, models

from access.names import Name, Sayable, check_declarations, faults_of, namings_of, said_to, view_of
from access.viewer import ANYONE
from access.viewing import viewing
from accounts.models import ReadingGroup
from atlas.models import Subject, SubjectKind
from tests.conftest import EVERYBODY, STRANGER, user_of

NAMES = [model for model in apps.get_models() if issubclass(model, Sayable)]


def test_every_key_to_a_name_says_whether_it_names_or_mentions():
    assert check_declarations() == []


def test_a_key_that_says_neither_fails_the_checks():
    class Rumour(models.Model):
        about = models.ForeignKey(Subject, models.CASCADE, related_name="+")

        class Meta:
            app_label = "of_a_test"

    assert [fault.id for fault in faults_of(Rumour)] == ["access.E001"]
    Rumour.mentions = ("about",)
    assert list(faults_of(Rumour)) == []
    Rumour.names = ("about",)
    assert [fault.id for fault in faults_of(Rumour)] == ["access.E002"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", NAMES, ids=lambda model: model._meta.model_name)
def test_each_view_asks_the_tables_that_the_declarations_name(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT d.refobjid::regclass::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid"
            " WHERE r.ev_class = %s::regclass AND d.refclassid = 'pg_class'::regclass",
            [view_of(model)],
        )
        asked = {table for (table,) in cursor.fetchall()} - {view_of(model), model._meta.db_table}
    assert {naming.model._meta.db_table for naming in namings_of(model)} <= asked


@pytest.mark.parametrize("login", EVERYBODY)
def test_both_locks_name_the_same_to_everybody(planted, login):
    viewer = ANYONE if login == STRANGER else user_of(login).viewer
    with viewing(viewer), connection.cursor() as cursor:
        for model in NAMES:
            cursor.execute(f"SELECT key FROM {view_of(model)}")
            in_the_database = {key for (key,) in cursor.fetchall()}
            assert set(model.objects.filter(said_to(model, viewer)).values_list("pk", flat=True)) == in_the_database
            assert set(model.objects.sayable_to(viewer).values_list("pk", flat=True)) == in_the_database


@pytest.mark.django_db
def test_the_world_is_reference_data_and_places_of_maps_are_not():
    held = dict(Subject.objects.order_by().values_list("kind", "is_reference").distinct())
    assert {kind for kind, is_reference in held.items() if is_reference} == {
        SubjectKind.COUNTRY, SubjectKind.REGION, SubjectKind.AREA, SubjectKind.REPORTING_AREA,
    }  # fmt: skip


def test_a_group_is_named_to_its_members_and_its_secretariat(planted):
    seen = {}
    for login in EVERYBODY:
        viewer = ANYONE if login == STRANGER else user_of(login).viewer
        with viewing(viewer):
            seen[login] = ReadingGroup.objects.sayable_to(viewer).filter(pk="experts").exists()
    assert {login for login, is_named in seen.items() if is_named} == {
        "secretariat", "editor", "translator.ar", "official.ukr",
    }  # fmt: skip


@pytest.mark.django_db
def test_names_are_asked_for_once_however_many_there_are(django_assert_num_queries):
    assert all(issubclass(model, Name) for model in NAMES if model is not ReadingGroup)
    with django_assert_num_queries(1):
        list(Subject.objects.sayable_to(ANYONE))
