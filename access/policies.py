"""Row-level security of each table, derived from what its model declares.

A model with an audience, or that belongs to rows which have one (`access.visibility`), is locked. From `audience`,
`further_audiences`, `belongs_to` and `desk` follows who reads a row; from the first path to a dialogue, whose secretariat
writes it; from `append_only`, whether rows are ever changed. What does not follow from these stands in the model's
`row_policies`. Rows of a join table are read and written with the row whose list they make up.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from access.row_level_security import IS_OWNER_ACCESS, in_its_dialogue, overlap, secretariat_holds

APPEND_ONLY = "append_only"  # attribute of a model whose rows are added once and never changed
MAY_CHANGE = "may_change"  # attribute beside it: the columns that may be changed all the same
DIALOGUE = "atlas.Dialogue"
COMMANDS = ("reading", "adding", "changing", "removing")


class RowPolicies(NamedTuple):
    """SQL of what a model's policies say beside, or instead of, what follows from its declarations.

    `reading`: one more condition for reading. `also_reads`: who reads every row. `writing`: who adds, changes and removes rows.
    `changing`: who changes and removes them, if not whoever adds them. `join_tables`: of a many-to-many field, who
    writes its rows. `read_from_both_ends`: many-to-many fields whose rows are read only by who reads both ends.
    """

    reading: str = ""
    also_reads: str = ""
    writing: str = ""
    changing: str = ""
    join_tables: Mapping[str, str] = {}
    read_from_both_ends: Sequence[str] = ()


class Policy(NamedTuple):
    """One row of `pg_policy`."""

    table: str
    name: str
    clauses: str

    @property
    def sql(self) -> str:
        return f"CREATE POLICY {self.name} ON {self.table} {self.clauses}"


def locked_tables() -> dict[str, list[Policy]]:
    """The policies of each table that is under the lock, by its name."""
    found = {}
    for model in apps.get_models():
        if not is_locked(model):
            continue
        found[model._meta.db_table] = policies_of(model)
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                found[field.m2m_db_table()] = _policies_of_join_table(model, field)
    return found


def is_locked(model: type[models.Model]) -> bool:
    """Whether rows of the model have readers."""
    return bool(_columns_of_audiences(model) or getattr(model, "belongs_to", ()) or getattr(model, "desk", None))


def policies_of(model: type[models.Model]) -> list[Policy]:
    declared = getattr(model, "row_policies", RowPolicies())
    writing = declared.writing or _writing(model)
    return list(
        _policies(
            model._meta.db_table,
            reading=_reading(model, declared, writing),
            adding=writing,
            changing=declared.changing or writing,
            append_only=getattr(model, APPEND_ONLY, False),
        )
    )


def dialogue_of(model: type[models.Model]) -> tuple[str, ...] | None:
    """The keys that lead from a row to the dialogue it belongs to, such as `section`, `profile`, `dialogue`."""
    if desk := getattr(model, "desk", None):
        return tuple(desk.split("__"))
    for name in getattr(model, "belongs_to", ()):
        parent: Any = model._meta.get_field(name).related_model
        if parent._meta.label == DIALOGUE:
            return (name,)
        if further := dialogue_of(parent):
            return (name, *further)
    return None


def _policies(table: str, *, reading: str, adding: str, changing: str, append_only: bool) -> Iterator[Policy]:
    yield Policy(table, "reading", f"FOR SELECT USING ({reading})")
    yield Policy(table, "adding", f"FOR INSERT WITH CHECK ({adding})")
    if not append_only:
        yield Policy(table, "changing", f"FOR UPDATE USING ({changing}) WITH CHECK ({changing})")
        yield Policy(table, "removing", f"FOR DELETE USING ({changing})")
    yield Policy(table, "owner_access", f"TO CURRENT_USER USING ({IS_OWNER_ACCESS}) WITH CHECK ({IS_OWNER_ACCESS})")


def _reading(model: type[models.Model], declared: RowPolicies, writing: str) -> str:
    table = model._meta.db_table
    parents: list[Any] = [model._meta.get_field(name) for name in getattr(model, "belongs_to", ())]
    conditions = [in_its_dialogue(key.column) for key in parents if _leads_to_a_dialogue(key)]
    for column, may_be_null in _columns_of_audiences(model).items():
        conditions.append(f"({column} IS NULL OR {overlap(column)})" if may_be_null else overlap(column))
    if getattr(model, "desk", None):
        conditions.append(writing)
    if declared.reading:
        conditions.append(declared.reading)
    conditions += [_is_read(table, key) for key in parents if not _leads_to_a_dialogue(key)]
    rule = " AND ".join(conditions)
    return f"({rule}) OR {declared.also_reads}" if declared.also_reads else rule


def _writing(model: type[models.Model]) -> str:
    """By the secretariat of the dialogue; what a dialogue's secretariat has no say in, by whoever may know of the dialogue."""
    path = dialogue_of(model)
    assert path, f"{model._meta.label} leads to no dialogue and declares no `writing` in its `row_policies`."
    if not (_columns_of_audiences(model) or len(path) > 1 or getattr(model, "desk", None)):
        key: Any = model._meta.get_field(path[0])
        return in_its_dialogue(key.column)
    return _secretariat_over(model, path)


