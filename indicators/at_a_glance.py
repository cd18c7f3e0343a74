"""The figures of a subject at a glance: one row per indicator, with the value shown first, its series and its sources."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from access.viewer import Viewer, narrowest
from indicators.models import FurtherSource, Indicator, Observation, Source, SourceKind, StateDefinition, Topic
from indicators.vintages import known, newest_vintages

SHORTEST_SERIES = 3  # values; fewer make no line
RANK = {
    kind: rank
    for rank, kind in enumerate((SourceKind.NATIONAL, SourceKind.INTERNATIONAL, SourceKind.RESEARCH, SourceKind.PRESS))
}


@dataclass
class GlanceRow:
    """`known`: all the figures of which the shown one was chosen, those without a value too."""

    indicator: Indicator
    shown: Observation | None = None
    known: list[Observation] = field(default_factory=list)
    series: list[Observation] = field(default_factory=list)
    definition: StateDefinition | None = None

    @property
    def series_source(self) -> Source | None:
        return self.series[0].source if self.series else None

    @property
    def readers(self) -> list[str]:
        """Tokens of those who see what the row shows; of a row without a value, that there is one."""
        return (self.shown or self.known[0]).readers

    @property
    def series_readers(self) -> list[str]:
        """Tokens of those who see the whole series."""
        return narrowest(*(row.readers for row in self.series)) if self.series else self.readers

    @property
    def sources(self) -> list[Source]:
        """The sources of the shown value: its own first, then further ones that this reader may see."""
        if self.shown is None or self.shown.source is None:
            return []
        return [self.shown.source, *getattr(self.shown, "seen_further", [])]


@dataclass
class GlanceTopic:
    topic: Topic
    rows: list[GlanceRow]


def at_a_glance(subject_id: int, viewer: Viewer, known_on: date | None = None) -> list[GlanceTopic]:
    """Topics with rows, in their order, from the figures this viewer may see. Empty when there are none.

    Of each figure the newest vintage known on the reader's date counts, today by default. Shown is the value of the
    national source if there is one, else of an international one, else of research; of these the newest period. A row
    whose only figure has no value stands as not available.
    """
    seen = (
        Observation.objects.visible_to(viewer)
        .filter(subject_id=subject_id, breakdown={})
        .select_related("indicator__topic", "source")
        .order_by("indicator__topic__position", "indicator__position", "period")
    )
    figures: dict[Indicator, list[Observation]] = defaultdict(list)
    for observation in newest_vintages(known(seen, known_on)):
        figures[observation.indicator].append(observation)
    if not figures:
        return []
    _attach_further_sources([row for rows in figures.values() for row in rows], viewer)
    definitions = {row.indicator_id: row for row in StateDefinition.objects.filter(subject_id=subject_id)}
    topics: dict[Topic, list[GlanceRow]] = defaultdict(list)
    for indicator, observations in figures.items():
        valued = [row for row in observations if row.value is not None]
        shown = max(valued, key=_precedence) if valued else None
        topics[indicator.topic].append(
            GlanceRow(indicator, shown, observations, _longest_series(valued), definitions.get(indicator.pk))
        )
    return [GlanceTopic(topic, rows) for topic, rows in topics.items()]


def _precedence(observation: Observation) -> tuple[int, str, tuple[date, str]]:
    kind = SourceKind(observation.source.kind) if observation.source else SourceKind.PRESS
    return -RANK[kind], observation.period, observation.vintage


def _longest_series(observations: Iterable[Observation]) -> list[Observation]:
    """The figures of the source with most periods, in their order."""
    by_source: dict[int | None, list[Observation]] = defaultdict(list)
    for row in observations:
        by_source[row.source_id].append(row)
    longest = max(by_source.values(), key=len, default=[])
    return longest if len(longest) >= SHORTEST_SERIES else []


def _attach_further_sources(observations: list[Observation], viewer: Viewer) -> None:
    further: dict[int, list[Source]] = defaultdict(list)
    links = FurtherSource.objects.visible_to(viewer).filter(observation__in=observations).select_related("source")
    for link in links:
        further[link.observation_id].append(link.source)
    for observation in observations:
        observation.seen_further = further[observation.pk]
