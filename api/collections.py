"""What the API offers of the maps: the segments and the stops of each dialogue's newest map, as far as a viewer may see."""

from dataclasses import dataclass

from django.db.models import Max, Min, Q, QuerySet

from access.viewer import Viewer
from api.parameters import Wanted
from routes.models import FeatureKind, MapEdition, MapFeature
from routes.reading import features_seen, newest_editions

PLURALS = {FeatureKind.SEGMENT: "segments", FeatureKind.STOP: "stops"}


@dataclass(frozen=True)
class Collection:
    """The features of one kind of a map."""

    edition: MapEdition
    kind: FeatureKind

    @property
    def id(self) -> str:
        return f"{self.edition.dialogue_id}-{PLURALS[self.kind]}"

    @property
    def title(self) -> str:
        return f"{self.edition.title_en}: {PLURALS[self.kind]}"  # type: ignore[attr-defined]

    def features(self, viewer: Viewer) -> QuerySet[MapFeature]:
        return features_seen(viewer, self.edition).filter(kind=self.kind)

    def extent(self, viewer: Viewer) -> dict:
        """The box round all that this viewer sees, and the years of the map."""
        box = self.features(viewer).order_by().aggregate(Min("west"), Min("south"), Max("east"), Max("north"))
        first, last = self.edition.first_year, self.edition.last_year
        interval = [f"{first}-01-01T00:00:00Z", f"{last}-12-31T23:59:59Z"]
        extent: dict = {"temporal": {"interval": [interval]}}
        if all(side is not None for side in box.values()):
            extent["spatial"] = {"bbox": [list(box.values())], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
        return extent


def collections_of(viewer: Viewer) -> list[Collection]:
    return [Collection(edition, kind) for edition in newest_editions(viewer) for kind in PLURALS]


def collection_of(viewer: Viewer, name: str) -> Collection | None:
    return next((row for row in collections_of(viewer) if row.id == name), None)


def matching(features: QuerySet[MapFeature], wanted: Wanted) -> QuerySet[MapFeature]:
    """Those whose box touches the box, and that are there in the years; what is not recorded is there in all."""
    if wanted.bbox:
        west, south, east, north = wanted.bbox
        beside = Q(west__lte=east) & Q(east__gte=west) if west <= east else Q(west__lte=east) | Q(east__gte=west)
        features = features.filter(beside, south__lte=north, north__gte=south)
    if wanted.years:
        first, last = wanted.years
        if first is not None:
            features = features.filter(Q(properties__until="") | Q(properties__until__gte=str(first)))
        if last is not None:
            features = features.filter(Q(properties__since="") | Q(properties__since__lt=str(last + 1)))
    return features
