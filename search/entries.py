"""How a room fills the search tables: a view per kind says what its entries are, triggers say when they are written.

A view has the columns of `COLUMNS`; `audiences` is made by `imap_narrowing`. One function of the database deletes a
record's entries and inserts what the view says, so that they are at any moment what making them anew would give.
"""

from collections.abc import Iterator, Mapping

from access.triggers import Trigger, quoted

COLUMNS = "kind, record, language, at, audiences, vector"
WRITE = "SELECT imap_write_entries(%s, %s, NULL, false)"  # every entry of a kind, by its view
TABLES = {
    "added": ("INSERT", "NEW TABLE AS changed"),
    "changed": ("UPDATE", "OLD TABLE AS former NEW TABLE AS changed"),
    "removed": ("DELETE", "OLD TABLE AS changed"),
}
ITSELF = "SELECT id FROM changed"


def of_itself(kind: str, view: str, table: str) -> Iterator[tuple[str, Trigger]]:
    """Triggers that write a row's own entries whenever it changes."""
    return when(kind, view, table, dict.fromkeys(TABLES, ITSELF), is_own=True)


def when(
    kind: str, view: str, table: str, records: Mapping[str, str], *, is_own: bool = False
) -> Iterator[tuple[str, Trigger]]:
    """`records`: by `added`, `changed` or `removed` the numbers of the records whose entries are written then.

    A query of `changed`, rows of the table, and of `former`, what they were, where they have changed.
    """
    for event, query in records.items():
        command, transition_tables = TABLES[event]
        call = f"imap_keep_entries({quoted(kind)}, {quoted(view)}, {quoted(query)}, '{is_own}')"
        yield (
            table,
            Trigger(f"{kind}_entries_{event}", f"AFTER {command}", call, transition_tables=transition_tables),
        )


def when_spelled(kind: str, view: str, query: str) -> Iterator[tuple[str, Trigger]]:
    """When a spelling of a subject is added, changed or removed. `query`: of `changed c`, by `c.subject_id`."""
    records = {"added": query, "removed": query, "changed": f"{query} UNION {query.replace('changed c', 'former c')}"}
    return when(kind, view, "atlas_namevariant", records)


def when_dialogue_opens(kind: str, view: str, query: str) -> Iterator[tuple[str, Trigger]]:
    """When the audience of a dialogue changes. `query`: of `changed c`, by `c.slug`."""
    changed = "(SELECT changed.slug FROM changed JOIN former USING (slug) WHERE changed.audience IS DISTINCT FROM former.audience)"
    return when(kind, view, "atlas_dialogue", {"changed": query.replace("changed c", f"{changed} c")})


def where_differing(columns: str, query: str) -> str:
    """`query`, of those changed rows alone in which one of these columns is another than before."""
    one, other = (", ".join(f"{alias}.{column}" for column in columns.split()) for alias in ("changed", "former"))
    differing = f"(SELECT changed.* FROM changed JOIN former USING (id) WHERE ({one}) IS DISTINCT FROM ({other}))"
    return query.replace("changed c", f"{differing} c")