def _secretariat_over(model: type[models.Model], path: Sequence[str]) -> str:
    """SQL: the viewer is the secretariat of the dialogue to which these keys lead."""
    first: Any = model._meta.get_field(path[0])
    if len(path) == 1:
        return secretariat_holds(first.column)
    return _joined(first.related_model, f"{model._meta.db_table}.{first.column}", path[1:])


def _joined(start: Any, key: str, path: Sequence[str]) -> str:
    """SQL: a row of `start` has this key, and its dialogue over `path` is that of the viewer, its secretariat."""
    tables, reached = start._meta.db_table, start
    for name in path[:-1]:
        field: Any = reached._meta.get_field(name)
        parent = field.related_model._meta
        tables += (
            f" JOIN {parent.db_table} ON {parent.db_table}.{parent.pk.column} = {reached._meta.db_table}.{field.column}"
        )
        reached = field.related_model
    holds = secretariat_holds(f"{reached._meta.db_table}.{reached._meta.get_field(path[-1]).column}")
    return f"EXISTS (SELECT 1 FROM {tables} WHERE {start._meta.db_table}.{start._meta.pk.column} = {key} AND {holds})"


def _policies_of_join_table(model: type[models.Model], field: Any) -> list[Policy]:
    table, declared = field.m2m_db_table(), getattr(model, "row_policies", RowPolicies())
    through = field.remote_field.through
    ends = [through._meta.get_field(field.m2m_field_name())]
    if field.name in declared.read_from_both_ends:
        ends.append(through._meta.get_field(field.m2m_reverse_field_name()))
    writing = declared.join_tables.get(field.name)
    if not writing:
        path = dialogue_of(model)
        assert path, f"{model._meta.label} declares who writes {table} in its `row_policies`, or leads to a dialogue."
        writing = _joined(model, f"{table}.{ends[0].column}", path)
    reading = " AND ".join(_is_read(table, end) for end in ends)
    return list(_policies(table, reading=reading, adding=writing, changing=writing, append_only=False))


def _is_read(table: str, key: Any) -> str:
    """SQL: the row to which this key leads, if to any, is one that the viewer reads."""
    parent = key.related_model._meta
    exists = f"EXISTS (SELECT 1 FROM {parent.db_table} parent WHERE parent.{parent.pk.column} = {table}.{key.column})"
    return f"({table}.{key.column} IS NULL OR {exists})"


def _leads_to_a_dialogue(key: Any) -> bool:
    return key.related_model._meta.label == DIALOGUE


def _columns_of_audiences(model: type[models.Model]) -> dict[str, bool]:
    """The columns that must be overlapped → whether they may be null."""
    names = ("audience", *getattr(model, "further_audiences", ()))
    fields: list[Any] = [field for field in model._meta.fields if field.name in names]
    return {field.column: field.null for field in fields}
