"""Letters as they are compared: one form for what readers and the press write in several.

`search/migrations/0002_functions.py` says the same in SQL, as `imap_folded`. Pure: no database.
"""

import unicodedata

ONE_FOR_SEVERAL = {"ى": "ي", "ة": "ه", "ٱ": "ا", "ـ": ""}
ONE_FOR_SEVERAL |= {"œ": "oe", "Œ": "Oe", "æ": "ae", "ß": "ss", "ı": "i", "ø": "o", "ł": "l"}
LETTERS = str.maketrans(ONE_FOR_SEVERAL)


def folded(text: str) -> str:
    """Without accents, vowel signs and tatweel, one letter for the forms of alef, ya and ta marbuta, digits as 0 to 9."""
    plain = unicodedata.normalize("NFKD", text.translate(LETTERS))
    return "".join(_digit(letter) for letter in plain if not unicodedata.combining(letter)).translate(LETTERS)


def _digit(letter: str) -> str:
    return str(unicodedata.digit(letter)) if letter.isdigit() and not letter.isascii() else letter
