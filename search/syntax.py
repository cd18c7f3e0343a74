"""The syntax of a search: "a phrase", -excluded, one or another."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.db import connection

from search.normalisation import ACUTE, APOSTROPHES, ARTICLES, searched

MOST_LETTERS, MOST_WORDS = 200, 16
QUOTES = re.compile('["“”„‟«»″‹›〝〞〟＂]')
TERM = re.compile(r'(?P<minus>(?<!\S)[-−](?=[^\s-]))?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
BEFORE_QUOTE = re.compile(rf'(?<!\w)(?:{ARTICLES}|[mt])[{APOSTROPHES}{ACUTE}]\s*(?=")', re.IGNORECASE)  # d’« asile »
JOINERS = "\u200c\u200d"  # of no width, but the letters beside them have other shapes
# Typed without its apostrophe an article stands in no entry that was written with it: it is asked for in phrases alone.
ELIDED = re.compile(r"\b(?:[dl]|qu) (?=[aeiouyh])")


def normalise_query(text: str) -> str:
    """The words as they are shown again: what is invisible left out, cut where nobody writes on."""
    shown = "".join(_shown(letter) for letter in text[: 4 * MOST_LETTERS])
    return " ".join(shown[:MOST_LETTERS].split()[:MOST_WORDS])


def _shown(letter: str) -> str:
    if letter.isprintable() or letter in JOINERS:
        return letter
    return "" if unicodedata.category(letter) == "Cf" else " "


QUESTIONS = ", ".join(
    f"imap_question('{stems}', %(words)s, subjects, names)::text AS {stems}"
    for stems in ("english", "french", "arabic", "simple")
)
# Each name is folded once for all stems.
TSQUERIES = f"""
    WITH named AS MATERIALIZED (
        SELECT array_agg(s.id) AS subjects, array_agg(imap_searched(said.name)) AS names
        FROM atlas_subject s
        CROSS JOIN LATERAL (
            VALUES (s.name_en), (s.name_fr), (s.name_ar)
            UNION SELECT v.text FROM atlas_namevariant v WHERE v.subject_id = s.id
        ) AS said (name)
        WHERE s.id = ANY (%(subjects)s::bigint[])
    )
    SELECT {QUESTIONS} FROM named
"""


def tsqueries(words: str, subjects: Iterable[int] = ()) -> dict[str, str]:
    """Stems → the question in them, as literals, by which the planner knows how rare a word is.

    `subjects`: those whose names stand for them in entries. The name of a subject that is not reference data is a word of
    no entry, since entries are read by those who may not be told of it: the entry holds a mark of the subject, and whoever
    may be told of it asks for the mark beside each word of the name and each phrase of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(TSQUERIES, {"words": as_websearch(words), "subjects": list(subjects)})
        return dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))


def as_websearch(words: str) -> str:
    """The question for `websearch_to_tsquery`, its words as entries have them: letters, digits, quotes, minus and `or` alone."""
    return " ".join(_terms(words))


def without_excluded(words: str) -> str:
    """The words that are looked for, for marking them."""
    return " ".join(term.replace('"', "") for term in _terms(words) if term != "or" and not term.startswith("-"))


def _terms(words: str) -> Iterator[str]:
    words = BEFORE_QUOTE.sub("", QUOTES.sub('"', words))
    plain: list[str] = []  # words that stand beside each other
    for found in TERM.finditer(words if words.count('"') % 2 == 0 else _without_last_quote(words)):
        is_phrase, minus = found["phrase"] is not None, "-" if found["minus"] else ""
        is_choice = not is_phrase and not minus and found["word"].lower() == "or"
        if not (is_phrase or minus or is_choice):
            plain.append(found["word"])
            continue
        yield from _each(plain)
        plain = []
        if is_choice:
            yield "or"
        elif said := searched(found["phrase"] if is_phrase else found["word"]):
            yield f'{minus}"{said}"'
    yield from _each(plain)


def _each(plain: list[str]) -> Iterator[str]:
    """Folded together, since what an apostrophe means may depend on the word after it."""
    said = ELIDED.sub("", searched(" ".join(plain)))
    yield from ('"or"' if word == "or" else word for word in said.split())


def _without_last_quote(words: str) -> str:
    before, _, after = words.rpartition('"')
    return f"{before} {after}"
