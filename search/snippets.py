"""The part of a text in which the searched words stand, with each of their forms marked as the index matches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from search.normalisation import searched, words_in
from search.syntax import without_excluded

MOST_READ = 20_000  # characters of a text, from its beginning
LENGTH = 260  # characters
BEFORE = 60  # characters of it before the first word that is marked
# Of each language the words that have a stem in common with those asked for; both are folded already.
MARKED = """
    SELECT t.language, t.word FROM unnest(%(languages)s::text[], %(words)s::text[]) AS t (language, word)
    WHERE tsvector_to_array(to_tsvector(imap_stems(t.language), t.word))
          && tsvector_to_array(to_tsvector(imap_stems(t.language), %(asked)s))
"""


@dataclass(frozen=True)
class Part:
    """A piece of a snippet."""

    text: str
    is_marked: bool = False


def snippets(asked: str, texts: Sequence[tuple[str, str]]) -> list[list[Part]]:
    """For each (language, text) its part round the words; the beginning where they stand beside the text only.

    One question for all of them.
    """
    read = [_Read(language, text[:MOST_READ]) for language, text in texts]
    marked = _marked(without_excluded(asked), {(one.language, word) for one in read for *_, word in one.words})
    return [_snippet(one, marked) for one in read]


class _Read:
    """A text, and where its words stand, each as entries have it."""

    def __init__(self, language: str, text: str):
        self.language, self.text = language, text
        self.words = [(start, end, searched(text[start:end])) for start, end in words_in(text)]


def _marked(asked: str, words: set[tuple[str, str]]) -> set[tuple[str, str]]:
    if not words:
        return set()
    ordered = sorted(words)
    values: dict[str, Any] = {
        "asked": asked,
        "languages": [row[0] for row in ordered],
        "words": [row[1] for row in ordered],
    }
    with connection.cursor() as cursor:
        cursor.execute(MARKED, values)
        return set(cursor.fetchall())


def _snippet(read: _Read, marked: set[tuple[str, str]]) -> list[Part]:
    text, places = read.text, [(start, end) for start, end, word in read.words if (read.language, word) in marked]
    begins = _word_before(text, _best(places) - BEFORE) if places else 0
    ends = _word_before(text, begins + LENGTH) if len(text) > begins + LENGTH else len(text)
    parts, at = [Part("… ")] if begins else [], begins
    for start, end in places:
        if at <= start and end <= ends:
            parts += [Part(text[at:start]), Part(text[start:end], is_marked=True)]
            at = end
    parts += [Part(text[at:ends].rstrip()), *([Part(" …")] if ends < len(text) else [])]
    return [part for part in parts if part.text]


def _best(places: list[tuple[int, int]]) -> int:
    """Where the stretch begins that has most of them."""
    return max(places, key=lambda one: sum(one[0] <= start < one[0] + LENGTH - BEFORE for start, _ in places))[0]


def _word_before(text: str, at: int) -> int:
    """The beginning of a word at or before a place, as near as there is one."""
    return text.rfind(" ", 0, at) + 1 if at > 0 else 0
