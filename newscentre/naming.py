"""A filter of the news in words: “Arabic, remittances, Morocco”."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from access.viewer import Viewer
from atlas import wording
from atlas.models import Dialogue
from newscentre.filters import Filters, day_of, subjects_called
from newscentre.listing import publishers_for
from newscentre.models import Category


def in_words(filters: Filters, viewer: Viewer) -> str:
    """Empty when nothing is filtered. Words that name nothing the viewer may know stay as they were written."""
    return _(", ").join(_parts(filters, viewer))


def _parts(filters: Filters, viewer: Viewer) -> Iterator[str]:
    if filters.language:
        yield wording.language(filters.language)
    if filters.category:
        category = Category.objects.sayable_to(viewer).filter(pk=filters.category).first()
        yield category.name if category else filters.category
    if filters.subject:
        subject = subjects_called(filters.subject, viewer).first()
        yield subject.name if subject else filters.subject
    if filters.dialogue:
        dialogue = Dialogue.objects.filter(pk=filters.dialogue).first()
        yield dialogue.short_name if dialogue else filters.dialogue
    if filters.publisher:
        named = {publisher.slug: publisher.name for publisher in publishers_for(viewer)}
        yield named.get(filters.publisher, filters.publisher)
    if filters.since:
        yield _("since %(day)s") % {"day": _day(filters.since)}
    if filters.until:
        yield _("until %(day)s") % {"day": _day(filters.until)}


def _day(text: str) -> str:
    day = day_of(text)
    return wording.day(day) if day else text
