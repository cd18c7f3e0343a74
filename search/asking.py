"""Finds records by words: those that the viewer may see, best first among the newest, with counts that stop at a thousand."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from access.viewer import Viewer
from access.visibility import tokens_of
from search.kinds import KINDS, Kind

MOST_LETTERS, MOST_WORDS = 200, 16
MOST_COUNTED = 1000  # an exact count of a common word costs more than everything else
MOST_RANKED = 500  # newest matches among which the best come first
PER_PAGE = 20

# Entries in each language are asked in its own stems. The query is folded as the entries are, and names stand in every
# spelling in each entry. What is hidden by an entry's audiences is left out here already; the protected row decides.
ONE_LANGUAGE = "(e.language = '{code}' AND e.vector @@ websearch_to_tsquery('{stems}', imap_searched(%(words)s)))"
OTHERS = (
    "(e.language NOT IN ('en', 'fr', 'ar') AND e.vector @@ websearch_to_tsquery('simple', imap_searched(%(words)s)))"
)
MATCHES = " OR ".join(
    [
        ONE_LANGUAGE.format(code=code, stems=stems)
        for code, stems in (("en", "english"), ("fr", "french"), ("ar", "arabic"))
    ]
    + [OTHERS]
)
SEEN = " AND ".join(
    f"(e.{column} IS NULL OR e.{column} && %(tokens)s::text[] AND (%(within)s::text[] IS NULL OR e.{column} && %(within)s::text[]))"
    for column in ("audience", "parents")
)
NEWEST = f"""
    SELECT e.record, e.language,
           ts_rank(e.vector, websearch_to_tsquery(imap_stems(e.language), imap_searched(%(words)s)))
    FROM search_entry e WHERE e.kind = %(kind)s AND ({MATCHES}) AND {SEEN} AND (%(language)s = '' OR e.language = %(language)s)
    ORDER BY e.at DESC, e.record DESC LIMIT %(most)s
"""


@dataclass
class Found:
    """`records`: of the page that was asked for; `number`: how many are found, at most a thousand and one."""

    words: str
    number: int = 0
    records: list[Any] = field(default_factory=list)
    has_more: bool = False

    @property
    def is_counted_out(self) -> bool:
        """Whether there are more than were counted."""
        return self.number > MOST_COUNTED


def as_asked(text: str) -> str:
    """Words in the grammar of search: "a phrase", -excluded, one or another; cut where nobody writes on."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown[:MOST_LETTERS].split()[:MOST_WORDS])


def search(viewer: Viewer, words: str, *, kind: str, language: str = "", page: int = 1) -> Found:
    """Records of one kind. Three questions at most, whatever is found."""
    found = Found(as_asked(words))
    if not found.words:
        return found
    of = KINDS[kind]
    ranked = _newest(viewer, of, found.words, language)
    visible = set(of.rows(viewer).filter(pk__in=[pk for pk, *_ in ranked]).values_list("pk", flat=True))
    ranked = [row for row in ranked if row[0] in visible]
    found.number = len(ranked)
    best = sorted(ranked[:MOST_RANKED], key=lambda row: row[2], reverse=True)
    shown = [pk for pk, *_ in best[(page - 1) * PER_PAGE : page * PER_PAGE]]
    rows = of.rows(viewer).in_bulk(shown)
    found.records = [rows[pk] for pk in shown if pk in rows]
    found.has_more = len(best) > page * PER_PAGE
    return found


def _newest(viewer: Viewer, kind: Kind, words: str, language: str) -> list[tuple[int, str, float]]:
    """(record, language, rank) of the newest entries that match, of every language or one."""
    values: dict[str, Any] = {"words": words, "kind": kind.name, "language": language, "most": MOST_COUNTED + 1}
    values |= tokens_of(viewer)
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, values)
        return cursor.fetchall()
