"""What a migration knows of a model: its table alone.

Migrations import nothing of the project's code, which changes while they do not. So the state that is compared and written
has fields of Django and of libraries, without validators, words, choices, and without defaults that the project computes.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState
from django.utils.module_loading import import_string

from imap.local_apps import ROOMS

# Of a column's definition in the database nothing follows from these.
NOT_OF_THE_TABLE = ("validators", "verbose_name", "help_text", "choices", "upload_to", "storage", "editable", "blank")
WORDS = ("violation_error_message", "violation_error_code")  # of a constraint
OPTIONS_OF_THE_TABLE = ("db_table", "constraints", "indexes", "unique_together", "managed", "proxy", "swappable")
OPTIONS_OF_PERMISSIONS = ("permissions", "default_permissions", "verbose_name")  # Django makes their rows of this state


class SchemaAutodetector(MigrationAutodetector):
    """Compares the migrations with the models' tables."""

    def __init__(self, from_state: ProjectState, to_state: ProjectState, questioner: MigrationQuestioner | None = None):
        for model in to_state.models.values():
            if model.app_label in ROOMS:
                reduce_to_table(model)
        super().__init__(from_state, to_state, questioner)


def reduce_to_table(model: ModelState) -> None:
    """Takes from the state of a model what its table does not depend on."""
    model.fields = {name: _of_the_table(field) for name, field in model.fields.items()}
    model.options = {
        name: value for name, value in model.options.items() if name in OPTIONS_OF_THE_TABLE + OPTIONS_OF_PERMISSIONS
    }
    if constraints := model.options.get("constraints"):
        model.options["constraints"] = [_without_words(constraint) for constraint in constraints]
    model.bases = tuple(base for base in model.bases if isinstance(base, str)) or (models.Model,)
    model.managers = []


def _of_the_table(field: models.Field) -> models.Field:
    _name, path, args, options = field.deconstruct()
    options = {name: value for name, value in options.items() if name not in NOT_OF_THE_TABLE}
    if _is_of_the_project(options.get("default")):
        del options["default"]
    if "base_field" in options:
        options["base_field"] = _of_the_table(options["base_field"])
    return _class_of(path)(*args, **options)


def _without_words(constraint: models.BaseConstraint) -> models.BaseConstraint:
    """The constraint without what its violation is told in, which is the project's to change."""
    _path, args, options = constraint.deconstruct()
    return type(constraint)(*args, **{name: value for name, value in options.items() if name not in WORDS})


def _class_of(path: str) -> Callable[..., Any]:
    """The field's class, or the one of Django or of a library that it extends."""
    held = import_string(path)
    return next(base for base in held.__mro__ if base.__module__.split(".")[0] not in ROOMS)


def _is_of_the_project(value: Any) -> bool:
    return callable(value) and getattr(value, "__module__", "").split(".")[0] in ROOMS
