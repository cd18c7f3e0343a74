"""Readers' pages of the library."""

from collections.abc import Callable

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from access import tokens
from access.viewer import Viewer
from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from newscentre.filter_forms import LibraryFilterForm
from newscentre.filter_labels import partners_by_name
from newscentre.library import listing
from newscentre.models import Publication, PublicationFile
from newscentre.private_files import file_response

# Viewer, dialogue → the profiles that this viewer may open; another room knows them.
ProfilesOf = Callable[[Viewer, str], listing.Profiles]


@require_safe
def library(request: ReaderRequest) -> HttpResponse:
    """Publications, the newest first, and projects."""
    filters = listing.LibraryFilters.of(request.GET)
    publications = filters.apply_to_publications(listing.publications_seen(request.viewer), request.viewer)
    projects = filters.apply(listing.projects_seen(request.viewer), request.viewer)
    context = {
        "active": "library",
        "filters": filters,
        "publications": publications[: listing.MOST],
        "projects": [] if filters.subject else projects[: listing.MOST],
        "filter_form": LibraryFilterForm(filters, request.viewer),
    }
    return render(request, "newscentre/library/library.html", context)


@require_safe
def publication(request: ReaderRequest, number: int, profiles: ProfilesOf) -> HttpResponse:
    row: Publication = get_object_or_404(listing.publications_seen(request.viewer), address_number=number)
    if not row.is_open:
        log_action(Action.READ, _person(request), dialogue=row.dialogue_id, objects=[row.log_name])
    context = {
        "active": "library",
        "publication": row,
        "page_readers": row.readers,
        "files": listing.files_of(row, request.viewer),
        "partners": partners_by_name(row.made_with, request.viewer),
        "sections": listing.sections_of(row, request.viewer, profiles(request.viewer, row.dialogue_id)),
    }
    return render(request, "newscentre/library/publication.html", context)


@require_safe
def file(request: ReaderRequest, number: int) -> FileResponse:
    """A publication in one language, as a file to keep."""
    rows = PublicationFile.objects.visible_to(request.viewer).select_related("publication")
    row: PublicationFile = get_object_or_404(rows, address_number=number)
    if tokens.PUBLIC not in row.readers:
        log_action(Action.EXPORTED, _person(request), dialogue=row.publication.dialogue_id, objects=[row.log_name])
    return file_response(row, f"{row.publication.slug}-{row.language}")


@require_safe
def project(request: ReaderRequest, number: int) -> HttpResponse:
    row = get_object_or_404(listing.projects_seen(request.viewer), address_number=number)
    if not row.is_open:
        log_action(Action.READ, _person(request), dialogue=row.dialogue_id, objects=[row.log_name])
    context = {"active": "library", "project": row, "partners": partners_by_name(row.made_with, request.viewer)}
    return render(request, "newscentre/library/project.html", context)


def _person(request: ReaderRequest):
    return request.user if request.user.is_authenticated else None
