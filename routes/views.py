"""Readers' pages of route maps, and the files of their layers."""

from collections.abc import Callable, Mapping

from allauth.core.ratelimit import respond_429
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from access.viewer import Viewer
from accounts.activity_log.writer import log_action
from accounts.models import Action
from accounts.requests import ReaderRequest
from accounts.signing_in.rate_limits import is_within, limited
from atlas.country_map import countries_on_map, map_of
from atlas.file_names import content_disposition
from atlas.models import Subject, SubjectKind
from atlas.print_cache import MEDIA_TYPES, PrintLimitReached
from indicators.filter_forms import NationalityForm
from indicators.vintages import AsOfDate, as_of_date
from routes.exports.files import FORMATS, LAYERS, exported
from routes.exports.notice import notice_of, sources_of
from routes.filter_forms import RouteFilterForm
from routes.forms import AnswerForm
from routes.layer_responses import LayerAddress, layer_response, note_layers, visible_layers_at
from routes.layers import ZOOMS, LayerFile
from routes.models import Layer, MapAnswer, MapEdition, Story, StoryStep
from routes.page import (
    bounds_of,
    labels_of,
    layers_of,
    map_content,
    names_of_nationalities,
    places_on,
)
from routes.printing.sheets import PAPERS, printed
from routes.quality_checks import agencies_named, agency_of, answer
from routes.reading import (
    RouteMap,
    edition_at,
    editions_of,
    features_seen,
    is_restricted,
    proof_at,
    proofs_for,
    read,
    stories_of,
)
from routes.subject_map import route_on_the_way, routes_through
from routes.twin import segments_by_route, twin_of

# Viewer, dialogue → what this viewer may open about subjects. The profiles' room knows; imap wires it.
LinksOf = Callable[[Viewer, str], Mapping[tuple[str, str], str]]

EXPORTS_NAMED = {"geojson": "GeoJSON", "csv.zip": "CSV", "gpkg": "GeoPackage", "kml": "KML"}
FORMER_ENDINGS = {"csv": "csv.zip"}
PLACES_FROM_ZOOM = {"hub": 0, "town": 4.25}


@require_safe
def routes(
    request: ReaderRequest, dialogue: str, links: LinksOf, year: int | None = None, number: int | None = None
) -> HttpResponse:
    """The routes through the years of a map: drawn by static/js/routes.js, and the same in text and tables."""
    edition = edition_at(request.viewer, dialogue, year, number)
    if edition is None:
        raise Http404
    if number not in (None, edition.number):
        return redirect("route_edition_number", dialogue, edition.year, edition.number)
    asked = as_of_date(request.GET.get("known-on", ""))
    shown = read(edition, request.viewer, asked.day)
    _note(request, shown)
    further = {
        "editions": editions_of(request.viewer, dialogue),
        "proofs": proofs_for(request.viewer, dialogue),
        "stories": stories_of(request.viewer, dialogue),
        "sheets": [(paper, ending) for paper in PAPERS for ending in MEDIA_TYPES],
        "files": [(ending, EXPORTS_NAMED[ending]) for ending in FORMATS],
    }
    return render(request, "routes/routes.html", _context(request, shown, links, asked) | further)


