"""Converts attributes of a file to text: dates are dates, lists are joined, and column names are unique."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from routes.importing.rows import LONGEST_COLUMN, LONGEST_VALUE, MOST_COLUMNS, MOST_LISTED, ImportRefused
from untrusted.characters import clean, has_half_letters


def as_text(value: Any, column: str = "") -> str:
    """What is missing is empty, a whole number has no decimals. Raises Refused."""
    if value is None or value != value:  # not a number is not itself
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        value = _joined(value, column)
    elif isinstance(value, Mapping):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    if has_half_letters(text):
        raise ImportRefused("half_letters", column=clean(column)[:LONGEST_COLUMN])
    if len(text) > LONGEST_VALUE:
        raise ImportRefused("too_long", column=clean(column)[:LONGEST_COLUMN], most=LONGEST_VALUE)
    return clean(text).strip()


def _joined(values: list | tuple, column: str) -> str:
    if len(values) > MOST_LISTED or any(isinstance(value, list | tuple | Mapping) for value in values):
        raise ImportRefused("nested", column=clean(column)[:LONGEST_COLUMN])
    return ", ".join(filter(None, (as_text(value, column) for value in values)))


class Columns:
    """The columns of a file by their names in small letters. Where several differ in capitals alone, one is read and said."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}
        self._disagreeing: set[str] = set()
        self._count = 0

    def row(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The texts of a row. Raises Refused."""
        self._learn(values)
        texts: dict[str, str] = {}
        for name in sorted(values, key=self._rank):
            column, text = _column(name), as_text(values[name], name)
            if texts.get(column) and text and texts[column] != text:
                self._disagreeing.add(column)
            elif text or column not in texts:
                texts[column] = text
        return texts

    def _learn(self, names: Iterable[str]) -> None:
        for name in names:
            known = self._names.setdefault(_column(name), [])
            if name not in known:
                known.append(name)
                self._count += 1
        if self._count > MOST_COLUMNS:
            raise ImportRefused("too_many_columns", most=MOST_COLUMNS)

    @staticmethod
    def _rank(name: str) -> tuple[bool, str]:
        """Small letters first, as the portal's own files are written."""
        return name != name.lower(), name

    @property
    def notes(self) -> list[dict]:
        return [
            ImportRefused(
                "same_columns", columns=", ".join(sorted(self._names[column], key=self._rank)),
                read=min(self._names[column], key=self._rank),
            ).as_json()
            for column in sorted(self._disagreeing)
        ]  # fmt: skip


def _column(name: str) -> str:
    if len(name) > LONGEST_COLUMN:
        raise ImportRefused("long_column", most=LONGEST_COLUMN)
    if has_half_letters(name):
        raise ImportRefused("half_letters", column=clean(name))
    return clean(name).strip().lower()
