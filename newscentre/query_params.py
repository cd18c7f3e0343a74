"""Query parameters of a list. Pure: no database."""

from dataclasses import fields
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict

MOST_LETTERS = 60
NOTHING = "-"  # a slug, a language and a day of nothing


class QueryParams:
    """Base of dataclasses whose fields are texts of the address, each empty where all is asked for."""

    @classmethod
    def of(cls, asked: QueryDict) -> Self:
        """What is too long or holds control characters is no value of ours, and finds nothing either."""
        given = {field.name: asked.get(field.name, "").strip() for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: value if _is_plausible(value) else NOTHING for name, value in given.items()})

    def as_query(self, **more: str) -> str:
        """For an address: ?language=ar&before=… with what is set, in one order."""
        given = {field.name: getattr(self, field.name) for field in fields(self)} | more  # type: ignore[arg-type]
        told = {name: value for name, value in given.items() if value}
        return f"?{urlencode(told)}" if told else ""

    @property
    def is_empty(self) -> bool:
        return self == type(self)()


def _is_plausible(value: str) -> bool:
    return len(value) <= MOST_LETTERS and value.isprintable()
