"""Finds records by words: those that the viewer may see, best first among the newest, with counts up to a thousand."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import OperationalError, connection, transaction
from django.utils.translation import get_language

from access.viewer import Viewer
from access.viewing import remembered
from access.visibility import sees, tokens_of
from search.kinds import Kind
from search.models import Readers
from search.snippets import Part, snippets
from search.syntax import normalise_query, tsqueries

MOST_COUNTED = 1000  # an exact count of a common word costs more than everything else
MOST_RANKED = 500  # newest matches among which the best come first
PER_PAGE = 20
MOST_SECONDS = 5.0  # of the database, for one question
CANCELLED = "57014"  # SQLSTATE of a statement that took too long

# Entries in each language are asked in its own stems. The question is folded as the entries are (`search.syntax`). What is
# for others is left out here already; the protected row decides.
STEMS = {"en": "english", "fr": "french", "ar": "arabic"}
MATCHES = " OR ".join(
    [f"(e.language = '{code}' AND e.vector @@ %({stems})s::tsquery)" for code, stems in STEMS.items()]
    + ["(e.language NOT IN ('en', 'fr', 'ar') AND e.vector @@ %(simple)s::tsquery)"]
)
IN_ITS_STEMS = " ".join(f"WHEN '{code}' THEN %({stems})s::tsquery" for code, stems in STEMS.items())
RANKED = f"""
    SELECT e.record, e.language, e.at, ts_rank(e.vector, CASE e.language {IN_ITS_STEMS} ELSE %(simple)s::tsquery END)
    FROM {{table}} e WHERE e.kind = %(kind)s AND ({MATCHES})
        AND (%(language)s = '' OR e.language = %(language)s)
        AND (%(begins)s::timestamptz IS NULL OR e.at >= %(begins)s AND e.at < %(ends)s){{seen}}
    ORDER BY e.at DESC, e.record DESC LIMIT %(most)s
"""
NEWEST = RANKED.format(table="search_entry", seen="")
# What is restricted is asked by number of its readers, of whom there are few sets.
SEEN = " AND ".join(sees("r", column) for column in ("audience", *Readers.further_audiences))
# The policy of what is restricted asks this, of all stems together, so that the index of words serves it: see `imap_asked`.
# An entry has a word for its readers, so that the index leaves out what is for others.
ALL_STEMS = " || ".join(f"%({stems})s::tsquery" for stems in (*STEMS.values(), "simple"))
FOR_THEM = f"SELECT string_agg(quote_literal('§' || r.id), ' | ') FROM search_readers r WHERE {SEEN}"
ASK = f"""
    SELECT set_config('imap.asked', (({ALL_STEMS}) && coalesce(({FOR_THEM}), quote_literal('§'))::tsquery)::text, true)
"""
NEWEST_RESTRICTED = RANKED.format(
    table="search_restricted_entry",
    seen=f" AND e.readers_id = ANY (ARRAY(SELECT r.id FROM search_readers r WHERE {SEEN}))",
)
# Once all is found, whoever reads entries later in the transaction asks for none in particular.
NEWEST_OF_BOTH = f"""
    WITH found (record, language, at, rank) AS MATERIALIZED (({NEWEST}) UNION ALL ({NEWEST_RESTRICTED})),
        answered AS MATERIALIZED (SELECT set_config('imap.asked', '', true) FROM (SELECT count(*) FROM found) counted)
    SELECT found.* FROM found, answered ORDER BY found.at DESC, found.record DESC LIMIT %(most)s
