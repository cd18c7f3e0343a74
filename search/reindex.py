"""Rebuilds the search entries, after the normalisation has changed or a table came from elsewhere."""

from django.db import connection, transaction

from access.viewing import every_secretariat, viewing
from search.entries import WRITE
from search.kinds import kinds
from search.models import Entry, Readers, RestrictedEntry


def rebuild() -> dict[str, int]:
    """Entries by the name of their kind. One transaction: readers find the old ones until it ends."""
    with transaction.atomic(), viewing(every_secretariat()), connection.cursor() as cursor:
        for kind in kinds():
            cursor.execute(WRITE, [kind.name, kind.view])
        Readers.objects.exclude(pk__in=RestrictedEntry.objects.values("readers")).delete()
        return {kind.name: sum(_number(table, kind.name) for table in (Entry, RestrictedEntry)) for kind in kinds()}


def _number(table: type[Entry] | type[RestrictedEntry], kind: str) -> int:
    return table.objects.filter(kind=kind).count()
