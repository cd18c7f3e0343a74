"""Reads fact files (CSV, TOML). Each row knows its place, so that it can be refused there."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings


class RefusedData(Exception):
    """A row that cannot be taken: file, line (or entry) and reason. Nothing of the load is kept."""

    def __init__(self, file: str, line: int | str, reason: str):
        super().__init__(f"{file}, line {line}: {reason}" if isinstance(line, int) else f"{file}, {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True)
class TableRow:
    file: str
    line: int | str
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = "") -> Any:
        return self.values.get(name, default)

    def refuse(self, reason: str) -> NoReturn:
        raise RefusedData(self.file, self.line, reason)

    def choice(self, name: str, known: Any) -> Any:
        """The value, when it is among the known ones (a mapping gives what it stands for)."""
        value = self[name]
        if value not in known:
            self.refuse(f"{name} “{value}” is not known.")
        return known[value] if isinstance(known, dict) else value

    def whole_number(self, name: str) -> int | None:
        text = str(self[name]).strip()
        if not text:
            return None
        if not text.isdecimal():
            self.refuse(f"{name} “{text}” is not a whole number.")
        return int(text)

    def number(self, name: str) -> str | None:
        """A decimal number as its own text, so that no digit is lost."""
        text = str(self[name]).strip()
        if not text:
            return None
        sign_less = text.removeprefix("-")
        whole, _, part = sign_less.partition(".")
        if not whole.isdecimal() or (part and not part.isdecimal()) or sign_less.endswith("."):
            self.refuse(f"{name} “{text}” is not a number.")
        return text

    def translated(self, name: str, field: str | None = None) -> dict[str, str]:
        """`{field}_en`, `{field}_fr`, `{field}_ar` of a translated value."""
        value = self.get(name, {})
        missing = [language for language in settings.MODELTRANSLATION_LANGUAGES if value and not value.get(language)]
        if missing:
            self.refuse(f"{name} has no text in {', '.join(missing)}.")
        return {
            f"{field or name}_{language}": value.get(language, "").strip()
            for language in settings.MODELTRANSLATION_LANGUAGES
        }


def read_csv(path: Path, columns: str) -> Iterator[TableRow]:
    """Rows of a CSV file that has (at least) these columns, in UTF-8. Line 1 is the header."""
    expected = columns.split()
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [column for column in expected if column not in (reader.fieldnames or [])]
            if missing:
                raise RefusedData(path.name, 1, f"the column {', '.join(missing)} is missing.")
            for values in reader:
                line = reader.line_num
                if None in values or None in values.values():
                    raise RefusedData(path.name, line, "the row has more or fewer columns than the header.")
                yield TableRow(path.name, line, {name: value.strip() for name, value in values.items()})
    except FileNotFoundError:
        raise RefusedData(path.name, 0, "the file is missing.") from None
    except UnicodeDecodeError:
        raise RefusedData(path.name, 0, "the file is not UTF-8.") from None
    except csv.Error as error:
        raise RefusedData(path.name, reader.line_num, f"not CSV: {error}.") from None


def read_toml(path: Path) -> dict[str, list[TableRow]]:
    """Each list of tables of a TOML file, as rows named by table and number."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RefusedData(path.name, 0, "the file is missing.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusedData(path.name, 0, f"not TOML: {error}") from None
    return {
        table: [TableRow(path.name, f"{table} {number}", values) for number, values in enumerate(entries, 1)]
        for table, entries in content.items()
        if isinstance(entries, list)
    }
