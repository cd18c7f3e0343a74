"""How a room fills the search table: it makes a view of its entries, from which one record or all of them are taken."""

COLUMNS = "kind, record, language, at, audience, parents, vector"


def all_of(view: str) -> str:
    """SQL that adds every entry of a view to the table."""
    return f"INSERT INTO search_entry ({COLUMNS}) SELECT {COLUMNS} FROM {view}"


def each_of(table: str) -> str:
    """SQL that lets the trigger of every row write its entry, where a room has few rows and no view."""
    return f"UPDATE {table} SET id = id"
