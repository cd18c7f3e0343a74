"""Which subjects an article names and which categories it belongs to, by names and words in three languages.

Of several names that begin at a word, the longest is meant: Guinea-Bissau is not Guinea.
"""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from newscentre.stages.clean import Item
from newscentre.stages.tokenizer import Word, without_article, words_of
from search.normalisation import folded

LANGUAGES = ("en", "fr", "ar")
SHORT_NAME = 3  # letters: names of so few are also other words (Van, Kos), so that a word of place must precede
# Names that are common words too: Arabic Mali is “financial”, Benin “sons”.
ALSO_A_WORD = {folded(word) for word in ("مالي", "بنين", "van")}
BEFORE_PLACES = """in at from to near of dans en au à de du vers depuis près في من إلى نحو شمال جنوب شرق غرب وسط دولة جمهورية
    حكومة جيش بين عبر داخل حدود عاصمة"""
PLACE_WORDS = {folded(word) for word in BEFORE_PLACES.split()}


@dataclass(frozen=True)
class Name:
    """`key`: of what is named, or empty for a name that only hides a shorter one inside.

    `is_place`: it stands for itself, not as an adjective; `is_prefix`: words that begin so are meant.
    """

    key: str
    text: str
    needs_capital: bool = False
    is_place: bool = False
    is_prefix: bool = False


@dataclass(frozen=True)
class _Pattern:
    key: str
    words: tuple[str, ...]
    needs_capital: bool
    is_prefix: bool
    is_place: bool
    needs_place: bool

    def fits(self, words: list[Word], at: int) -> bool:
        """Whether the name stands at this word."""
        end = at + len(self.words)
        if end > len(words) or (self.needs_capital and not words[at].has_capital):
            return False
        if not all(self._is(word, place) for place, word in enumerate(words[at:end])):
            return False
        return not self.needs_place or (at > 0 and not PLACE_WORDS.isdisjoint(words[at - 1].forms))

    def _is(self, word: Word, place: int) -> bool:
        expected = without_article(self.words[place])
        # A place has its article or has none: al-mali is no country, but “the financial”.
        takes_article = not self.is_place or expected != self.words[place]
        forms = word.forms + word.bare if takes_article else word.forms
        if self.is_prefix and place == len(self.words) - 1:
            return any(form.startswith(expected) for form in forms)
        return expected in forms


class NameFinder:
    """Finds names in lines. Built once; holds every name by the first letters of its first word."""

    def __init__(self, names: Iterable[Name]):
        self._by_beginning: dict[str, list[_Pattern]] = defaultdict(list)
        for pattern in {made for name in names if (made := _pattern(name))}:
            self._by_beginning[without_article(pattern.words[0])[:2]].append(pattern)
        for patterns in self._by_beginning.values():
            patterns.sort(key=lambda pattern: (-len(pattern.words), pattern.is_prefix, pattern.key))

    def keys_in(self, text: str) -> list[str]:
        """Keys of what the text names, each once, in the order of naming."""
        words, at, found = words_of(text), 0, {}
        while at < len(words):
            here = self._named_at(words, at)
            found |= dict.fromkeys(pattern.key for pattern in here if pattern.key)
            at += len(here[0].words) if here else 1
        return list(found)

    def _named_at(self, words: list[Word], at: int) -> list[_Pattern]:
        """The longest names that stand here; two things may have one name (Tunis in Arabic)."""
        beginnings = dict.fromkeys(form[:2] for form in words[at].forms + words[at].bare)
        fitting = [
            pattern
            for beginning in beginnings
            for pattern in self._by_beginning.get(beginning, ())
            if pattern.fits(words, at)
        ]
        longest = max((len(pattern.words) for pattern in fitting), default=0)
        return [pattern for pattern in fitting if len(pattern.words) == longest]


def _pattern(name: Name) -> _Pattern | None:
    words = tuple(word.text for word in words_of(name.text))
    if not words:
        return None
    is_latin = words[0].isascii()
    is_short = is_latin and len(words[0]) <= SHORT_NAME and not name.text.isupper()
    needs_place = name.is_place and len(words) == 1 and (is_short or words[0] in ALSO_A_WORD)
    return _Pattern(name.key, words, name.needs_capital and is_latin, name.is_prefix, name.is_place, needs_place)


@dataclass(frozen=True)
class Tags:
    subjects: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tagger:
    subjects: NameFinder
    categories: NameFinder

    def tags_of(self, item: Item) -> Tags:
        """What the title names comes first. The publisher's own words count for categories."""
        lines = f"{item.title.text} . {item.excerpt.text}"
        said = f"{lines} . {' . '.join(item.words)}"
        return Tags(tuple(self.subjects.keys_in(lines)), tuple(self.categories.keys_in(said)))


def names_of_the_press(file: Path) -> Iterator[Name]:
    """Capitals and adjectives of countries, from the file `press_names.csv`; keys are the countries' slugs."""
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for language in LANGUAGES:
                yield from (Name(row["slug"], text, True, True) for text in _several(row[f"capital_{language}"]))
                for text in _several(row[f"people_{language}"]):
                    yield from (Name(row["slug"], form, language == "en") for form in forms_of_people(text, language))


def words_of_categories(file: Path) -> Iterator[Name]:
    """Reads `news_categories.toml`; keys are the categories' slugs."""
    for row in tomllib.loads(file.read_text(encoding="utf-8"))["category"]:
        for language in LANGUAGES:
            for word in row[f"words_{language}"]:
                yield Name(row["slug"], word.rstrip("*"), is_prefix=word.endswith("*"))


def _several(cell: str) -> list[str]:
    return [text for text in cell.split("/") if text]


def forms_of_people(text: str, language: str) -> list[str]:
    """The forms of an adjective: marocain, marocaine, marocains, marocaines; مغربي، مغربية، مغربيون …"""
    if language == "en":
        return [text, f"{text}s"]
    if language == "ar":
        return [text, *(text + ending for ending in ("ة", "ون", "ين", "ات"))] if text.endswith("ي") else [text]
    feminine = f"{text}ne" if re.search(r"(?:i|é)en$", text) else text if text.endswith("e") else f"{text}e"
    plural = text if text.endswith("s") else f"{text}s"
    return list(dict.fromkeys([text, feminine, plural, f"{feminine}s"]))
