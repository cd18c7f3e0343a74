"""How a room fills the search tables: a view per kind says what its entries are, triggers say when they are written.

A view has the columns of `COLUMNS`; `audiences` is made by `imap_narrowing`. One function of the database deletes a
record's entries and inserts what the view says, so that they are at any moment what making them anew would give.
"""

from collections.abc import Mapping

from django.db import migrations

COLUMNS = "kind, record, language, at, audiences, vector"
WRITE = "SELECT imap_write_entries(%s, %s, NULL, false)"  # every entry of a kind, by its view
TABLES = {
    "added": ("INSERT", "NEW TABLE AS changed"),
    "changed": ("UPDATE", "OLD TABLE AS former NEW TABLE AS changed"),
    "removed": ("DELETE", "OLD TABLE AS changed"),
}
ITSELF = "SELECT id FROM changed"


def of_itself(kind: str, view: str, table: str) -> list[migrations.RunSQL]:
    """Triggers that write a row's own entries whenever it changes."""
    return when(kind, view, table, dict.fromkeys(TABLES, ITSELF), is_own=True)


def when(
    kind: str, view: str, table: str, records: Mapping[str, str], *, is_own: bool = False
) -> list[migrations.RunSQL]:
    """`records`: by `added`, `changed` or `removed` the numbers of the records whose entries are written then.

    A query of `changed`, rows of the table, and of `former`, what they were, where they have changed.
    """
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER {kind}_entries_{event} AFTER {TABLES[event][0]} ON {table} REFERENCING {TABLES[event][1]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION imap_keep_entries('{kind}', '{view}', '{query}', '{is_own}')",
            f"DROP TRIGGER {kind}_entries_{event} ON {table}",
        )
        for event, query in ((event, text.replace("'", "''")) for event, text in records.items())
    ]


def where_differing(columns: str, query: str) -> str:
    """`query`, of those changed rows alone in which one of these columns is another than before."""
    one, other = (", ".join(f"{alias}.{column}" for column in columns.split()) for alias in ("changed", "former"))
    differing = f"(SELECT changed.* FROM changed JOIN former USING (id) WHERE ({one}) IS DISTINCT FROM ({other}))"
    return query.replace("changed c", f"{differing} c")
