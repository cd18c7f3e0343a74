"""News on pages of other rooms. `imap.urls` wires them."""

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from access.viewer import Viewer
from accounts.requests import ReaderRequest
from atlas.models import Subject
from newscentre.articles.filters import Filters, subjects_called
from newscentre.articles.listing import page_of, seen_by

SHOWN = 6  # stories


def latest_of(viewer: Viewer, subject: Subject) -> SafeString:
    """The newest stories that name it, as the viewer may see them; empty when there are none. Two questions at most."""
    filters = Filters(subject=subject.slug)
    stories = page_of(filters.apply(seen_by(viewer), viewer), None, SHOWN).stories
    if not stories:
        return SafeString("")
    context = {"stories": stories, "query": filters.as_query(), "subject": subject}
    return render_to_string("newscentre/latest.html", context)


@require_safe
def news_of(request: ReaderRequest, slug: str) -> HttpResponse:
    """The same alone, for a page whose bytes are shared by its readers; 204 when there is nothing to be read."""
    subject = subjects_called([slug], request.viewer).first()
    if subject is None:
        raise Http404
    found = latest_of(request.viewer, subject)
    response = HttpResponse(found, status=200 if found else 204)
    response["X-Robots-Tag"] = "noindex"
    return response
