"""Readers' pages. Each queries with `visible_to` or `visible_edition_of`; what is not visible does not exist."""

from collections.abc import Callable, Iterable, Sequence

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from access.viewer import Viewer, is_narrower, narrowest
from accounts.account_page.visits import last_visit_of
from accounts.audiences.badges import EVERYONE
from accounts.requests import ReaderRequest
from atlas.addresses import absolute_url
from atlas.country_map import MapLink, countries_on_map, map_of
from atlas.models import Coverage, Dialogue, DialogueTheme, Membership, OutlineSection, Subject, SubjectKind
from atlas.sorting import in_reading_order
from atlas.views import dialogue_or_404, footnotes_of
from indicators.at_a_glance import at_a_glance
from indicators.vintages import as_of_date
from profiles.across import across_rows
from profiles.listing import by_area, by_kind, latest, listed
from profiles.pages import NoSuchSection, SectionPage, page_context
from profiles.read_log import note_across, note_edition, note_section
from profiles.reader_fragments import reader_fragments
from profiles.reading import editions_of, read
from profiles.visible_edition import Address, VisibleEdition, visible_edition_of
from routes.subject_map import crossings_of

Fragment = Callable[[Viewer, Subject], SafeString]  # what a viewer may see of a subject, as a piece of a page


def _theme_or_404(viewer: Viewer, dialogue: str, theme: str) -> DialogueTheme:
    taken_up = DialogueTheme.objects.visible_to(viewer).select_related("theme")
    taken_up = taken_up.prefetch_related("dialogue__dialogue_themes__theme")
    return get_object_or_404(taken_up, dialogue=dialogue, theme=theme)


def _standing_or_404(
    request: ReaderRequest, dialogue: str, theme: str, slug: str, number: int | None = None
) -> VisibleEdition:
    standing = visible_edition_of(request.viewer, Address(dialogue, theme, slug), number)
    if standing is None:
        raise Http404
    return standing


@require_safe
def section(request: ReaderRequest, dialogue: str, theme: str, slug: str, section: str = "") -> HttpResponse:
    standing = _standing_or_404(request, dialogue, theme, slug)
    try:
        own = reader_fragments(request, standing)
        response = SectionPage(request, request.viewer, standing, section, own).response()
    except NoSuchSection:
        raise Http404 from None
    note_section(request, standing, section)
    return response


@require_safe
def whole(request: ReaderRequest, dialogue: str, theme: str, slug: str) -> HttpResponse:
    """The whole profile on one page, for paper."""
    standing = _standing_or_404(request, dialogue, theme, slug)
    note_edition(request, standing)
    reading = read(standing, request.viewer)
    return render(request, "profiles/whole.html", page_context(reading) | {"is_print": True})


@require_safe
def edition(request: ReaderRequest, dialogue: str, theme: str, slug: str, number: int) -> HttpResponse:
    """An edition at its lasting address, with how to cite it.

    Where a number is left out of what this reader is shown, its address leads to the edition before it. After the
    newest that is shown there is none, whether others have one or not.
    """
    standing = _standing_or_404(request, dialogue, theme, slug, number)
    if standing.number != number:
        if number > _standing_or_404(request, dialogue, theme, slug).number:
            raise Http404
        return redirect("edition", dialogue, theme, slug, standing.number)
    note_edition(request, standing)
    reading = read(standing, request.viewer)
    editions = editions_of(standing, request.viewer)
    context = {
        "editions": editions,
        "newest": editions[0],
        "is_print": True,
        "citation_address": absolute_url(request.path),
    }
    return render(request, "profiles/edition.html", page_context(reading) | context)


@require_safe
def maps(request: ReaderRequest) -> HttpResponse:
    """Every regional i-Map with its themes and the profiles this reader may see."""
    profiles = listed(request.viewer)
    rows = [
        (
            dialogue,
            [
                (taken.theme, by_kind(_of(profiles, dialogue.pk, taken.theme_id)))
                for taken in dialogue.dialogue_themes.all()
            ],
        )
        for dialogue in Dialogue.objects.visible_to(request.viewer).prefetch_related("dialogue_themes__theme")
    ]
    return render(request, "profiles/maps.html", {"rows": rows, "footnotes": _footnotes(profiles)})


