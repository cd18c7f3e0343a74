"""What the desk sees before it publishes a map: differences from the published one, and who checked it."""

from dataclasses import dataclass

from routes.models import FeatureKind, MapEdition, MapFeature
from routes.page import in_language, segment_name
from routes.publishing import Crossing, digest_of, features_of
from routes.quality_checks import Check, checks_of


@dataclass(frozen=True)
class NextMap:
    """The drawings of a dialogue as they stand, beside the newest map."""

    newest: MapEdition | None
    added: list[str]
    changed: list[str]
    removed: list[str]
    digest: str
    checks: list[Check]

    @property
    def differs(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def next_map(dialogue: str, crossing: Crossing) -> NextMap:
    editions = MapEdition.objects.filter(dialogue=dialogue)
    newest = editions.filter(is_proof=False).order_by("-year", "-number").first()
    features = features_of(dialogue, crossing)
    after = {_record(row): row for row in features}
    before = {_record(row): row for row in newest.features.all()} if newest else {}
    digest = digest_of(features)
    return NextMap(
        newest,
        [feature_name(row) for record, row in after.items() if record not in before],
        [feature_name(row) for record, row in after.items() if record in before and _content(row) != _content(before[record])],
        [feature_name(row) for record, row in before.items() if record not in after],
        digest,
        checks_of(list(editions.filter(is_proof=True).order_by("-published_at")), digest),
    )  # fmt: skip


def _record(row: MapFeature) -> tuple[str, int | None]:
    return row.kind, row.segment_id or row.stop_id or row.reason_id


def _content(row: MapFeature) -> tuple:
    return row.layer, row.geometry, row.properties, sorted(row.audience)


def feature_name(row: MapFeature) -> str:
    if row.kind == FeatureKind.SEGMENT:
        return segment_name(row)
    return in_language(row.properties["name"]) if row.kind == FeatureKind.STOP else row.properties["date"]
