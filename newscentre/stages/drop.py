"""Rules that drop entries before they are stored, by words, language or category."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from newscentre.stages.clean import Item
from newscentre.stages.tag import Name, NameFinder, Tags


@dataclass(frozen=True)
class Drops:
    """Rules of one feed, any of which is enough.

    `words`: of title, excerpt and the publisher's own categories, a star standing for any ending; `languages`: codes of
    the title, else of the excerpt; `categories`: slugs.
    """

    words: Sequence[str] = ()
    languages: Sequence[str] = ()
    categories: Sequence[str] = ()
    _finder: NameFinder = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = [Name(word, word.rstrip("*"), is_prefix=word.endswith("*")) for word in self.words]
        object.__setattr__(self, "_finder", NameFinder(names))

    def __bool__(self) -> bool:
        return any((self.words, self.languages, self.categories))

    def drops(self, item: Item, tags: Tags) -> bool:
        said = " . ".join((item.title.text, item.excerpt.text, *item.words))
        by_language = item.language in self.languages
        return by_language or bool(set(self.categories) & set(tags.categories)) or bool(self._finder.keys_in(said))