"""


class TookTooLong(Exception):
    """The database gave up: the words are too common together."""


class Match(NamedTuple):
    record: int
    language: str
    at: datetime
    rank: float


@dataclass(frozen=True)
class Facets:
    """What is asked for beside the words; empty or None where all is."""

    language: str = ""
    year: int | None = None

    def values(self) -> dict[str, Any]:
        begins, ends = (
            (datetime(year, 1, 1, tzinfo=UTC) for year in (self.year, self.year + 1)) if self.year else (None, None)
        )
        return {"language": self.language, "begins": begins, "ends": ends}


EVERYTHING = Facets()


@dataclass(frozen=True)
class Hit:
    """A record, and of its text the part in which the words stand. `language`: of that text."""

    record: Any
    language: str
    snippet: list[Part]


@dataclass
class Found:
    """`hits`: of the page that was asked for; `number`: how many are found among the newest thousand entries that match.

    `is_counted_out`: whether more entries match than were counted. `languages` and `years`: how many there are in each, of
    all that the words find, whatever was asked for beside them.
    """

    words: str
    number: int = 0
    is_counted_out: bool = False
    hits: list[Hit] = field(default_factory=list)
    has_more: bool = False
    languages: list[tuple[str, int]] = field(default_factory=list)
    years: list[tuple[int, int]] = field(default_factory=list)

    @property
    def records(self) -> list[Any]:
        return [hit.record for hit in self.hits]


def search(
    viewer: Viewer,
    words: str,
    kind: Kind,
    narrowing: Facets = EVERYTHING,
    *,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Found:
    """Records of one kind. Six questions at most, whatever is found. Raises TookTooLong."""
    found = Found(normalise_query(words))
    if not found.words:
        return found
    with _in_time():
        asked = _asked(found.words, kind.names(viewer) if kind.names else ())
        everything = matches = _newest(viewer, kind, asked, EVERYTHING)
        if narrowing != EVERYTHING:
            matches = _newest(viewer, kind, asked, narrowing)
    thing_of = _visible(viewer, kind, {row.record for row in (*everything, *matches)})
    _count(found, [row for row in everything if row.record in thing_of], thing_of)
    found.is_counted_out = len(matches) > MOST_COUNTED
    ranked = [row for row in matches[:MOST_COUNTED] if row.record in thing_of]
    found.number = len({thing_of[row.record] for row in ranked})
    best = _once_each(sorted(ranked[:MOST_RANKED], key=lambda row: row.rank, reverse=True), thing_of)
    shown = best[(page - 1) * per_page : page * per_page]
    found.has_more = len(best) > page * per_page
    found.hits = _hits(viewer, kind, found.words, shown)
    return found


def _visible(viewer: Viewer, kind: Kind, numbers: set[int]) -> dict[int, Hashable]:
    """The records that the viewer sees, each with what identifies it in all languages."""
    rows = kind.rows(viewer).filter(pk__in=numbers).values_list("pk", *kind.once_by) if numbers else ()
    return {pk: tuple(others) or pk for pk, *others in rows}


def _once_each(best_first: list[Match], thing_of: Mapping[int, Hashable]) -> list[Match]:
    """What is found in several languages stands where its best entry does, in the page's own if that is one."""
    once: dict[Hashable, Match] = {}
    for row in best_first:
        thing = thing_of[row.record]
        if thing not in once or row.language == get_language() != once[thing].language:
            once[thing] = row
    return list(once.values())


def _count(found: Found, rows: list[Match], thing_of: Mapping[int, Hashable]) -> None:
    languages = {(thing_of[row.record], row.language) for row in rows if row.language}
    years = {(thing_of[row.record], row.at.year) for row in rows}
    found.languages = Counter(language for _, language in languages).most_common()
    found.years = sorted(Counter(year for _, year in years).items(), reverse=True)


def _hits(viewer: Viewer, kind: Kind, words: str, shown: list[Match]) -> list[Hit]:
    rows = kind.rows(viewer).in_bulk([row.record for row in shown]) if shown else {}
    there = [row for row in shown if row.record in rows]
    texts = [kind.text(rows[row.record], row.language) if kind.text else ("", "") for row in there]
    parts = snippets(words, texts)
    return [Hit(rows[row.record], language, part) for row, (language, _), part in zip(there, texts, parts, strict=True)]


def _newest(viewer: Viewer, kind: Kind, asked: Mapping[str, str], narrowing: Facets) -> list[Match]:
    """The newest entries that match, of all or of those asked for. `asked`: stems → the question in them."""
    values: dict[str, Any] = {"kind": kind.name, "most": MOST_COUNTED + 1}
    values |= {**asked, **narrowing.values(), **tokens_of(viewer)}
    question = NEWEST if viewer.is_public else f"{ASK}; {NEWEST_OF_BOTH}"
    with connection.cursor() as cursor:
        # For the rest of the request, which asks for nothing that takes longer.
        cursor.execute(f"SET LOCAL statement_timeout = {int(MOST_SECONDS * 1000)}; {question}", values)
        return [Match(*row) for row in cursor.fetchall()]


def _asked(words: str, subjects: Iterable[int]) -> dict[str, str]:
    """Made once while there is one viewer, for all kinds that name the same subjects."""
    kept, key = remembered(), (tsqueries, words, tuple(subjects))
    if key not in kept:
        kept[key] = tsqueries(words, key[2])
    return kept[key]


@contextmanager
def _in_time() -> Iterator[None]:
    """Tells what was asked inside and did not end in time. Raises TookTooLong."""
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == CANCELLED:
            raise TookTooLong from error
        raise
