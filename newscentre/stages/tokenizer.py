"""Splits a line into words for comparison, regardless of case, accents, Arabic letter forms and joined particles."""

import re
from dataclasses import dataclass

from search.normalisation import SMALL, spelled

ARABIC = re.compile(r"[\u0620-\u064a]")
AND_THEN, TO_LIKE_BY, ARTICLE, TO_THE = ("و", "ف"), ("ل", "ك", "ب"), "ال", "لل"
SHORTEST = 3  # letters that must remain of a word


@dataclass(frozen=True)
class Word:
    """`forms`: how it may be meant, itself first, since Arabic joins “and”, “to” and “by” to a word.

    `bare`: those forms without the article, where they have one.
    """

    forms: tuple[str, ...]
    bare: tuple[str, ...]
    has_capital: bool

    @property
    def text(self) -> str:
        return self.forms[0]


def words_of(text: str) -> list[Word]:
    return [_word(found) for found in spelled(text).split()]


def _word(found: str) -> Word:
    text, has_capital = found.translate(SMALL), found[0].isupper()
    if not ARABIC.match(text):
        return Word((text,), (), has_capital)
    forms = [text]
    for particles in (AND_THEN, TO_LIKE_BY):
        forms += [form[1:] for form in forms if form.startswith(particles) and len(form) > SHORTEST]
    bare = [without_article(form) for form in forms if form != without_article(form)]
    bare += [form[2:] for form in forms if form.startswith(TO_THE) and len(form) >= SHORTEST + 2]
    return Word(tuple(forms), tuple(bare), has_capital)


def without_article(word: str) -> str:
    return word[2:] if word.startswith(ARTICLE) and len(word) >= SHORTEST + 2 else word
