"""Normalises letters for comparison: one form for what readers and the press write in several. Pure: no database.

The table is `LETTERS`, and with it `SMALL`, of what NFKD has left; `search.letters_in_sql` makes the database's functions of the same two, so that
index, question, snippet, tagging and suggestion take a word for the same, however it is spelled.
"""

import re
import unicodedata
from collections.abc import Callable

APOSTROPHES = "'’‘‛`ʹʻʼʽʾʿˈˊˋ′‵՚׳ꞌꞋ"
HYPHENS = "-\u2010\u2011"
ACUTE = "\u00b4"  # typed for an apostrophe; NFKD makes a space and an accent of it
ONE_FOR_SEVERAL = dict.fromkeys("ىیېےٸ", "ي") | dict.fromkeys("ةہھەۃ", "ه") | {"ٱ": "ا"}
# Letters beside the Arabic alphabet, as they are written where a keyboard has no others.
ONE_FOR_SEVERAL |= dict.fromkeys("کڪگڭ", "ك") | dict.fromkeys("پٮ", "ب") | dict.fromkeys("ڤڥ", "ف")
ONE_FOR_SEVERAL |= {"چ": "ج", "ژ": "ز", "ڨ": "ق", "ں": "ن"}
ONE_FOR_SEVERAL |= {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ß": "ss", "ẞ": "Ss", "þ": "th", "Þ": "Th"}
ONE_FOR_SEVERAL |= {"ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T"}  # fmt: skip
ONE_FOR_SEVERAL |= dict.fromkeys(APOSTROPHES, "'") | {"ـ": "", ".": "."}

LEFT_OUT = {"Mn", "Me", "Cf"}  # vowel signs, accents, what is invisible
APART = "PSZCN"  # punctuation, signs, spaces, controls; and numbers that are no digits


KEPT = 0x10000  # of the letters above nobody writes so many that what they become is worth keeping


class Table(dict[int, str]):
    """What each letter becomes; made when it is first asked for."""

    def __init__(self, make: Callable[[str], str]):
        super().__init__()
        self._make = make

    def __missing__(self, code: int) -> str:
        made = self._make(chr(code))
        if code < KEPT:
            self[code] = made
        return made


def _small(letter: str) -> str:
    small = unicodedata.normalize("NFKD", letter.casefold())
    return small.translate(LETTERS) if len(small) == 1 else letter


def _made(letter: str) -> str:
    if letter in ONE_FOR_SEVERAL:
        return ONE_FOR_SEVERAL[letter]
    category = unicodedata.category(letter)
    if category in LEFT_OUT:
        return ""
    if (digit := unicodedata.digit(letter, None)) is not None:
        return str(digit)
    return " " if category[0] in APART and category != "Cn" else letter


LETTERS, SMALL = Table(_made), Table(_small)

ARTICLES = "[lcdjns]|qu|jusqu|lorsqu|puisqu|quoiqu"  # French, elided before a vowel or a mute h

# Of small letters between spaces, in PostgreSQL's grammar and Python's: what is meant, what must stand there for it to be
# looked for, and what it becomes.
SPELLINGS = (
    (r"(?<=[^a-z][a-z])[.](?=[a-z][^a-z])", r"[^a-z][a-z][.][a-z][^a-z]", ""),  # u.n. is un
    (r"(?<=[a-z])'s(?![a-z])", "'s", ""),  # Morocco's
    (rf"(?<![a-z])(?:(?:{ARTICLES})'[' ]*(?=[aeiouyh0-9])|[mt]'[' ]*(?=[aeiouy0-9]))", "'", ""),  # l'asile
)
LAST = {".": " ", "'": ""}
SPACES = "  +"
# What Arabic joins before a word, and its article, since the stemmer cuts the ending of a word that has them otherwise than of
# one that has not.
JOINED = ("(^|[^ء-ي])[وف]?[بك]?(?:ال|لل)(?=[ء-ي]{3})", r"\1")

_SPELLINGS = [(re.compile(pattern, re.ASCII | re.IGNORECASE), other) for pattern, _, other in SPELLINGS]
_LAST, _SPACES, _JOINED = str.maketrans(LAST), re.compile(SPACES), re.compile(JOINED[0])


def _shape(letter: str) -> str:
    """Whether a letter is of a word, as `x`, joins two, or stands between words."""
    if letter in HYPHENS:
        return "-"
    plain = unicodedata.normalize("NFKD", letter).translate(LETTERS)
    return "x" if not plain or plain.strip(" .") or letter == ACUTE else " "


_SHAPES, _WORD = Table(_shape), re.compile("x+(?:-x+)*")


def words_in(text: str) -> list[tuple[int, int]]:
    """Where each word begins and ends, by what its letters become; those that hyphens join are shown as one."""
    return [found.span() for found in _WORD.finditer(text.translate(_SHAPES))]


def spelled(text: str) -> str:
    """Words with single spaces between, each in one spelling; capitals stay."""
    plain = f" {unicodedata.normalize('NFKD', text.replace(ACUTE, chr(39))).translate(LETTERS)} "
    for pattern, other in _SPELLINGS:
        plain = pattern.sub(other, plain)
    return _SPACES.sub(" ", plain.translate(_LAST)).strip(" ")


def folded(text: str) -> str:
    """`spelled` in small letters, for comparing."""
    return spelled(text).translate(SMALL)


def searched(text: str) -> str:
    """A text as it is indexed and searched: without articles and without joined Arabic particles."""
    return _JOINED.sub(JOINED[1], folded(text))
