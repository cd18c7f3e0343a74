"""The kinds of record of this room that search finds."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.log import note
from accounts.models import Action
from accounts.requests import ReaderRequest
from newscentre.calendar.listing import documents_seen, meetings_seen
from newscentre.library.listing import projects_seen, publications_seen
from newscentre.links.views import links_seen
from newscentre.listing import seen_by
from newscentre.models import Article
from search.entries import all_of, each_of
from search.kinds import Kind


def excerpt_of(article: Article) -> tuple[str, str]:
    return article.excerpt_language or article.title_language, article.excerpt


def about(row: Any) -> tuple[str, str]:
    """What is said of a meeting, publication or project, in the page's language."""
    return get_language() or "", row.about or ""


def note_restricted(request: ReaderRequest, rows: Sequence[Any]) -> None:
    """A line for each of which something is shown that not everyone may read."""
    for row in rows:
        if not row.is_open:
            note(Action.READ, request.user, dialogue=row.dialogue_id, objects=[row.log_name])


KINDS = (
    Kind("meeting", _("Meetings"), meetings_seen, "newscentre/calendar/found.html",
         text=about, note=note_restricted, rebuild=each_of("newscentre_meeting"), position=20),
    Kind("document", _("Documents"), documents_seen, "newscentre/calendar/found_document.html",
         rebuild=each_of("newscentre_meetingdocument"), position=25),
    Kind("publication", _("Publications"), publications_seen, "newscentre/library/found.html",
         text=about, note=note_restricted, rebuild=each_of("newscentre_publication"), position=30),
    Kind("project", _("Initiatives and projects"), projects_seen, "newscentre/library/found_project.html",
         text=about, note=note_restricted, rebuild=each_of("newscentre_project"), position=35),
    Kind("article", _("Articles"), seen_by, "newscentre/found.html",
         text=excerpt_of, rebuild=all_of("newscentre_entries"), position=40),
    Kind("link", _("Links"), links_seen, "newscentre/links/found.html",
         rebuild=each_of("newscentre_link"), position=45),
)  # fmt: skip
