"""What a reader sees of a route map: the features of an edition, and the figures of the areas beside the routes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from math import sqrt

from access.viewer import Viewer
from atlas.models import Dialogue, Subject, SubjectKind
from atlas.periods import year_of
from indicators.models import Observation
from indicators.reporting_areas import DEATHS, DETECTIONS
from routes.models import FeatureKind, MapEdition, MapFeature

THINNEST_PX, ROOT_PER_PX = 2.0, 40.0


def width_px(detections: Decimal | int | None) -> float | None:
    """2 + √n ÷ 40, as the legend says: 10,000 detections are 4.5 pixels, 885,386 are 25.5. None without a figure."""
    return None if detections is None else round(THINNEST_PX + sqrt(detections) / ROOT_PER_PX, 1)


@dataclass
class AreaFigures:
    """Figures of one reporting area: shown first is the newest known of each period; the others are its vintages."""

    area: Subject
    detections: dict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    borders: dict[str, dict[str, Observation]] = field(default_factory=lambda: defaultdict(dict))
    nationalities: dict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    deaths: dict[str, Observation] = field(default_factory=dict)

    def in_year(self, year: int) -> Observation | None:
        """The figure of the year as known last."""
        return self.newest(str(year))

    def newest(self, period: str) -> Observation | None:
        return max(self.detections.get(period, ()), key=lambda row: row.known_on, default=None)

    def revisions(self, period: str) -> list[Observation]:
        """All that was said of the period, the latest first."""
        return sorted(self.detections.get(period, ()), key=lambda row: row.known_on, reverse=True)

    @property
    def newest_year(self) -> Observation | None:
        """The figure of the last year there is, as known last."""
        return self.in_year(self.years[-1]) if self.years else None

    @property
    def years(self) -> list[int]:
        return sorted({int(period) for period in self.detections if len(period) == 4})

    @property
    def quarters(self) -> list[str]:
        return sorted(period for period in self.detections if "-Q" in period)


@dataclass
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

    def area_beside(self, route: Subject) -> AreaFigures | None:
        return next((row for row in self.areas if row.area.nearest_route_id == route.pk), None)

    @property
    def areas_without_a_route(self) -> list[AreaFigures]:
        return [row for row in self.areas if row.area.nearest_route_id is None]

    def reasons_of(self, route: Subject) -> list[MapFeature]:
        return [reason for reason in self.reasons if reason.route_id == route.pk]

    def segments_of(self, route: Subject, year: int | None = None) -> list[MapFeature]:
        return [
            row
            for row in self.segments
            if row.route_id == route.pk and (year is None or is_there(row.properties, year))
        ]


def is_there(properties: dict, year: int) -> bool:
    """Whether a segment or stop is shown in a year; what is not recorded hides nothing."""
    since, until = properties["since"], properties["until"]
    return (not since or year_of(since) <= year) and (not until or year_of(until) >= year)


def editions_of(viewer: Viewer, dialogue: str) -> list[MapEdition]:
    """The maps of a dialogue that the viewer may read, the newest first."""
    return list(MapEdition.objects.visible_to(viewer).filter(dialogue=dialogue).order_by("-year"))


def route_map(viewer: Viewer, dialogue: str, year: int | None = None) -> RouteMap | None:
    """The newest map, or the one of a year; None when there is none for this viewer. Five queries, whatever it shows."""
    editions = MapEdition.objects.visible_to(viewer).filter(dialogue=dialogue).select_related("dialogue")
    edition = (editions.filter(year=year) if year else editions.order_by("-year")).first()
    if edition is None:
        return None
    features = MapFeature.objects.visible_to(viewer).filter(edition=edition).order_by("pk")
    by_kind: dict[str, list[MapFeature]] = defaultdict(list)
    for feature in features:
        by_kind[feature.kind].append(feature)
    shown = {feature.route_id for feature in by_kind[FeatureKind.SEGMENT]}
    routes = [
        route for route in Subject.objects.filter(kind=SubjectKind.ROUTE).order_by("position") if route.pk in shown
    ]
    return RouteMap(
        edition, edition.dialogue, routes,
        by_kind[FeatureKind.SEGMENT], by_kind[FeatureKind.STOP],
        sorted(by_kind[FeatureKind.REASON], key=lambda row: row.properties["date"]),
        figures_of_areas(viewer, edition.last_year),
    )  # fmt: skip


def figures_of_areas(viewer: Viewer, until: int) -> list[AreaFigures]:
    """Every reporting area with the figures up to a year that the viewer may see."""
    areas = {
        area.pk: AreaFigures(area)
        for area in Subject.objects.filter(kind=SubjectKind.REPORTING_AREA).order_by("position")
    }
    rows = (
        Observation.objects.visible_to(viewer)
        .filter(subject__in=list(areas), indicator__in=(DETECTIONS, DEATHS), value__isnull=False)
        .select_related("source", "indicator")
        .order_by("period", "-value")
    )
    for row in rows:
        if year_of(row.period) <= until:
            _put(areas[row.subject_id], row)
    return [row for row in areas.values() if row.detections or row.deaths]


def _put(figures: AreaFigures, row: Observation) -> None:
    if row.indicator_id == DEATHS:
        figures.deaths[row.period] = row
    elif "border" in row.breakdown:
        figures.borders[row.period][row.breakdown["border"]] = row
    elif "nationality" in row.breakdown:
        figures.nationalities[row.period].append(row)
    else:
        figures.detections[row.period].append(row)


def geometry_for(feature: MapFeature, viewer: Viewer, dialogue: str) -> dict | None:
    """As it was drawn for those who read for the dialogue; for all others rounded, as its layer says."""
    return feature.geometry if viewer.reads_for(dialogue) else feature.open_geometry


def nationalities_in(rows: Iterable[AreaFigures]) -> list[str]:
    """ISO codes that have figures in any of these areas, sorted."""
    return sorted(
        {row.breakdown["nationality"] for area in rows for rows_ in area.nationalities.values() for row in rows_}
    )
