"""The kinds of record of this room that search finds."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access.viewer import Viewer
from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from newscentre.articles.listing import seen_by
from newscentre.articles.names import named_in_the_press
from newscentre.calendar.listing import documents_seen, meetings_seen
from newscentre.library.listing import projects_seen, publications_seen
from newscentre.links.views import links_seen
from newscentre.models import Article
from search.kinds import Kind


def summary_or_excerpt(article: Article, language: str) -> tuple[str, str]:
    """The editors' summary in the language in which the article was found, where there is one."""
    if summary := getattr(article, f"summary_{language}", ""):
        return language, summary
    return article.excerpt_language or article.title_language, article.excerpt


def about(row: Any, language: str) -> tuple[str, str]:
    """What is said of a meeting, publication, project or link, in the language in which it was found."""
    said = getattr(row, f"about_{language}", "")
    return (language, said) if said else (get_language() or "", row.about or "")


def note_restricted(request: ReaderRequest, rows: Sequence[Any]) -> None:
    """A line for each of which something is shown that not everyone may read."""
    for row in rows:
        if not row.is_open:
            log_action(Action.READ, request.user, dialogue=row.dialogue_id, objects=[row.log_name])


def places_named_to(viewer: Viewer) -> list[int]:
    """Numbers of the subjects that are no reference data: hubs and towns of maps."""
    return list(named_in_the_press().filter(is_reference=False).sayable_to(viewer).values_list("pk", flat=True))


KINDS = (
    Kind("meeting", _("Meetings"), meetings_seen, "newscentre/calendar/found.html",
         text=about, note=note_restricted, view="newscentre_meeting_entries", position=20),
    Kind("document", _("Documents"), documents_seen, "newscentre/calendar/found_document.html",
         view="newscentre_meetingdocument_entries", position=25),
    Kind("publication", _("Publications"), publications_seen, "newscentre/library/found.html",
         text=about, note=note_restricted, view="newscentre_publication_entries", position=30),
    Kind("project", _("Initiatives and projects"), projects_seen, "newscentre/library/found_project.html",
         text=about, note=note_restricted, view="newscentre_project_entries", position=35),
    Kind("article", _("Articles"), seen_by, "newscentre/found.html",
         text=summary_or_excerpt, once_by=("story",), names=places_named_to, view="newscentre_article_entries", position=40),
    Kind("link", _("Links"), links_seen, "newscentre/links/found.html",
         text=about, view="newscentre_link_entries", position=45),
)  # fmt: skip
