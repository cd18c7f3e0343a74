"""Which tables of search need no row-level security (`access.installation`)."""

UNLOCKED = {"search_entry": "Entries of records that everyone may read; restricted ones stand in a table of their own."}