def _of(profiles, dialogue: str, theme: str):
    return [profile for profile in profiles if profile.dialogue_id == dialogue and profile.theme_id == theme]


@require_safe
def dialogue(request: ReaderRequest, dialogue: str) -> HttpResponse:
    """A regional i-Map: its map, and lists that say the same."""
    row = dialogue_or_404(request.viewer, dialogue)
    profiles = listed(request.viewer, dialogue=row)
    links = country_links(profiles, row.audience)
    countries = countries_on_map([row], links, request.viewer)
    listed_countries = [country for country in countries if country.is_partner or country.is_covered]
    hubs = [profile.subject for profile in profiles if profile.subject.kind == SubjectKind.HUB]
    since = last_visit_of(request)
    context = {
        "dialogue": row,
        "map": map_of(row, countries, [(hub, links[hub.pk]) for hub in hubs]),
        "themes": [
            (taken.theme, by_kind(_of(profiles, row.pk, taken.theme_id))) for taken in row.dialogue_themes.all()
        ],
        "partner_states": [country for country in listed_countries if country.is_partner],
        "is_any_narrower": any(country.is_narrower for country in listed_countries),
        "others_covered": [country for country in listed_countries if not country.is_partner],
        "latest": latest(request.viewer, 5, dialogue=row),
        "new_since": since,
        "new": latest(request.viewer, 20, since, dialogue=row) if since else [],
        "footnotes": footnotes_of(country.subject for country in countries),
    }
    return render(request, "profiles/dialogue.html", context)


def country_links(profiles, page_readers: Iterable[str] = EVERYONE) -> dict[int, MapLink]:
    """Subject → its country page, or for a place its profile: as far as the viewer may see one.

    It is narrower where none of the profiles that lead there is open to all who read the page.
    """
    links: dict[int, MapLink] = {}
    for profile in profiles:
        known = links.get(profile.subject_id)
        narrower = is_narrower(profile.readers, page_readers) and (known is None or known.is_narrower)
        if profile.subject.kind == SubjectKind.COUNTRY:
            href = reverse("country", args=[profile.subject.slug])
        elif known is None or (known.is_narrower and not narrower):
            href = reverse("profile", args=[profile.dialogue_id, profile.theme_id, profile.slug])
        else:
            href = known.href
        links[profile.subject_id] = MapLink(href, narrower)
    return links


@require_safe
def theme(request: ReaderRequest, dialogue: str, theme: str) -> HttpResponse:
    """The profiles of a theme, by name or (`?by=area`) by area, and the sections to read across."""
    taken = _theme_or_404(request.viewer, dialogue, theme)
    profiles = listed(request.viewer, dialogue=dialogue, theme=theme)
    is_by_area = request.GET.get("by") == "area"
    context = {
        "dialogue": taken.dialogue,
        "theme": taken.theme,
        "is_by_area": is_by_area,
        "areas": by_area(profiles, request.viewer) if is_by_area else [],
        "kinds": by_kind(profiles),
        "sections": _headings(request.viewer, dialogue, theme),
        "footnotes": _footnotes(profiles),
    }
    return render(request, "profiles/theme.html", context)


@require_safe
def across(request: ReaderRequest, dialogue: str, theme: str, section: str) -> HttpResponse:
    """One section, for all subjects this reader may see."""
    taken = _theme_or_404(request.viewer, dialogue, theme)
    headings = _headings(request.viewer, dialogue, theme)
    heading = next((heading for heading in headings if heading.slug == section), None)
    if heading is None:
        raise Http404
    rows = across_rows(request.viewer, taken.dialogue, theme, section)
    note_across(request, dialogue, section, rows)
    context = {
        "dialogue": taken.dialogue,
        "theme": taken.theme,
        "heading": heading,
        "sections": headings,
        "rows": rows,
        "footnotes": _footnotes([row.profile for row in rows]),
    }
    return render(request, "profiles/across.html", context)


