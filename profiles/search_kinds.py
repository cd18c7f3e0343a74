"""Sections of published profiles as search finds them: each text apart, since each has readers of its own."""

from collections.abc import Sequence
from html import unescape
from re import sub

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access import tokens
from access.viewer import Viewer
from access.visibility import readers_of
from accounts.requests import ReaderRequest
from atlas.models import NameVariant, Subject
from profiles.models import Edition, EditionText
from profiles.read_log import note_texts
from profiles.shown_editions import shown_editions
from search.kinds import Kind
from search.normalisation import folded

SHOWN = ("edition__profile__subject", "edition__profile__dialogue", "section__heading", "section__profile__dialogue")


def seen_by(viewer: Viewer) -> QuerySet[EditionText]:
    """Texts of the newest edition of each profile that this viewer is shown."""
    texts = EditionText.objects.visible_to(viewer).filter(edition__in=shown_editions(viewer))
    return texts.select_related(*SHOWN)


def plain_text(text: EditionText, language: str) -> tuple[str, str]:
    """(language, text) without markup; a cited figure is an ellipsis, as its number has readers of its own."""
    without_figures = sub(r"<data\b[^>]*>[^<]*</data>", "…", text.html)
    return text.language, " ".join(unescape(sub(r"<[^>]*>", " ", without_figures)).split())


def note(request: ReaderRequest, texts: Sequence[EditionText]) -> None:
    note_texts(request, [text for text in texts if tokens.PUBLIC not in readers_of(text)])


def names_beginning(viewer: Viewer, begun: str) -> list[str]:
    """Subjects with a profile that the viewer may see, matched in any language or spelling, shown in the page's."""
    subjects = Edition.objects.visible_to(viewer).values("profile__subject")
    wanted = folded(begun)
    if not wanted:
        return []
    spellings = list(NameVariant.objects.filter(subject__in=subjects).values_list("subject", "text"))
    for row in Subject.objects.filter(pk__in=subjects).values_list("pk", "name_en", "name_fr", "name_ar"):
        spellings += [(row[0], name) for name in row[1:] if name]
    begin_so = {pk for pk, name in spellings if folded(name).startswith(wanted)}
    return sorted(subject.name for subject in Subject.objects.filter(pk__in=begin_so))


KIND = Kind(
    "profile", _("Profiles"), seen_by, "profiles/found.html",
    text=plain_text, once_by=("edition", "section"), note=note, suggest=names_beginning, view="profiles_editiontext_entries", position=10,
)  # fmt: skip
