"""Labels for the filters of a news list (“Arabic, remittances, Morocco”), and names of partners."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from access.viewer import Viewer
from atlas import wording
from atlas.models import Dialogue
from atlas.sorting import in_reading_order
from newscentre.articles.filters import Filters, day_of, subjects_called
from newscentre.articles.listing import publishers_for
from newscentre.models import Category, Watch


@dataclass(frozen=True)
class Named:
    """Slug → name, of what filters ask for and a viewer may be told of."""

    categories: Mapping[str, str]
    subjects: Mapping[str, str]
    dialogues: Mapping[str, str]
    publishers: Mapping[str, str]

    @classmethod
    def by(cls, asked: Iterable[Filters], viewer: Viewer) -> "Named":
        """One question for each kind that is asked for, however many filters there are."""
        wanted = {
            kind: {word for filters in asked if (word := getattr(filters, kind))}
            for kind in ("category", "subject", "dialogue", "publisher")
        }
        return cls(*(_NAMES[kind](words, viewer) if words else {} for kind, words in wanted.items()))


_NAMES = {
    "category": lambda words, viewer: {
        row.pk: row.name for row in Category.objects.sayable_to(viewer).filter(pk__in=words)
    },
    "subject": lambda words, viewer: {row.slug: row.name for row in reversed(list(subjects_called(words, viewer)))},
    "dialogue": lambda words, viewer: {
        row.pk: row.short_name for row in Dialogue.objects.visible_to(viewer).filter(pk__in=words)
    },
    "publisher": lambda words, viewer: {row.slug: row.name for row in publishers_for(viewer) if row.slug in words},
}


def in_words(filters: Filters, viewer: Viewer) -> str:
    """Empty when nothing is filtered. Words that name nothing the viewer may know stay as they were written."""
    return _(", ").join(said or written for said, written in _parts(filters, Named.by([filters], viewer)))


def labels_of(watches: Iterable[Watch], viewer: Viewer) -> dict[int, str]:
    """Number of a saved search → the name that its reader gave it, else what it looks for.

    Where it looks for something of which the reader may no longer be told, neither names it.
    """
    asked = {watch: Filters.of(QueryDict(watch.query)) for watch in watches}
    named = Named.by(list(asked.values()), viewer)
    labels = {}
    for watch, filters in asked.items():
        parts = [said for said, _written in _parts(filters, named)]
        composed = _(", ").join(said or _("no longer available") for said in parts)
        labels[watch.pk] = watch.name if watch.name and all(parts) else composed
    return labels


def _parts(filters: Filters, named: Named) -> Iterator[tuple[str, str]]:
    """What is asked for in words (empty where that may not be said), and as it was written."""
    if filters.language:
        yield wording.language(filters.language), filters.language
    if filters.category:
        yield named.categories.get(filters.category, ""), filters.category
    if filters.subject:
        yield named.subjects.get(filters.subject, ""), filters.subject
    if filters.dialogue:
        yield named.dialogues.get(filters.dialogue, ""), filters.dialogue
    if filters.publisher:
        yield named.publishers.get(filters.publisher, ""), filters.publisher
    if filters.since:
        yield _("since %(day)s") % {"day": _day(filters.since)}, filters.since
    if filters.until:
        yield _("until %(day)s") % {"day": _day(filters.until)}, filters.until


def _day(text: str) -> str:
    day = day_of(text)
    return wording.day(day) if day else text


def partners_by_name(partners, viewer: Viewer) -> list[str]:
    """The partners that the viewer may be told of, sorted by name in the reader's language."""
    return in_reading_order([row.display_name for row in partners.sayable_to(viewer).select_related("subject")])
