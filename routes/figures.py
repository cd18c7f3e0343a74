"""Figures of the reporting areas beside the routes. An area is no route and overlaps others, so nothing is added up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from access.viewer import Viewer
from atlas.models import Subject, SubjectKind
from atlas.periods import year_of
from indicators.models import Observation
from indicators.reporting_areas import DEATHS, DETECTIONS
from indicators.vintages import known


@dataclass
class AreaFigures:
    """Figures of one area by period (2009, 2009-Q1). Of each the newest vintage is shown; the others stand behind it."""

    area: Subject
    detections: dict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    borders: dict[str, dict[str, Observation]] = field(default_factory=lambda: defaultdict(dict))
    nationalities: dict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    deaths: dict[str, Observation] = field(default_factory=dict)

    def in_year(self, year: int) -> Observation | None:
        """The figure of the year as known last."""
        return self.newest(str(year))

    def newest(self, period: str) -> Observation | None:
        return max(self.detections.get(period, ()), key=lambda row: row.vintage, default=None)

    def revisions(self, period: str) -> list[Observation]:
        """All that was said of the period, the latest first."""
        return sorted(self.detections.get(period, ()), key=lambda row: row.vintage, reverse=True)

    @property
    def years(self) -> list[int]:
        return sorted({int(period) for period in self.detections if len(period) == 4})

    @property
    def newest_year(self) -> Observation | None:
        """The figure of the last year there is, as known last."""
        return self.in_year(self.years[-1]) if self.years else None


def figures_of_areas(viewer: Viewer, until: int, known_on: date | None = None) -> list[AreaFigures]:
    """Every reporting area with the figures, up to a year, that the viewer may see and that were known on a day."""
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
    for row in sorted(known(rows, known_on), key=lambda row: row.vintage):
        if year_of(row.period) <= until:
            _put(areas[row.subject_id], row)
    return [row for row in areas.values() if row.detections or row.deaths]


def _put(figures: AreaFigures, row: Observation) -> None:
    if row.indicator_id == DEATHS:
        figures.deaths[row.period] = row
    elif "border" in row.breakdown:
        figures.borders[row.period][row.breakdown["border"]] = row
    elif "nationality" in row.breakdown:
        figures.nationalities[row.period] = _largest_first(figures.nationalities[row.period], row)
    else:
        figures.detections[row.period].append(row)


def _largest_first(rows: list[Observation], newer: Observation) -> list[Observation]:
    """With a later vintage in the place of an earlier one."""
    others = [row for row in rows if row.breakdown != newer.breakdown]
    return sorted([*others, newer], key=lambda row: -(row.value or 0))


def nationalities_in(areas: Iterable[AreaFigures]) -> list[str]:
    """ISO codes that have figures in any of these areas, sorted."""
    return sorted(
        {row.breakdown["nationality"] for area in areas for rows in area.nationalities.values() for row in rows}
    )
