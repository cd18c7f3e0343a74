"""What a reader sees of a route map: the features of an edition, as far as the viewer may see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from access.viewer import Viewer
from atlas.models import Dialogue, Subject, SubjectKind
from atlas.periods import year_of
from atlas.visible_versions import ShownRows
from routes.figures import AreaFigures, figures_of_areas
from routes.models import FeatureKind, MapEdition, MapFeature, Story

# What a feature was made from: they say who may see it today.
RECORDS = (
    "edition__dialogue",
    "segment__layer",
    "segment__start__layer",
    "segment__end__layer",
    "stop__layer",
    "reason",
)


@dataclass(frozen=True)
class RouteMap:
    """One edition as one viewer sees it."""

    edition: MapEdition
    dialogue: Dialogue
    routes: list[Subject]
    segments: list[MapFeature]
    stops: list[MapFeature]
    reasons: list[MapFeature]
    areas: list[AreaFigures]

    @property
    def years(self) -> range:
        return range(self.edition.first_year, self.edition.last_year + 1)

    @property
    def is_restricted(self) -> bool:
        """Whether something of it is not for everyone."""
        return is_restricted(self.edition, (*self.segments, *self.stops, *self.reasons))

    @property
    def layers(self) -> list[str]:
        """Slugs of the layers of which anything is seen."""
        return sorted({row.layer for row in (*self.segments, *self.stops)})

    def area_beside(self, route: Subject) -> AreaFigures | None:
        return next((row for row in self.areas if row.area.nearest_route_id == route.pk), None)

    @property
    def areas_without_a_route(self) -> list[AreaFigures]:
        shown = {route.pk for route in self.routes}
        return [row for row in self.areas if row.area.nearest_route_id not in shown]

    def reasons_of(self, route: Subject) -> list[MapFeature]:
        return [reason for reason in self.reasons if reason.route_id == route.pk]

    def segments_of(self, route: Subject, year: int | None = None) -> list[MapFeature]:
        return [
            row
            for row in self.segments
            if row.route_id == route.pk and (year is None or is_there(row.properties, year))
        ]

    def segments_at(self, stop: MapFeature) -> list[MapFeature]:
        return [row for row in self.segments if stop.stop_id in row.properties["stops"]]


def is_restricted(edition: MapEdition, features: Iterable[MapFeature]) -> bool:
    """Whether not everyone may read the edition, or one of these features of it: then handing them out is noted."""
    return not edition.is_open or not all(row.is_open for row in features)


def is_there(properties: dict, year: int) -> bool:
    """Whether a segment or stop is shown in a year; what is not recorded hides nothing."""
    since, until = properties["since"], properties["until"]
    return (not since or year_of(since) <= year) and (not until or year_of(until) >= year)


def dialogues_with_routes(viewer: Viewer) -> set[str]:
    """Slugs of the dialogues of which the viewer may read a map."""
    return set(published_maps(viewer).order_by().values_list("dialogue_id", flat=True))


# Of each dialogue the maps in which something changed that the viewer sees: their numbers and dates are told.
maps_shown = ShownRows(
    "SELECT shown FROM atlas_dialogue d, routes_maps_shown(d.slug, %(tokens)s::text[], %(within)s::text[]) shown"
)


def published_maps(viewer: Viewer) -> QuerySet[MapEdition]:
    """Map editions that the viewer is shown (`routes.shown_maps_sql`)."""
    return MapEdition.objects.visible_to(viewer).filter(is_proof=False, pk__in=maps_shown.to(viewer))


def editions_of(viewer: Viewer, dialogue: str) -> list[MapEdition]:
    """The maps of a dialogue that the viewer may read, the newest first."""
    return list(published_maps(viewer).filter(dialogue=dialogue).order_by("-year", "-number"))


def newest_editions(viewer: Viewer) -> list[MapEdition]:
    """The newest map of each dialogue that the viewer may read."""
    newest = published_maps(viewer).order_by("dialogue_id", "-year", "-number").distinct("dialogue_id")
    return list(newest.select_related("dialogue"))


def edition_at(viewer: Viewer, dialogue: str, year: int | None = None, number: int | None = None) -> MapEdition | None:
    """The newest map, the newest of a year, or one by its number in the year; None when the viewer may read none.

    At a number that is left out of what the viewer is shown stands the map before it.
    """
    editions = _with_dialogue(published_maps(viewer).filter(dialogue=dialogue)).order_by("-year", "-number")
    if year is None:
        return editions.first()
    of_the_year = list(editions.filter(year=year))
    if number is None:
        return of_the_year[0] if of_the_year else None
    if not of_the_year or number > of_the_year[0].number:
        return None
    return next((edition for edition in of_the_year if edition.number <= number), None)


def as_shown(edition: MapEdition, viewer: Viewer) -> MapEdition:
    """The map in which the viewer is told of what an edition shows them: itself, or one before it that looks alike."""
    of_the_year = published_maps(viewer).filter(dialogue=edition.dialogue_id, year=edition.year)
    return _with_dialogue(of_the_year.filter(number__lte=edition.number)).order_by("-number").first() or edition


def proof_at(viewer: Viewer, dialogue: str, year: int, number: int) -> MapEdition | None:
    """A map before it is published, for those who are asked to check it."""
    proofs = MapEdition.objects.visible_to(viewer).filter(is_proof=True, dialogue=dialogue, year=year, number=number)
    return _with_dialogue(proofs).first()


def proofs_for(viewer: Viewer, dialogue: str) -> list[MapEdition]:
    proofs = MapEdition.objects.visible_to(viewer).filter(is_proof=True, dialogue=dialogue)
    return list(proofs.order_by("-year", "-number"))


def _with_dialogue(editions: QuerySet[MapEdition]) -> QuerySet[MapEdition]:
    return editions.prefetch_related("dialogue__dialogue_themes__theme")


def features_seen(viewer: Viewer, edition: MapEdition | int) -> QuerySet[MapFeature]:
    """Visible features of an edition, or of its key, with the records that say who may see them today."""
    return MapFeature.objects.visible_to(viewer).filter(edition=edition).select_related(*RECORDS).order_by("pk")


def read(edition: MapEdition, viewer: Viewer, known_on: date | None = None) -> RouteMap:
    """The map as this viewer sees it, its figures as known on a day, today by default. Four queries, whatever it shows."""
    by_kind: dict[str, list[MapFeature]] = defaultdict(list)
    for feature in features_seen(viewer, edition):
        by_kind[feature.kind].append(feature)
    return RouteMap(
        edition, edition.dialogue, routes_of(by_kind[FeatureKind.SEGMENT]),
        by_kind[FeatureKind.SEGMENT], by_kind[FeatureKind.STOP],
        sorted(by_kind[FeatureKind.REASON], key=lambda row: row.properties["date"]),
        figures_of_areas(viewer, edition.last_year, known_on),
    )  # fmt: skip


def routes_of(segments: Iterable[MapFeature]) -> list[Subject]:
    """The routes of these segments, in the order of the map."""
    shown = {segment.route_id for segment in segments}
    routes = Subject.objects.filter(kind=SubjectKind.ROUTE).order_by("position")
    return [route for route in routes if route.pk in shown]


def stories_of(viewer: Viewer, dialogue: str) -> list[Story]:
    return list(Story.objects.visible_to(viewer).filter(dialogue=dialogue))
