"""Triggers as declarations. A model lists those that guard it in `triggers`; a room's `database_rules` those it derives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from access.policies import DIALOGUE, dialogue_of


@dataclass(frozen=True)
class Trigger:
    """One trigger of a table.

    `event`: such as "BEFORE INSERT OR UPDATE OF url". `call`: the function with its arguments. `when`: SQL of a condition on
    OLD and NEW. `transition_tables`: such as "NEW TABLE AS changed", of a trigger for the whole statement.
    `always`: it fires for rows that come by replication or from a backup, too.
    """

    name: str
    event: str
    call: str
    when: str = ""
    transition_tables: str = ""
    per_statement: bool = False
    always: bool = False

    def statements(self, table: str) -> Iterator[str]:
        referencing = f" REFERENCING {self.transition_tables}" if self.transition_tables else ""
        level = "STATEMENT" if self.per_statement or self.transition_tables else "ROW"
        condition = f" WHEN ({self.when})" if self.when else ""
        yield (
            f"CREATE TRIGGER {self.name} {self.event} ON {table}{referencing} "
            f"FOR EACH {level}{condition} EXECUTE FUNCTION {self.call}"
        )
        if self.always:
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {self.name}"


def quoted(text: str) -> str:
    """A literal of PostgreSQL, which takes no others for the arguments of a trigger's function."""
    return "'" + text.replace("'", "''") + "'"


def triggers_of(model: type[models.Model]) -> Iterator[Trigger]:
    """Those that the model declares, and the one that adds its secretariat to each audience."""
    yield from getattr(model, "triggers", ())
    if any(field.name == "audience" for field in model._meta.fields) and (dialogue := _dialogue_of_row(model)):
        call = f"imap_add_secretariat({quoted(dialogue)})"
        yield Trigger("add_secretariat", "BEFORE INSERT OR UPDATE", call)


def _dialogue_of_row(model: type[models.Model]) -> str:
    """SQL for the slug of the dialogue of the row $1; empty where it has none."""
    if model._meta.label == DIALOGUE:
        return "($1).slug"
    path = dialogue_of(model)
    if path is None:
        return ""
    key: Any = model._meta.get_field(path[0])
    expression = f"($1).{key.column}"
    for name in path[1:]:
        parent = key.related_model
        key = parent._meta.get_field(name)
        expression = f"(SELECT {key.column} FROM {parent._meta.db_table} WHERE {parent._meta.pk.column} = {expression})"
    return expression


def declared_triggers() -> Iterator[tuple[str, Trigger]]:
    """Table and trigger, of all models."""
    for model in apps.get_models():
        for trigger in triggers_of(model):
            yield model._meta.db_table, trigger
        for name, triggers in getattr(model, "join_table_triggers", {}).items():
            for trigger in triggers:
                yield model._meta.get_field(name).m2m_db_table(), trigger
