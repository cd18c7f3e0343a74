"""Whether two headlines may be of one article: a correction keeps some of the words, another story has its own."""

from newscentre.stages.languages import SMALL_WORDS
from newscentre.stages.tokenizer import words_of

STEM = 5  # letters by which words are compared
SHARED_BY_TITLES, SHARED_BY_TEXTS = 0.4, 0.5  # of the words of the shorter one
FEWEST_OF_A_TEXT = 5  # words
SERIES = 2  # words besides the number by which “Bulletin 12” and “Bulletin 13” are two
SMALL = SMALL_WORDS["en"] | SMALL_WORDS["fr"] | {word.text for word in words_of("في من إلى على عن مع بعد قبل أن إن")}


def are_of_one_article(one: str, other: str, text: str = "", other_text: str = "") -> bool:
    """`one` and `other`: headlines; an unknown one speaks against nothing. `text`, `other_text`: excerpts, or empty."""
    if not one or not other:
        return True
    mine, theirs = _words(one), _words(other)
    if mine == theirs:
        return bool(mine) or one == other
    numbers, other_numbers = _numbers(mine), _numbers(theirs)
    if numbers and other_numbers and not numbers & other_numbers and len(mine & theirs) <= SERIES:
        return False
    if len(mine & theirs) >= SHARED_BY_TITLES * (min(len(mine), len(theirs)) or 1):
        return True
    said, said_too = _words(text), _words(other_text)
    shorter = min(len(said), len(said_too))
    return shorter >= FEWEST_OF_A_TEXT and len(said & said_too) >= SHARED_BY_TEXTS * shorter


def plainly(title: str) -> str:
    """A headline's words alone, by which two that differ in dots and capitals are the same."""
    return " ".join(word.text for word in words_of(title)) or title


def _words(text: str) -> frozenset[str]:
    texts = ((word.bare or word.forms)[-1] for word in words_of(text))
    return frozenset(text if text.isdecimal() else text[:STEM] for text in texts if text not in SMALL)


def _numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word.isdecimal())
