"""Removes control characters from every text that a model gives to the database, whichever way it comes in.

Forms, loaders, importers, `bulk_create` and `update` all pass a field's `to_python` or `get_prep_value`, and every text field
of Django and of its applications inherits them from two classes. So they are cleaned there, once, rather than in each model,
where one that is forgotten would break the outputs of all readers. Statements written by hand pass neither: what writes texts
by one cleans them itself (`accounts.activity_log.writer`, and `newscentre.stages.clean` before `newscentre.feeds.storage`); the others write words
that are known already.
"""

from collections.abc import Callable
from typing import Any

from django.db import models

from untrusted.characters import clean, clean_deep, clean_line


def clean_texts_on_the_way_in() -> None:
    """Called once, when the applications are ready."""
    _wrap(models.CharField, "to_python", clean_line)  # of one line
    _wrap(models.TextField, "to_python", clean)
    _wrap(models.JSONField, "get_prep_value", clean_deep)


def _wrap(field: type[models.Field], method: str, cleaned: Callable[[Any], Any]) -> None:
    given = getattr(field, method)
    if getattr(given, "is_cleaning", False):
        return

    def cleaning(self: models.Field, value: Any) -> Any:
        made = given(self, value)
        is_text = isinstance(made, str | dict | list) if field is models.JSONField else isinstance(made, str)
        return cleaned(made) if is_text else made

    cleaning.is_cleaning = True  # type: ignore[attr-defined]
    setattr(field, method, cleaning)
