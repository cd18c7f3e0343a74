"""Turns errors of the database (lock, constraints, types) into sentences for the form."""

from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from psycopg2 import errorcodes

from access.names import CANNOT_BE_USED

UNKNOWN = gettext_lazy("Nothing was saved: the database refuses this.")
SENTENCES: dict[str, str | Promise] = {
    errorcodes.INSUFFICIENT_PRIVILEGE: gettext_lazy(
        "Nothing was saved: this, or something chosen in it, belongs to another Secretariat or may not be changed."
    ),
    errorcodes.UNIQUE_VIOLATION: gettext_lazy("Nothing was saved: this name or address is taken already."),
    errorcodes.FOREIGN_KEY_VIOLATION: gettext_lazy(
        "Nothing was saved: something chosen here was removed meanwhile, or is still needed elsewhere."
    ),
    errorcodes.NOT_NULL_VIOLATION: gettext_lazy("Nothing was saved: something that is needed is missing."),
    errorcodes.CHECK_VIOLATION: UNKNOWN,
    errorcodes.RAISE_EXCEPTION: UNKNOWN,
    errorcodes.STRING_DATA_RIGHT_TRUNCATION: gettext_lazy("Nothing was saved: one of the texts is too long."),
    errorcodes.NUMERIC_VALUE_OUT_OF_RANGE: gettext_lazy("Nothing was saved: one of the numbers is too large."),
    errorcodes.DEADLOCK_DETECTED: gettext_lazy(
        "Nothing was saved: a colleague saved the same at the same moment. Save again."
    ),
}


@dataclass(frozen=True)
class Refusal:
    """Why nothing was saved, and the form field concerned, if one is."""

    sentence: str | Promise
    field: str | None = None


def refusal_of(error: DatabaseError) -> Refusal | None:
    """The refusal that an error means; None if it is a fault that a form must not show."""
    cause = error.__cause__
    code = getattr(cause, "pgcode", None) or ""
    if code not in SENTENCES:
        return None
    constraint = _constraint(getattr(cause.diag, "constraint_name", None))  # type: ignore[union-attr]
    if constraint is not None and has_a_sentence(constraint):
        return Refusal(str(constraint.get_violation_error_message()), constraint.violation_error_code)
    if code == errorcodes.UNIQUE_VIOLATION and "slug" in (cause.diag.constraint_name or ""):  # type: ignore[union-attr]
        return Refusal(CANNOT_BE_USED, "slug")  # as the form says it of a row that its desk sees
    return Refusal(SENTENCES[code])


def has_a_sentence(constraint: models.BaseConstraint) -> bool:
    return constraint.violation_error_message != constraint.default_violation_error_message


def _constraint(name: str | None) -> models.BaseConstraint | None:
    every = (row for model in apps.get_models() for row in model._meta.constraints)
    return next((row for row in every if row.name == name), None) if name else None


def at_their_fields(error: ValidationError, fields) -> ValidationError:
    """Attaches broken constraints to the field that their error code names."""
    if not hasattr(error, "error_dict"):
        return error
    said: dict[str, list[ValidationError]] = {}
    for field, errors in error.error_dict.items():
        for one in errors:
            is_moved = field == NON_FIELD_ERRORS and one.code in fields
            said.setdefault(str(one.code) if is_moved else field, []).append(one)
    return ValidationError(said)  # type: ignore[arg-type]
