"""Which articles tell the same story, across publishers and languages.

Articles are compared by what no language owns (subjects, concepts, numbers) and, within a language, by their words too.
Precision comes before recall: two stories under one heading hide one of them, one story under two headings hides nothing.
The tests measure it on stories labelled by hand, part of which were written after the weights were chosen. They are short
and written by few hands, so that what is measured there is the most one may expect of the press.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice, zip_longest
from pathlib import Path
from uuid import UUID

from newscentre.stages.languages import SMALL_WORDS
from newscentre.stages.tag import Name, NameFinder
from newscentre.stages.tokenizer import words_of

WINDOW = timedelta(days=3)
WEIGHT_OF_SUBJECT, WEIGHT_OF_CONCEPT, WEIGHT_OF_NUMBER, WEIGHT_OF_WORD = 3.0, 2.0, 4.0, 1.0
SAME_LANGUAGE, OTHER_LANGUAGE = 0.62, 0.75  # share of what two articles say together that both say
LEAST_SHARED = 7.0  # weight that two articles share at least, so that short lines are not alike by chance
STEM = 5  # letters by which words of one language are compared
YEAR = re.compile(r"(?:19|20)\d\d")
ARABIC = """في من إلى على عن مع بعد قبل أن إن هذا هذه التي الذي قال خلال بين كما أو لم لا قد ما هو هي كان وقد حول"""
SMALL = frozenset().union(SMALL_WORDS["en"], SMALL_WORDS["fr"], (word.text for word in words_of(ARABIC)))


@dataclass(frozen=True)
class Story:
    """What an article is about, ready to be compared."""

    language: str
    published_at: datetime
    subjects: frozenset[str]
    concepts: frozenset[str]
    numbers: frozenset[str]
    stems: frozenset[str]

    @classmethod
    def of(
        cls, lines: Sequence[str], language: str, published_at: datetime, subjects: Iterable[str], concepts: NameFinder
    ) -> "Story":
        """`lines`: title and excerpt; `subjects`: keys of those they name; `concepts`: finds what no language owns."""
        said = " . ".join(lines)
        words = words_of(said)
        texts = [(word.bare or word.forms)[-1] for word in words]
        return cls(
            language=language,
            published_at=published_at,
            subjects=frozenset(subjects),
            concepts=frozenset(concepts.keys_in(said)),
            numbers=frozenset(
                text for text in texts if text.isdecimal() and len(text) > 1 and not YEAR.fullmatch(text)
            ),
            stems=frozenset(
                text[:STEM] for text in texts if len(text) > 2 and text not in SMALL and not text.isdecimal()
            ),
        )


def are_one(one: Story, other: Story) -> bool:
    """Whether two articles tell the same story."""
    if abs(one.published_at - other.published_at) > WINDOW or not one.subjects & other.subjects:
        return False
    if one.subjects - other.subjects and other.subjects - one.subjects:
        return False  # each names what the other does not
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        return False  # a toll that rises is another day's news
    is_one_language = one.language == other.language
    shared, said = _weights(one, other, with_words=is_one_language)
    return shared >= LEAST_SHARED and shared / said >= (SAME_LANGUAGE if is_one_language else OTHER_LANGUAGE)


def _weights(one: Story, other: Story, *, with_words: bool) -> tuple[float, float]:
    """The weight of what both say, and the mean of what each says."""
    shared = said = 0.0
    for name, weight in WEIGHTS.items():
        if name == "stems" and not with_words:
            continue
        mine, theirs = getattr(one, name), getattr(other, name)
        shared += weight * len(mine & theirs)
        said += weight * (len(mine) + len(theirs)) / 2
    return shared, said


WEIGHTS = {
    "subjects": WEIGHT_OF_SUBJECT,
    "concepts": WEIGHT_OF_CONCEPT,
    "numbers": WEIGHT_OF_NUMBER,
    "stems": WEIGHT_OF_WORD,
}


def clusters(stories: Sequence[Story]) -> list[int]:
    """For each story the position of the first one that tells the same.

    A story joins the cluster most of whose articles it agrees with, so that a chain of likenesses does not join strangers.
    """
    heads: list[int] = []
    members: dict[int, list[int]] = {}
    for at, story in enumerate(stories):
        head = next((head for head, within in members.items() if _belongs(story, [stories[one] for one in within])), at)
        members.setdefault(head, []).append(at)
        heads.append(head)
    return heads


def _belongs(story: Story, cluster: Sequence[Story]) -> bool:
    return sum(are_one(story, other) for other in cluster) * 2 >= len(cluster)


MOST_NEIGHBOURS = 120  # stories that one is held against: those nearest in time


class StoryIndex:
    """Stories of some days by subject and day, so that one is held against its neighbours alone, however many there are."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[str, date], list[tuple[Callable[[], Story], UUID]]] = defaultdict(list)

    def add(self, story: Story, name: UUID) -> None:
        self.add_unread(story.subjects, story.published_at.date(), lambda: story, name)

    def add_unread(self, subjects: Iterable[str], day: date, story: Callable[[], Story], name: UUID) -> None:
        """`story` makes it ready to be compared, once something has to be held against it."""
        kept = cache(story)
        for subject in subjects:
            self._by_place[subject, day].append((kept, name))

    def same_as(self, story: Story) -> UUID | None:
        """The name of one that tells the same: of the same day before the days around, and the last added first."""
        near = islice(self._near(story), MOST_NEIGHBOURS)
        return next((name for other, name in near if are_one(story, other())), None)

    def _near(self, story: Story) -> Iterator[tuple[Callable[[], Story], UUID]]:
        day = story.published_at.date()
        for away in sorted(range(-WINDOW.days, WINDOW.days + 1), key=abs):
            of_day = [self._by_place.get((subject, day + timedelta(days=away)), []) for subject in story.subjects]
            for held in zip_longest(*map(reversed, of_day)):  # in turn, so that no subject keeps another out
                yield from filter(None, held)


def names_of_concepts(file: Path) -> Iterator[Name]:
    """Reads `news_concepts.csv`: a concept and its words in three languages."""
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for language in ("en", "fr", "ar"):
                for word in row[language].split("|"):
                    yield Name(row["concept"], word.rstrip("*"), is_prefix=word.endswith("*"))
