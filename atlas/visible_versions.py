"""Which versions of a thing a viewer is shown, where that takes more than one row to tell. Cached in this process.

It stays true as long as nothing has changed (`atlas.change_counters`), and is asked together with that, in one query.
"""

from django.db import connection

from access.viewer import Viewer
from access.visibility import tokens_of
from atlas.change_counters import MARK, CachedLookup, Mark, today

REMEMBERED = 1000  # viewers; about 1 KB each at a hundred rows
NOTHING_KNOWN = Mark("", -1, -1, "", "")


class ShownRows:
    """`numbers`: SQL of a query that gives the numbers of the rows, with the parameters of `tokens_of(viewer)`."""

    def __init__(self, numbers: str):
        self._question = f"""
            SELECT m.*, CASE WHEN ROW(m.*) IS DISTINCT FROM
                            ROW(%(changing)s::text, %(changes)s::bigint, %(revision)s::bigint, %(viewer)s::text, %(day)s::text)
                        THEN ARRAY({numbers}) END
              FROM (SELECT {MARK}) m (changing, changes, revision, viewer, today)
        """
        self._remembered: CachedLookup[list[int]] = CachedLookup(REMEMBERED)

    def to(self, viewer: Viewer) -> list[int]:
        """One query. To be asked inside `viewing(viewer)`: else the lock shows the public's rows."""
        known, numbers = self._remembered.get(viewer)
        values = (known or NOTHING_KNOWN)._asdict()
        values |= {"day": values["today"], "today": today(), **tokens_of(viewer)}
        with connection.cursor() as cursor:
            cursor.execute(self._question, values)
            *mark, found = cursor.fetchone()
        if found is None and numbers is not None:
            return numbers
        self._remembered.keep(viewer, Mark(*mark), found)
        return found

    def forget(self) -> None:
        """For those who change databases: the next is looked up."""
        self._remembered.forget()
