"""The kinds of record that search finds. Each room registers its own; search knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise

from access.viewer import Viewer


@dataclass(frozen=True)
class Kind:
    """`rows`: the protected rows that a viewer may find; `template`: shows one of them, as `record`."""

    name: str
    label: str | Promise
    rows: Callable[[Viewer], QuerySet]
    template: str


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    KINDS[kind.name] = kind
