"""Registry of the kinds of record that search finds. Each room registers its own; search knows none of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from access.viewer import Viewer
from accounts.requests import ReaderRequest


@dataclass(frozen=True)
class Kind:
    """`rows`: the protected rows that a viewer may find; `template`: shows one of them, as `record`, with its `snippet`, which
    is in `snippet_language`.

    `text`: (language, text) of a record as it was found in a language; the part round the words is shown. `once_by`: fields
    in which the rows of one thing in several languages are equal: it is shown and counted once. `note`: writes the log,
    where records that are shown are not for everyone. `suggest`: names that begin with a word, of what the viewer may see.
    `names`: subjects of which the viewer may be told, where entries hold marks of subjects (`search.syntax.tsqueries`).
    `view`: of the database, that says what the entries of the kind are. `position`: among the kinds.
    """

    name: str
    label: str | Promise
    rows: Callable[[Viewer], QuerySet]
    template: str
    text: Callable[[Any, str], tuple[str, str]] | None = None
    once_by: tuple[str, ...] = ()
    note: Callable[[ReaderRequest, Sequence[Any]], None] | None = None
    suggest: Callable[[Viewer, str], list[str]] | None = None
    names: Callable[[Viewer], Iterable[int]] | None = None
    view: str = ""
    position: int = 50


_registered: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _registered[kind.name] = kind


def kinds() -> list[Kind]:
    return sorted(_registered.values(), key=lambda kind: (kind.position, kind.name))


def kind_named(name: str) -> Kind | None:
    return _registered.get(name)
