"""What a file of geodata becomes, and the limits within which it is read. Knows neither Django nor the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MEGABYTE = 1024 * 1024
LARGEST_MB, LARGEST_UNPACKED_MB = 20, 100
MOST_ROWS, MOST_POINTS = 20_000, 500_000
MOST_COLUMNS, LONGEST_COLUMN, LONGEST_VALUE = 200, 100, 10_000  # names; characters of a name and of a value
MOST_LISTED = 100  # values of a property that is a list
MOST_STRANGERS = 20  # files in a zip that are named as left out
NUMBER = "number"


class ImportRefused(Exception):
    """A file is not taken. `code`: of `routes.importing.errors.MESSAGES`."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def as_json(self) -> dict:
        return {"code": self.code, "values": self.values}


@dataclass(frozen=True)
class Drawn:
    """A row of a file. `coordinates`: [lon, lat] of a point, a list of such of a line. `values`: its attributes as text."""

    is_line: bool
    coordinates: list
    values: Mapping[str, str] = field(default_factory=dict)
    number: int | None = None

    @property
    def points(self) -> list[list[float]]:
        return self.coordinates if self.is_line else [self.coordinates]


@dataclass(frozen=True)
class ParsedFile:
    """A file that was read. `notes`: what was decided about it and must be said, as refusals are: code and values."""

    rows: list[Drawn]
    notes: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class Feature:
    """A row as its format gives it. `kind`: of its geometry, None for none; `points`: with two or three coordinates."""

    kind: str | None
    points: list
    values: Mapping[str, Any]