def _headings(viewer: Viewer, dialogue: str, theme: str) -> list[OutlineSection]:
    """The headings of all outlines of a theme, each word once; countries' first."""
    order = {kind.value: place for place, kind in enumerate((SubjectKind.COUNTRY, SubjectKind.ROUTE, SubjectKind.HUB))}
    rows = OutlineSection.objects.visible_to(viewer).filter(dialogue=dialogue, theme=theme)
    once: dict[str, OutlineSection] = {}
    for heading in sorted(rows, key=lambda heading: (order.get(heading.kind, 3), heading.position)):
        once.setdefault(heading.slug, heading)
    return list(once.values())


@require_safe
def countries(request: ReaderRequest) -> HttpResponse:
    """Every country on a map, alphabetically, with the number of profiles this reader may see."""
    profiles = listed(request.viewer, subject__kind=SubjectKind.COUNTRY)
    of_country: dict[int, list[list[str]]] = {}
    for profile in profiles:
        of_country.setdefault(profile.subject_id, []).append(profile.readers)
    covered = Coverage.objects.visible_to(request.viewer).values("subject")
    rows = in_reading_order(
        Subject.objects.sayable_to(request.viewer).filter(kind=SubjectKind.COUNTRY, pk__in=covered),
        name=lambda row: row.name,
    )
    counted = [(row, len(held := of_country.get(row.pk, [])), narrowest(*held) if held else []) for row in rows]
    context = {"rows": counted, "footnotes": footnotes_of(rows)}
    return render(request, "profiles/countries.html", context)


@require_safe
def country(request: ReaderRequest, slug: str, fragments: Sequence[Fragment] = ()) -> HttpResponse:
    """One country across the dialogues: names, where it takes part, profiles, places, figures (`?known-on=` a date).

    `fragments`: what other rooms show of it.
    """
    subject = get_object_or_404(
        Subject.objects.sayable_to(request.viewer).prefetch_related("former_names", "variants"),
        kind=SubjectKind.COUNTRY,
        slug=slug,
    )
    partner = getattr(subject, "partner", None)
    asked = as_of_date(request.GET.get("known-on", ""))
    coverage = Coverage.objects.visible_to(request.viewer).filter(subject=subject).select_related("dialogue")
    memberships = Membership.objects.visible_to(request.viewer).filter(partner=partner).select_related("dialogue")
    named_with = _places_and_regions(request.viewer, subject)
    context = {
        "subject": subject,
        "profiles": listed(request.viewer, subject=subject),
        "nearby": listed(request.viewer, subject__country=subject),
        "asked": asked,
        "glance": at_a_glance(subject.pk, request.viewer, asked.day),
        "coverage": coverage.order_by("dialogue__position"),
        "memberships": memberships.order_by("dialogue__position", "role") if partner else [],
        "crossings": crossings_of(request.viewer, subject.iso3),
        "places": in_reading_order(named_with[False], name=lambda place: place.name),
        "regions": named_with[True],
        "fragments": [fragment(request.viewer, subject) for fragment in fragments],
        "footnotes": footnotes_of([subject]),
    }
    return render(request, "profiles/country.html", context)


def _places_and_regions(viewer: Viewer, country: Subject) -> dict[bool, list[Subject]]:
    """The places in a country (False) and the regions that it belongs to (True), of which the viewer may be told."""
    regions = Subject.members.through.objects.filter(to_subject=country, from_subject__kind=SubjectKind.REGION).values(
        "from_subject"
    )
    named: dict[bool, list[Subject]] = {False: [], True: []}
    for row in Subject.objects.told_to(viewer).filter(Q(country=country) | Q(pk__in=regions)):
        named[row.kind == SubjectKind.REGION].append(row)
    return named


def _footnotes(profiles) -> list[str]:
    return footnotes_of(profile.subject for profile in profiles)
