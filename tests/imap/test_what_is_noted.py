"""Whatever ends, narrows or withdraws something, in whichever model, is noted in the journal, or it says why it need not be."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection, models

from access.fields import AudienceField
from accounts.models import Affiliation, Nomination, ReadingGroup, User
from atlas.models import Dialogue, Partner
from imap.journal.exclusions import OF_COLUMNS, OF_COLUMNS_NAMED, OF_TABLES, REMOVED

pytestmark = pytest.mark.django_db

# Whose it is, or for whom: when that is changed, it is over for somebody.
WHOSE = {User, Partner, Dialogue, ReadingGroup, Affiliation, Nomination, Group, Permission}
MAY_END = (models.BooleanField, models.DateField, AudienceField, models.EmailField)
TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, tgtype & 8 > 0, string_to_array(encode(tgargs, 'escape'), '\\000')
    FROM pg_trigger WHERE tgfoid = 'imap_note_in_journal'::regproc
"""


def tables() -> dict[str, list[models.Field]]:
    found = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model._meta.local_concrete_fields for model in found if model._meta.managed}


def may_end(field: models.Field) -> bool:
    """Whether by its kind a change of it may leave somebody with less than before. Texts, numbers and places say what is."""
    if field.primary_key:
        return False
    if field.is_relation:
        return field.related_model in WHOSE
    return isinstance(field, MAY_END) or (isinstance(field, models.CharField) and bool(field.choices))


def triggers() -> list[tuple[str, str, bool, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        return cursor.fetchall()


def noted() -> set[tuple[str, str]]:
    """Table and column, or REMOVED, of which the database notes a change."""
    columns = set()
    for table, name, is_of_removals, arguments in triggers():
        key, changed, _beside, how, *_rest = [*arguments, "", "", ""]
        if is_of_removals:
            columns.add((table, REMOVED))
        elif name in ("journal_moved_away", "journal_passed_on"):
            columns.update((table, column) for column in key.split(","))
        elif name == "journal_gone":
            columns.update((table, column) for column in asked_by(table, name))
        elif how != "again":
            columns.update((table, column) for column in changed.split(",") if column)
    return columns


def asked_by(table: str, name: str) -> set[str]:
    """The columns of which the trigger's condition speaks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s", [table, name]
        )
        definition = cursor.fetchone()[0]
    return {field.column for field in tables()[table] if f"old.{field.column}" in definition.lower()}


def what_may_end() -> set[tuple[str, str, bool]]:
    """Table, column or REMOVED, and whether it is an audience."""
    fields = {
        (table, field.column, isinstance(field, AudienceField))
        for table, columns in tables().items()
        for field in columns
        if may_end(field)
    }
    return fields | {(table, REMOVED, False) for table in tables()}


def why_not(table: str, column: str, is_audience: bool) -> str | None:
    of_all = None if is_audience else OF_TABLES.get(table) or OF_COLUMNS_NAMED.get(column)
    return OF_COLUMNS.get(table, {}).get(column) or of_all


def test_whatever_ends_narrows_or_withdraws_is_noted_or_says_why_not():
    is_noted = noted()
    forgotten = sorted(
        f"{table}.{column}"
        for table, column, is_audience in what_may_end()
        if (table, column) not in is_noted and not why_not(table, column, is_audience)
    )
    assert not forgotten, "\n".join(forgotten)


def test_what_is_noted_are_columns_that_are_there():
    all_fields = {table: {field.column for field in found} for table, found in tables().items()}
    strange = [
        (table, name, column)
        for table, name, _is_of_removals, arguments in triggers()
        for column in ",".join(arguments[:2]).split(",")
        if column and column not in all_fields[table]
    ]
    assert not strange, strange


def test_nothing_says_why_it_is_not_noted_that_is_noted_or_is_not_there():
    is_noted, all_fields = noted(), {table: {field.column for field in found} for table, found in tables().items()}
    strange = [table for table in OF_TABLES if table not in all_fields or any(table == of for of, _ in is_noted)]
    strange += [name for name in OF_COLUMNS_NAMED if not any(name in columns for columns in all_fields.values())]
    strange += [
        f"{table}.{column}"
        for table, columns in OF_COLUMNS.items()
        for column in columns
        if (table, column) in is_noted or column not in all_fields.get(table, set()) | {REMOVED}
    ]
    assert not strange, "\n".join(strange)


@pytest.mark.parametrize("reasons", [OF_TABLES, OF_COLUMNS_NAMED, *OF_COLUMNS.values()])
def test_each_reason_is_said(reasons):
    assert all(len(reason) > 15 for reason in reasons.values())
