"""Replays the journal in a database restored from a backup. No process serves before that."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from psycopg2 import sql

from access.owner_access import OWNER, owner_access
from imap.journal import JournalError
from imap.journal.files import Journal, Line, read
from imap.journal.writer import wait_for_shipping
from imap.models import JournalEntry

TRIGGERS = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = to_regproc('imap_note_in_journal')"
COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
NARROWS_BY_BEING_THERE = {
    "accounts_partnerpolicy"
}  # made after the backup, such a row is made anew; its entry holds it whole
# What closes a row that cannot be changed as it was: the first whose columns it has.
CLOSED: tuple[dict[str, Any], ...] = (
    {"audience": []},
    {"is_active": False},
    {"ended_at": "2000-01-01T00:00:00Z"},
    {"revoked_at": "2000-01-01T00:00:00Z"},
    {"cancelled_at": "2000-01-01T00:00:00Z"},
    {"is_reference": False, "made_by_id": None},
    {"is_shown": False},
)
TO_DO = "run `manage.py replay_journal` as the owner's role (docs/operations.md)"


@dataclass
class Replayed:
    """`done`: entries that the database had not known. `closed`: rows that could not be changed, so nobody else reads them."""

    done: int = 0
    closed: list[str] = field(default_factory=list)
    torn: int = 0

    def as_lines(self) -> list[str]:
        lines = [f"journal: {self.done} entries of {settings.JOURNAL_DIR} done again"]
        if self.torn:
            lines.append(f"journal: {self.torn} half-written lines passed over")
        return lines + [
            f"journal: could not be changed, so closed to all but its Secretariat: {row}" for row in self.closed
        ]


@dataclass
class JournalComparison:
    """The file beside the database: what either does not know of the other."""

    journal: Journal
    unknown: list[Line]  # to the database
    missing: int  # in the file
    trimmed_too_far: str  # why the rest of a trimmed file is not enough for this database; empty when it is

    @classmethod
    def of(cls, folder: Path, using: str) -> "JournalComparison":
        """What the database knows is read first: whatever is shipped after that is no entry that the file lacks."""
        entries = JournalEntry.objects.using(using).values_list("pk", "at", "shipped_at")
        known = {str(pk): at for pk, at, shipped_at in entries if shipped_at is not None}
        journal = read(folder)
        known_now = {str(pk) for pk in JournalEntry.objects.using(using).values_list("pk", flat=True)}
        held = {line["id"] for line in journal.lines}
        kept_since = journal.trimmed_before and datetime.fromisoformat(journal.trimmed_before)
        return cls(
            journal,
            unknown=[line for line in journal.lines if line["id"] not in known_now],
            missing=sum(pk not in held for pk, at in known.items() if not kept_since or at >= kept_since),
            trimmed_too_far="" if known_now.issuperset(journal.known) else _older_than_what_is_left(folder, journal),
        )


def why_not_to_serve() -> list[str]:
    """Sentences, empty when the database knows everything that the journal holds, and the journal what it should."""
    if settings.JOURNAL_DIR is None:
        return []
    with transaction.atomic():
        wait_for_shipping("default")
        compared = JournalComparison.of(settings.JOURNAL_DIR, "default")
    if compared.trimmed_too_far:
        return [compared.trimmed_too_far]
    if unknown := compared.unknown:
        return [f"The journal holds {len(unknown)} entries that the database does not know of: {TO_DO}."]
    if missing := compared.missing:
        return [_wrong_file(settings.JOURNAL_DIR, missing)]
    return []


def replay(*, without_file: bool = False) -> Replayed:
    """As the owner's role, in one transaction. Raises JournalError when the file is not this database's journal.

    `without_file`: goes on although entries are missing in the file; what the database knows of is shipped to it anew.
    """
    if settings.JOURNAL_DIR is None:
        return Replayed()
    with owner_access(), connections[OWNER].cursor() as cursor:
        compared = JournalComparison.of(settings.JOURNAL_DIR, OWNER)
        result = Replayed(torn=compared.journal.torn)
        if compared.trimmed_too_far and not without_file:
            raise JournalError(compared.trimmed_too_far)
        if compared.missing:
            if not without_file:
                raise JournalError(_wrong_file(settings.JOURNAL_DIR, compared.missing))
            JournalEntry.objects.using(OWNER).update(shipped_at=None)
        cursor.execute("SELECT set_config('imap.replaying', 'on', true)")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(TRIGGERS)
        tables = {name for (name,) in cursor.fetchall()}
        unknown = compared.unknown
        undone = {_row_of(line): number for number, line in enumerate(unknown) if line["change"] is not None}
        for number, line in enumerate(unknown):
            is_back_later = line["change"] is None and undone.get(_row_of(line), -1) > number
            if line["of_table"] in tables and line["change"] != {} and not is_back_later:
                _do_again(cursor, line, result)
            _remember(line)
            result.done += 1
        if compared.trimmed_too_far:
            _forget_what_was_trimmed(compared.journal)
    return result


def _row_of(line: Line) -> tuple[str, str]:
    return line["of_table"], json.dumps(line["key"], sort_keys=True)


def _do_again(cursor, line: Line, result: Replayed) -> None:
    try:
        with transaction.atomic(OWNER):
            cursor.execute(*_statement(cursor, line))
            if not cursor.rowcount and line["change"] and line["of_table"] in NARROWS_BY_BEING_THERE:
                cursor.execute(*_insertion(line))
    except IntegrityError:  # other rows hang on it, or it names what the backup does not hold yet
        result.closed.append(f"{line['of_table']} {line['key']}")
        _close(cursor, line)


def _statement(cursor, line: Line, *, is_asked: bool = False) -> tuple[sql.Composed, list[str]]:
    table = sql.Identifier(line["of_table"])
    values = sql.SQL("jsonb_populate_record(NULL::{}, %s)").format(table)
    found = sql.SQL(" AND ").join(
        sql.SQL("row.{0} IS NOT DISTINCT FROM told.{0}").format(sql.Identifier(column))
        for column in sorted(line["key"])
    )
    key = json.dumps(line["key"])
    if is_asked:
        return sql.SQL("SELECT FROM {} row, {} told WHERE {}").format(table, values, found), [key]
    if line["change"] is None:
        statement = "DELETE FROM {} row USING {} told WHERE {}"
        return sql.SQL(statement).format(table, values, found), [key]
    cursor.execute(COLUMNS, [line["of_table"]])
    columns = [sql.Identifier(name) for (name,) in cursor.fetchall() if name in line["change"]]
    changed = sql.SQL(", ").join(sql.SQL("{0} = becomes.{0}").format(column) for column in columns)
    statement = "UPDATE {} row SET {} FROM {} told, {} becomes WHERE {}"
    return sql.SQL(statement).format(table, changed, values, values, found), [key, json.dumps(line["change"])]


def _close(cursor, line: Line) -> None:
    """The row opens nothing any more to anybody but its Secretariat. Raises JournalError where there is no way to say so."""
    cursor.execute(COLUMNS, [line["of_table"]])
    columns = {name for (name,) in cursor.fetchall()}
    for closed in CLOSED:
        if closed.keys() <= columns:
            cursor.execute(*_statement(cursor, {**line, "change": closed}))
            return
    cursor.execute(*_statement(cursor, line, is_asked=True))
    if cursor.fetchone():
        raise JournalError(f"The journal's entry {line['id']} ({line['of_table']} {line['key']}) cannot be done again.")


def _insertion(line: Line) -> tuple[sql.Composed, list[str]]:
    statement = sql.SQL("INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, %s)")
    return statement.format(sql.Identifier(line["of_table"])), [json.dumps(line["key"] | line["change"])]


def _remember(line: Line) -> None:
    values = {name: line[name] for name in ("id", "at", "of_table", "key", "change")}
    JournalEntry.objects.using(OWNER).create(**values, shipped_at=timezone.now())


def _older_than_what_is_left(folder: Path, journal: Journal) -> str:
    return (
        f"The journal in {folder} was trimmed to what is younger than {journal.trimmed_before}, and this database is "
        "older: put back a copy of the journal from before, or go on without what is missing by `manage.py "
        "replay_journal --without-file`."
    )


def _forget_what_was_trimmed(journal: Journal) -> None:
    """So that the portal starts: who said --without-file goes through what is missing by hand."""
    for pk in journal.known:
        values = {"at": journal.trimmed_before, "of_table": "", "key": {}, "change": {}, "shipped_at": timezone.now()}
        JournalEntry.objects.using(OWNER).get_or_create(pk=pk, defaults=values)


def _wrong_file(folder: Path, missing: int) -> str:
    return (
        f"{missing} entries that the database knows of are missing in the journal in {folder}: it is another file, or it "
        "was cut. Put back the right one, or go on without what only it held by `manage.py replay_journal --without-file`."
    )
