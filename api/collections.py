"""OGC API collections: for each published map that the viewer may read, its segments and stops, as far as they may see them.

`mtm-segments` is of the newest map and goes along with it; `mtm-2012-1-segments` stays the map of that year and number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Min, Q, QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from access.viewer import Viewer
from api.parameters import Box, ItemQuery
from atlas.periods import first_day, last_day
from routes.models import FeatureKind, MapEdition, MapFeature
from routes.reading import edition_at, features_seen, published_maps

KINDS = {"segments": FeatureKind.SEGMENT, "stops": FeatureKind.STOP}
KEYS = {FeatureKind.SEGMENT: "segment_id", FeatureKind.STOP: "stop_id"}
ID = re.compile(
    r"(?P<dialogue>[a-z0-9-]+?)(?:-(?P<year>\d{4})-(?P<number>[1-9]\d{0,4}))?-(?P<word>segments|stops)", re.ASCII
)
NOTHING_SEEN: tuple[None, tuple[str, ...]] = (None, ())
SIDES = ("west", "south", "east", "north")
ROUND = {"from_lon": Min("west"), "from_lat": Min("south"), "to_lon": Max("east"), "to_lat": Max("north")}
SOURCES = {"sources": ArrayAgg(KT("properties__source"), distinct=True, order_by=KT("properties__source"), default=[])}


@dataclass(frozen=True)
class Collection:
    """`box`: round what this viewer sees of it, None where that is nothing. `sources`: of what they see."""

    id: str
    edition: MapEdition
    kind: FeatureKind
    viewer: Viewer
    box: Box | None = None
    sources: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its kind and its map, in the language asked for; the map that goes along says so."""
        words = {
            FeatureKind.SEGMENT: _("Route segments: %(map)s"),
            FeatureKind.STOP: _("Stops: %(map)s"),
        }[self.kind]
        return words % {"map": self.edition.title}

    @property
    def rows(self) -> QuerySet[MapFeature]:
        return features_seen(self.viewer, self.edition).filter(kind=self.kind).order_by(KEYS[self.kind])


@dataclass(frozen=True)
class ItemPage:
    """Some of the items that were asked for. `matched`: how many there are, of those that the viewer may see."""

    items: list[MapFeature]
    matched: int


def collections_seen(viewer: Viewer) -> list[Collection]:
    """All of them, with their boxes. Two questions, however many maps there are."""
    editions = list(published_maps(viewer).select_related("dialogue").order_by("dialogue_id", "-year", "-number"))
    seen = _seen(MapFeature.objects.visible_to(viewer).filter(edition__in=editions))
    return [
        Collection(name, edition, kind, viewer, *seen.get((edition.pk, kind), NOTHING_SEEN))
        for name, edition, kind in _named(editions)
    ]


def _named(editions: Sequence[MapEdition]) -> Iterator[tuple[str, MapEdition, FeatureKind]]:
    """The newest of each dialogue twice: as what goes along, and as what stays."""
    newest: set[str] = set()
    for edition in editions:
        ids = [f"{edition.dialogue_id}-{edition.year}-{edition.number}"]
        if edition.dialogue_id not in newest:
            newest.add(edition.dialogue_id)
            ids.insert(0, edition.dialogue_id)
        yield from ((f"{name}-{word}", edition, kind) for name in ids for word, kind in KINDS.items())


def collection_at(viewer: Viewer, name: str) -> Collection | None:
    """None where there is none, and where this viewer may not read its map."""
    parts = ID.fullmatch(name)
    if parts is None:
        return None
    year, number = (int(parts[word]) if parts[word] else None for word in ("year", "number"))
    edition = edition_at(viewer, parts["dialogue"], year, number)
    return Collection(name, edition, KINDS[parts["word"]], viewer) if edition else None


def with_extent(collection: Collection) -> Collection:
    """The same with its box and its sources."""
    seen = _seen(collection.rows).get((collection.edition.pk, collection.kind), NOTHING_SEEN)
    return Collection(collection.id, collection.edition, collection.kind, collection.viewer, *seen)


def _seen(rows: QuerySet[MapFeature]) -> dict[tuple[int, str], tuple[Box, tuple[str, ...]]]:
    """Map and kind → the box round these rows, and their sources."""
    grouped = rows.filter(west__isnull=False).order_by().values("edition_id", "kind").annotate(**ROUND, **SOURCES)
    return {
        (edition, kind): (box, tuple(filter(None, sources)))
        for edition, kind, *box, sources in grouped.values_list("edition_id", "kind", *ROUND, *SOURCES)
    }


def page_of(collection: Collection, asked: ItemQuery) -> ItemPage:
    """The items asked for, in the order of their numbers. Two questions."""
    found = [pk for pk, *where in _light(collection.rows, asked) if _meets(asked, *where)]
    wanted = found[asked.offset : asked.offset + asked.limit]
    rows = {row.pk: row for row in features_seen(collection.viewer, collection.edition).filter(pk__in=wanted)}
    return ItemPage([rows[pk] for pk in wanted if pk in rows], len(found))


def _light(rows: QuerySet[MapFeature], asked: ItemQuery) -> QuerySet:
    """What is needed to choose: geometries only where there are boxes to meet, and only of what lies near one."""
    columns = ["pk", "properties__since", "properties__until"]
    if not asked.boxes:
        return rows.values_list(*columns)
    near = Q()
    for west, south, east, north in asked.boxes:
        near |= Q(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    return rows.filter(near).values_list(*columns, *SIDES, "geometry__coordinates")


def _meets(asked: ItemQuery, since: str, until: str, *where) -> bool:
    days = first_day(since) if since else None, last_day(until) if until else None
    return asked.meets_days(*days) and (not where or asked.meets(where[:4], where[4]))


def item_at(collection: Collection, number: int) -> MapFeature | None:
    return collection.rows.filter(**{KEYS[collection.kind]: number}).first()
