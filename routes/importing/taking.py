"""From a file that was brought in to a report, and from its confirmation to drawings: one transaction, or nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.cache import cache
from django.db import transaction

from routes.importing.comparing import Compared, Defaults, Effect, Known, compare, digest_of
from routes.importing.files import Drawn, read_file
from routes.importing.refusals import Refused
from routes.models import GeodataImport, ImportState, Segment, SegmentDrawing, Stop, StopDrawing

LARGE_BYTES = 1024 * 1024  # from here on the worker reads it
LARGE_ROWS = 500  # from here on the worker takes it
STEP = 25  # rows between two tellings of how far it is
PROGRESS_KEPT_S = 3600

Told = Callable[[int], None]


class ChangedMeanwhile(Exception):
    """What was confirmed is not what would be done any more."""


def progress_of(pk: int) -> int:
    """Per cent of the rows that are done; 0 when nothing is known of it."""
    return cache.get(_key(pk), 0)


def _key(pk: int) -> str:
    return f"import:{pk}"


def tells(pk: int, total: int) -> Told:
    """Beside the transaction, where others can see it before that ends."""

    def tell(done: int) -> None:
        if done % STEP == 0 or done == total:
            cache.set(_key(pk), 100 * done // max(total, 1), PROGRESS_KEPT_S)

    return tell


def examine(brought: GeodataImport) -> None:
    """Reads the file and keeps what each row would do; the file itself is not kept."""
    try:
        brought.rows = [_row_as_json(row) for row in _rows_of(brought)]
    except Refused as refused:
        brought.state, brought.why = ImportState.REFUSED, refused.as_json()
    else:
        compare_anew(brought)
    brought.file.delete(save=False)
    brought.save()


def compare_anew(brought: GeodataImport) -> None:
    """What each row would do now. Not saved."""
    outcomes = _compared(brought)
    brought.state = ImportState.READ
    brought.outcomes, brought.digest = [outcome.as_json() for outcome in outcomes], digest_of(outcomes)


def _compared(brought: GeodataImport) -> list[Compared]:
    return compare([Drawn(**row) for row in brought.rows], Known(brought.dialogue_id), _defaults(brought))


def _rows_of(brought: GeodataImport) -> list[Drawn]:
    """From wherever files are stored, by a file of this machine."""
    with TemporaryDirectory(prefix="imap-import-") as folder:
        path = Path(folder) / "brought"
        with brought.file.open("rb") as source, path.open("wb") as target:
            for chunk in source.chunks():
                target.write(chunk)
        return read_file(path, brought.name)


def _row_as_json(row: Drawn) -> dict:
    return {
        "is_line": row.is_line, "coordinates": row.coordinates, "values": dict(row.values), "number": row.number,
    }  # fmt: skip


def _defaults(brought: GeodataImport) -> Defaults:
    layer, route = brought.layer, brought.route
    return Defaults(layer.slug if layer else "", route.slug if route else "", brought.mode)


@transaction.atomic
def take(brought: GeodataImport, told: Told = lambda done: None) -> int:
    """Does what was confirmed, all of it; how many rows did something. Raises ChangedMeanwhile, and then does nothing."""
    outcomes = _compared(brought)
    if digest_of(outcomes) != brought.digest:
        raise ChangedMeanwhile
    wanted = [outcome for outcome in outcomes if outcome.effect in (Effect.NEW, Effect.CHANGED)]
    for done, outcome in enumerate(wanted, 1):
        (_draw_line if outcome.is_line else _draw_point)(outcome)
        told(done)
    return len(wanted)


def _draw_point(outcome: Compared) -> None:
    point = {"type": "Point", "coordinates": outcome.coordinates}
    stop = outcome.record or Stop.objects.create(**_ids(outcome.keys)).pk
    StopDrawing.objects.update_or_create(stop_id=stop, defaults={"point": point, **outcome.fields})


def _draw_line(outcome: Compared) -> None:
    line = {"type": "LineString", "coordinates": outcome.coordinates}
    segment = outcome.record or Segment.objects.create(**_ids(outcome.keys)).pk
    SegmentDrawing.objects.update_or_create(segment_id=segment, defaults={"line": line, **outcome.fields})


def _ids(keys: Mapping) -> dict:
    return {name if name in ("kind", "mode") else f"{name}_id": value for name, value in keys.items()}
