"""The reader's own fragments on the page of a section: the corner with their name, and what is new to them."""

from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.account_page.visits import last_visit_of
from accounts.page_header import account_corner, strangers_corner
from accounts.requests import ReaderRequest
from profiles.changes import changed_sections
from profiles.pages import ReaderBytes
from profiles.visible_edition import VisibleEdition


def anonymous_fragments(request: HttpRequest) -> ReaderBytes:
    """Fragments of a reader without a session."""
    return ReaderBytes("", lambda: (strangers_corner(request.path), ""))


def reader_fragments(request: ReaderRequest, standing: VisibleEdition) -> ReaderBytes:
    """Fragments of a signed-in reader. Asks the database, inside `viewing`, what is new to them."""

    def fragments() -> tuple[str, ...]:
        note = ""
        if since := news_since(request, standing):
            changed = changed_sections(standing, request.viewer, since)
            note = render_to_string("profiles/since_last_visit.html", {"since": since, "changed": changed})
        return account_corner(request), note

    return ReaderBytes(f"{request.user.pk}:{last_visit_of(request)}:{request.persona}", fragments)


def news_since(request: ReaderRequest, standing: VisibleEdition) -> datetime | None:
    """When they were here before, if the edition was published after that."""
    since = last_visit_of(request)
    return since if since and standing.published_at > since else None