def proof(request: ReaderRequest, dialogue: str, links: LinksOf, year: int, number: int) -> HttpResponse:
    """A map before it is published, for the agencies that are asked to check it, and their answers."""
    edition = proof_at(request.viewer, dialogue, year, number)
    if edition is None:
        raise Http404
    agency = agency_of(request.viewer, edition)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        if agency is None:
            raise Http404
        if form.is_valid():
            try:
                answer(edition, agency, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("route_proof", dialogue, year, number)
    asked = as_of_date(request.GET.get("known-on", ""))
    shown = read(edition, request.viewer, asked.day)
    _note(request, shown)
    further = {
        "form": form if agency else None,
        "answers": MapAnswer.objects.visible_to(request.viewer).filter(edition=edition).select_related("partner"),
    }
    return render(request, "routes/proof.html", _context(request, shown, links, asked) | further)


@require_safe
def story(request: ReaderRequest, dialogue: str, links: LinksOf, slug: str) -> HttpResponse:
    """A guided story over the newest map: each step a view of it with its text."""
    told = Story.objects.visible_to(request.viewer).filter(dialogue=dialogue, slug=slug).first()
    edition = edition_at(request.viewer, dialogue)
    if told is None or edition is None:
        raise Http404
    shown = read(edition, request.viewer)
    _note(request, shown)
    context = _context(request, shown, links, AsOfDate())
    steps = steps_of(told, request.viewer)
    routes = {route.pk: route.slug for route in shown.routes}
    for step in steps:
        here = {layer.pk for layer in step.shown_layers}
        step.route_word = routes.get(step.route_id or 0, "")
        step.layer_words = " ".join(slug for slug, layer in context["layers"].items() if layer.pk in here)
    return render(request, "routes/story.html", context | {"story": told, "steps": steps})


def steps_of(told: Story, viewer: Viewer) -> list[StoryStep]:
    """The steps in their order, each with those of its layers that this viewer may see in `shown_layers`.

    A step that is about layers of which they see none is left out; one without any is about all of them.
    """
    seen = Layer.objects.visible_to(viewer)
    of_step = StoryStep.layers.through.objects.filter(storystep=OuterRef("pk"), layer__in=seen)
    steps = StoryStep.objects.visible_to(viewer).filter(Q(has_layers=False) | Exists(of_step), story=told)
    steps = steps.prefetch_related(Prefetch("layers", seen, to_attr="shown_layers"))
    return list(steps.order_by("position", "pk"))


@require_safe
def subject(request: ReaderRequest, dialogue: str, links: LinksOf, kind: str, slug: str) -> HttpResponse:
    """The map of one route, of a place on the routes, or of the routes through a country; profiles show it as theirs."""
    edition = edition_at(request.viewer, dialogue)
    row = Subject.objects.sayable_to(request.viewer).filter(kind=kind, slug=slug).select_related("country").first()
    if edition is None or row is None:
        raise Http404
    whole = read(edition, request.viewer)
    part = (route_on_the_way if kind == SubjectKind.ROUTE else routes_through)(whole, row, request.viewer)
    if part is None:
        raise Http404
    _note(request, whole)
    context = _context(request, part.map, links, AsOfDate()) | {"part": part, "subject": row}
    return render(request, "routes/subject.html", context)


def _context(request: ReaderRequest, shown: RouteMap, links: LinksOf, asked: AsOfDate) -> dict:
    edition, dialogue = shown.edition, shown.dialogue
    names = names_of_nationalities(shown.areas, request.viewer)
    wanted = request.GET.get("nationality", "")
    nationality = wanted if wanted in names else ""
    nationalities = sorted(names.items(), key=lambda item: item[1])
    content = map_content(
        shown, request.viewer, links(request.viewer, dialogue.pk), layer_addresses(edition), names, nationality
    )
    return {
        "edition": edition,
        "checked": agencies_named(edition, request.viewer),
        "dialogue": dialogue,
        "routes": shown.routes,
        "map": drawn_map(shown, request.viewer),
        "content": content,
        "layers": layers_of(shown),
        "page_readers": edition.readers,
        "filter_form": RouteFilterForm(shown.routes, nationalities),
        "nationality_form": NationalityForm(nationalities, nationality) if nationalities else None,
        "twin": twin_of(shown, names, nationality),
        "segments": segments_by_route(shown),
        "asked": asked,
        "glance": shown.areas,
    }


def drawn_map(shown: RouteMap, viewer: Viewer) -> dict | None:
    """The map of the page: the covered countries by name, the stops and the names of the routes."""
    covered = [row for row in countries_on_map([shown.dialogue], {}, viewer) if row.is_covered]
    drawn = map_of(shown.dialogue, covered, [])
    if drawn and shown.segments:
        drawn["content"] |= {
            "bounds": bounds_of(shown.segments),
            "places": places_on(shown.stops),
            "labels": labels_of(shown),
            "zooms": PLACES_FROM_ZOOM,
        }
    return drawn


def layer_addresses(edition: MapEdition) -> dict[int, str]:
    name = "route_proof_layers" if edition.is_proof else "route_layers"
    return {zoom: reverse(name, args=[edition.dialogue_id, edition.year, edition.number, zoom]) for zoom in ZOOMS}


def _note(request: ReaderRequest, shown: RouteMap) -> None:
    """A line of the log, where something is shown that not everyone may read."""
    if shown.is_restricted:
        log_action(Action.READ, request.user, dialogue=shown.dialogue.pk, objects=[shown.edition.log_name])


@require_safe
def layers(
    request: ReaderRequest, dialogue: str, year: int, number: int, zoom: int, is_proof: bool = False
) -> HttpResponse:
    """Segments and stops as GeoJSON, with an ETag, compressed once for all who see the same."""
    if zoom not in ZOOMS:
        raise Http404
    sight = visible_layers_at(request.viewer, LayerAddress(dialogue, year, number, is_proof))
    if sight is None:
        raise Http404
    note_layers(request, dialogue, sight)
    return layer_response(request, LayerFile(sight, zoom))


@require_safe
@limited("map_file", methods=("GET", "HEAD"))
def export(request: ReaderRequest, dialogue: str, year: int, number: int, ending: str) -> HttpResponse:
    """A file of the segments and stops that this reader may see; noted where not everyone may."""
    edition = edition_at(request.viewer, dialogue, year, number)
    if edition is None or ending not in {*FORMATS, *FORMER_ENDINGS}:
        raise Http404
    if ending in FORMER_ENDINGS:
        return redirect("route_export", dialogue, year, number, FORMER_ENDINGS[ending], permanent=True)
    features = list(features_seen(request.viewer, edition).filter(kind__in=LAYERS))
    name = f"{dialogue}-routes-{year}-{edition.number}.{ending}"
    headers = {"Content-Disposition": content_disposition(name)}
    content = exported(features, ending, notice_of(edition, sources_of(features)))
    if is_restricted(edition, features):
        log_action(Action.EXPORTED, request.user, dialogue=dialogue, objects=[f"{edition.log_name} {ending}"])
    return HttpResponse(content, content_type=FORMATS[ending][0], headers=headers)


@require_safe
@limited("map_file", methods=("GET", "HEAD"))
def sheet(
    request: ReaderRequest, dialogue: str, year: int, number: int, shown_year: int, paper: str, ending: str
) -> HttpResponse:
    """The map of a year to be printed, as far as this reader may see it; noted where not everyone may."""
    edition = edition_at(request.viewer, dialogue, year, number)
    if edition is None or paper not in PAPERS or ending not in MEDIA_TYPES:
        raise Http404
    shown = read(edition, request.viewer)
    if shown_year not in shown.years:
        raise Http404
    reader = request.user.name if request.user.is_authenticated else ""
    try:
        content = printed(shown, shown_year, PAPERS[paper], ending, reader, lambda: is_within(request, "print_made"))
    except PrintLimitReached:
        return respond_429(request)
    if shown.is_restricted:
        log_action(Action.EXPORTED, request.user, dialogue=dialogue, objects=[f"{edition.log_name} {paper} {ending}"])
    name = f"{dialogue}-routes-{shown_year}-{paper}-{get_language()}.{ending}"
    headers = {"Content-Disposition": content_disposition(name)}
    return HttpResponse(content, content_type=MEDIA_TYPES[ending], headers=headers)
