"""What pages of other rooms show of the news; `imap.urls` wires it."""

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from access.viewer import Viewer
from accounts.requests import ReaderRequest
from atlas.models import Subject, SubjectKind
from newscentre.filters import Filters
from newscentre.listing import page_of, seen_by

SHOWN = 6  # stories


def latest_of_country(viewer: Viewer, country: Subject) -> SafeString:
    """The newest stories that name it, as the viewer may see them; empty when there are none. Two questions at most."""
    stories = page_of(seen_by(viewer).filter(subjects__contains=[country.pk]), None, SHOWN).stories
    if not stories:
        return SafeString("")
    return render_to_string(
        "newscentre/latest.html", {"stories": stories, "query": Filters(country=country.slug).as_query()}
    )


@require_safe
def news_of(request: ReaderRequest, slug: str) -> HttpResponse:
    """The same alone, for a page whose bytes are shared by its readers; 204 when there is nothing to be read."""
    country = Subject.objects.filter(kind=SubjectKind.COUNTRY, slug=slug).first()
    if country is None:
        raise Http404
    found = latest_of_country(request.viewer, country)
    response = HttpResponse(found, status=200 if found else 204)
    response["X-Robots-Tag"] = "noindex"
    return response
