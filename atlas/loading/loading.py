"""Writes rows so that loading twice changes nothing, and counts what was added, changed and skipped."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from atlas.loading.tables import TableRow

Entry = tuple[TableRow, dict[str, Any]]  # where it stands, and the values of the fields


class Loading:
    """Counts by model: `added`, `changed`, `skipped` (already as the files say)."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}

    def put(
        self,
        model: type[models.Model],
        key: str,
        entries: Iterable[Entry],
        *,
        keep: str = "",
        among: models.QuerySet | None = None,
        replace: Callable[[Any, dict[str, Any]], bool] | None = None,
    ) -> dict[Any, Any]:
        """Adds the rows whose `key` fields are new, changes those that differ. Returns objects by key.

        Fields named in `keep` are written when a row is added and left as they are afterwards. `among`: the rows that
        count as known, all by default. `replace` is asked about each row that differs, and returns whether it put
        another row in its place, which is then not changed.
        Raises RefusedData for a row the model refuses, or whose key stands twice.
        """
        fields, kept = key.split(), set(keep.split())
        objects = {_key(item, fields): item for item in (_manager(model).all() if among is None else among)}
        seen: dict[Any, TableRow] = {}
        added: list[Any] = []
        changed: list[Any] = []
        columns: set[str] = set()
        replaced = 0
        for row, values in entries:
            identity = tuple(_comparable(values.get(field)) for field in fields)
            if identity in seen:
                row.refuse(f"the same as line {seen[identity].line}: {', '.join(map(str, identity))}.")
            seen[identity] = row
            known = objects.get(identity)
            if known is None:
                objects[identity] = known = model(**values)
                _check(known, row)
                added.append(known)
            elif differing := _differing(known, values, kept):
                if replace is not None and replace(known, differing):
                    replaced += 1
                    continue
                for name, value in differing.items():
                    setattr(known, name, value)
                _check(known, row)
                changed.append(known)
                columns |= set(differing)
        _manager(model).bulk_create(added, batch_size=500)
        if changed:
            _manager(model).bulk_update(changed, sorted(columns), batch_size=500)
        self._count(model, added=len(added), changed=len(changed) + replaced, among=len(seen))
        return {identity[0] if len(fields) == 1 else identity: objects[identity] for identity in seen}

    def _count(self, model: type[models.Model], *, added: int, changed: int, among: int) -> None:
        count = self.counts.setdefault(str(model._meta.verbose_name_plural), Counter())
        count.update(added=added, changed=changed, skipped=among - added - changed)

    def note(self, what: str, outcome: str, number: int = 1) -> None:
        self.counts.setdefault(what, Counter())[outcome] += number

    @property
    def has_written(self) -> bool:
        return any(count["added"] or count["changed"] for count in self.counts.values())

    def lines(self) -> list[str]:
        return [
            f"{what}: {count['added']} added, {count['changed']} changed, {count['skipped']} skipped"
            for what, count in self.counts.items()
        ]


def _manager(model: type[models.Model]) -> Any:
    return model._base_manager


def _key(item: models.Model, fields: list[str]) -> tuple[Any, ...]:
    return tuple(_comparable(getattr(item, field)) for field in fields)


def _differing(item: models.Model, values: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    """Values by field that differ from what the item holds, without the fields that are left as they are."""
    return {
        name: value
        for name, value in values.items()
        if name not in kept and _plain(getattr(item, name)) != _plain(value)
    }


def _comparable(value: Any) -> Any:
    """A breakdown is compared by what it says."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict) else value


def _plain(value: Any) -> Any:
    """Numbers of any type compare by value; an empty text is as good as none."""
    from decimal import Decimal

    if isinstance(value, str):
        try:
            return Decimal(value).normalize()
        except ArithmeticError:
            return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).normalize()
    return sorted(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else value


def _check(item: models.Model, row: TableRow) -> None:
    try:
        item.clean_fields(exclude=[field.name for field in item._meta.fields if field.is_relation])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        row.refuse(f"{field}: {messages[0]}")
