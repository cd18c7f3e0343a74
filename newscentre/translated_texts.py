"""Texts that editors write once per language, read in the reader's own language or else in the first there is."""

from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import get_language

SUMMARY_LANGUAGES = settings.MODELTRANSLATION_LANGUAGES


class Written(NamedTuple):
    """What the desk wrote, and in which language."""

    text: str
    language: str


def written(row: models.Model, field: str) -> Written | None:
    """A translated text in the active language; else in the first in which there is one."""
    held = {code: getattr(row, f"{field}_{code}") or "" for code in SUMMARY_LANGUAGES}
    first = [get_language() or "", *SUMMARY_LANGUAGES]
    return next((Written(held[code], code) for code in first if held.get(code)), None)
