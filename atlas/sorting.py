"""Sorts names as each language does, without a system library.

Arabic leaves the article ال aside and takes the forms of alef, ya and ta marbuta as one letter; English and French
leave accents, capitals and signs aside.
"""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.utils.translation import get_language

Item = TypeVar("Item")

ARABIC_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": None}
)
SKIPPED = str.maketrans(dict.fromkeys("'’-–*()«»“”\"", " "))


def sort_key(name: str, language: str | None = None) -> tuple[str, str]:
    """What to compare names by; the name itself decides between equal ones."""
    text = name.translate(SKIPPED)
    if (language or get_language() or "en").startswith("ar"):
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
        # The article first: once أ is ا, the beginning of ألبانيا would pass for it.
        text = " ".join(word.removeprefix("ال") for word in text.split()).translate(ARABIC_LETTERS)
    else:
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(text.casefold().split()), name


def in_reading_order(items: Iterable[Item], name: Callable[[Item], str] = str) -> list[Item]:
    """Sorted by name as the reader's language sorts."""

    def key(item: Item) -> Any:
        return sort_key(name(item))

    return sorted(items, key=key)
