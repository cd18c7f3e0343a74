"""Pages of a dialogue that need no profile (about, partners, supporters, contact), and the base map."""

import gzip
from collections import defaultdict
from collections.abc import Iterable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from access.requests import ViewersRequest
from access.viewer import Viewer
from atlas.country_map import countries_on_map, map_of
from atlas.models import Basemap, Dialogue, Membership, PartnerKind, Role
from atlas.sorting import in_reading_order


def dialogue_or_404(viewer: Viewer, slug: str) -> Dialogue:
    """With its themes, which stand on each of its pages."""
    known = Dialogue.objects.visible_to(viewer)
    return get_object_or_404(known.prefetch_related("dialogue_themes__theme"), pk=slug)


@require_safe
def about(request: ViewersRequest, dialogue: str) -> HttpResponse:
    row = dialogue_or_404(request.viewer, dialogue)
    return render(request, "atlas/about.html", {"dialogue": row, "themes": row.dialogue_themes.all()})


@require_safe
def partners(request: ViewersRequest, dialogue: str) -> HttpResponse:
    """Partner States by the year in which they joined, Partner Agencies, observers; alphabetical in each group."""
    row = dialogue_or_404(request.viewer, dialogue)
    members = _members(row, exclude=Role.DONOR)
    states = _partner_states(members)
    context = {
        "dialogue": row,
        "states_by_year": _by_year_of_joining(states),
        "agencies": [
            member for member in members if member.partner.kind != PartnerKind.STATE and member.role == Role.PARTNER
        ],
        "observers": [member for member in members if member.role == Role.OBSERVER],
        "commission": [member for member in members if member.role == Role.COMMISSION],
        "secretariat": [member for member in members if member.role == Role.SECRETARIAT],
        "footnotes": footnotes_of(member.partner.subject for member in states),
    }
    return render(request, "atlas/partners.html", context)


@require_safe
def by_year(request: ViewersRequest, dialogue: str) -> HttpResponse:
    """When each partner joined the dialogue: a map that fills through the years (static/js/by-year.js), and a list."""
    row = dialogue_or_404(request.viewer, dialogue)
    states = _partner_states(_members(row, role=Role.PARTNER))
    steps, number = [], 0
    for year, joined in _by_year_of_joining(states):
        number += len(joined)
        steps.append((year, joined, number))
    years = [year for year, _joined, _number in steps if year]
    context = {
        "dialogue": row,
        "map": map_of(row, countries_on_map([row], {}, request.viewer), []),
        "steps": steps,
        "years": (years[0], years[-1]) if years else None,
        "joined": {member.partner.subject.iso3: member.joined for member in states if member.partner.subject},
        "footnotes": footnotes_of(member.partner.subject for member in states),
    }
    return render(request, "atlas/by_year.html", context)


@require_safe
def supporters(request: ViewersRequest, dialogue: str) -> HttpResponse:
    row = dialogue_or_404(request.viewer, dialogue)
    return render(request, "atlas/supporters.html", {"dialogue": row, "supporters": _members(row, role=Role.DONOR)})


@require_safe
def contact(request: ViewersRequest, dialogue: str) -> HttpResponse:
    return render(request, "atlas/contact.html", {"dialogue": dialogue_or_404(request.viewer, dialogue)})


@require_safe
@cache_control(public=True, max_age=31536000, immutable=True)
def basemap(request: ViewersRequest, digest: str) -> HttpResponse:
    """The drawn countries and lines. The address changes with the content."""
    row = Basemap.objects.visible_to(request.viewer).filter(digest=digest).first()
    if row is None:
        raise Http404
    accepted = request.headers.get("Accept-Encoding", "")
    if "br" in accepted or "gzip" in accepted:
        encoding, body = ("br", row.brotli) if "br" in accepted else ("gzip", row.gzipped)
        response = HttpResponse(bytes(body), content_type="application/json")
        response["Content-Encoding"] = encoding
    else:
        response = HttpResponse(gzip.decompress(row.gzipped), content_type="application/json")
    response["Vary"] = "Accept-Encoding"
    return response


def _members(dialogue: Dialogue, exclude: str = "", **conditions: str) -> list[Membership]:
    rows = dialogue.memberships.current().filter(**conditions).exclude(role=exclude)
    return in_reading_order(rows.select_related("partner__subject"), name=lambda row: row.partner.display_name)


def _partner_states(members: Iterable[Membership]) -> list[Membership]:
    return [row for row in members if row.partner.kind == PartnerKind.STATE and row.role == Role.PARTNER]


def _by_year_of_joining(members: Iterable[Membership]) -> list[tuple[int | None, list[Membership]]]:
    """Partners by year of joining; those without a recorded year come last."""
    by_year: dict[int | None, list[Membership]] = defaultdict(list)
    for member in members:
        by_year[member.joined].append(member)
    return sorted(by_year.items(), key=lambda item: (item[0] is None, item[0] or 0))


def footnotes_of(subjects) -> list[str]:
    """Footnotes of the names that stand on a page, each once."""
    return list(dict.fromkeys(subject.marked_footnote for subject in subjects if subject and subject.footnote))
