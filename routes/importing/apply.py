"""From a file that was brought in to a report, and from its confirmation to drawings: one transaction, or nothing.

Whatever goes wrong ends in a state with a sentence, so that nobody waits for what will not come.
"""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from routes.importing.diff import Defaults, DialogueRecords, Effect, RowDiff, compare, digest_of
from routes.importing.errors import ImportRefused
from routes.importing.files import AT_ONCE, IN_QUIET, read_file
from routes.importing.rows import Drawn, ParsedFile
from routes.models import GeodataImport, ImportState, Segment, SegmentDrawing, Stop, StopDrawing
from untrusted.sandbox import Bounds, TooHard

logger = logging.getLogger(__name__)
LARGE_BYTES = 256 * 1024  # from here on the worker reads it
LARGE_ROWS = 500  # from here on the worker compares and takes them
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


def reports_progress(pk: int, total: int) -> Told:
    """Reports progress outside the transaction, where others can see it before that ends."""

    def tell(done: int) -> None:
        if done % STEP == 0 or done == total:
            cache.set(_key(pk), 100 * done // max(total, 1), PROGRESS_KEPT_S)

    return tell


def examine(brought: GeodataImport) -> None:
    """Reads the file and keeps what each row would do; the file itself is not kept. By the worker."""
    _end_in_a_state(brought, lambda: _settle(brought, IN_QUIET))


def is_examined_at_once(brought: GeodataImport) -> bool:
    """Like `examine`, during a request. Returns False without doing anything if it would take long."""

    def examined() -> bool:
        try:
            return _settle(brought, AT_ONCE, most_rows=LARGE_ROWS)
        except TooHard:
            return False

    return _end_in_a_state(brought, examined)


def _end_in_a_state(brought: GeodataImport, examined: Callable[[], bool]) -> bool:
    """Logs and records unexpected errors; only refusals of a file are the desk's to mend."""
    try:
        with transaction.atomic():
            return examined()
    except Exception:
        logger.exception("import %s could not be read", brought.pk)
    brought.rows, brought.outcomes, brought.notes, brought.digest = [], [], [], ""
    brought.state, brought.why = ImportState.REFUSED, ImportRefused("went_wrong").as_json()
    brought.file.delete(save=False)
    brought.save()
    return True


def _settle(brought: GeodataImport, bounds: Bounds, most_rows: int | None = None) -> bool:
    try:
        read = _read(brought, bounds)
    except ImportRefused as refused:
        brought.state, brought.why = ImportState.REFUSED, refused.as_json()
    else:
        if most_rows is not None and len(read.rows) > most_rows:
            return False
        brought.rows, brought.notes = [_row_as_json(row) for row in read.rows], read.notes
        compare_anew(brought)
    brought.save()
    brought.file.delete(save=True)
    return True


def ask_the_worker(brought: GeodataImport, state: str) -> None:
    """Marks it as waiting, since now. The caller sends the task once this is committed."""
    brought.state, brought.why, brought.waiting_since = state, None, timezone.now()
    brought.save()


def compare_anew(brought: GeodataImport) -> None:
    """What each row would do now. Not saved."""
    outcomes = _compared(brought)
    brought.state = ImportState.READ
    brought.outcomes, brought.digest = [outcome.as_json() for outcome in outcomes], digest_of(outcomes)


def _compared(brought: GeodataImport) -> list[RowDiff]:
    return compare([Drawn(**row) for row in brought.rows], DialogueRecords(brought.dialogue_id), _defaults(brought))


def _read(brought: GeodataImport, bounds: Bounds) -> ParsedFile:
    """Copies the file from its storage to this machine and reads it."""
    with TemporaryDirectory(prefix="imap-import-") as folder:
        path = Path(folder) / "brought"
        with brought.file.open("rb") as source, path.open("wb") as target:
            for chunk in source.chunks():
                target.write(chunk)
        return read_file(path, brought.name, bounds)


def _row_as_json(row: Drawn) -> dict:
    return {
        "is_line": row.is_line, "coordinates": row.coordinates, "values": dict(row.values), "number": row.number,
    }  # fmt: skip


def _defaults(brought: GeodataImport) -> Defaults:
    layer, route = brought.layer, brought.route
    return Defaults(layer.slug if layer else "", route.slug if route else "", brought.mode)


def apply_or_record_reason(brought: GeodataImport, told: Told = lambda done: None) -> bool:
    """Takes what was confirmed and saves what became of it. False, and nothing is drawn, where that cannot be."""
    brought.why = None
    try:
        apply_import(brought, told)
        brought.state = ImportState.TAKEN
    except ChangedMeanwhile:
        compare_anew(brought)
    except Exception:
        logger.exception("import %s could not be taken", brought.pk)
        brought.state, brought.why = ImportState.READ, ImportRefused("taking_went_wrong").as_json()
    brought.save()
    return brought.state == ImportState.TAKEN


@transaction.atomic
def apply_import(brought: GeodataImport, told: Told = lambda done: None) -> int:
    """Does what was confirmed, all of it; how many rows did something. Raises ChangedMeanwhile, and then does nothing."""
    outcomes = _compared(brought)
    if digest_of(outcomes) != brought.digest:
        raise ChangedMeanwhile
    wanted = [outcome for outcome in outcomes if outcome.effect in (Effect.NEW, Effect.CHANGED)]
    for done, outcome in enumerate(wanted, 1):
        (_draw_line if outcome.is_line else _draw_point)(outcome)
        told(done)
    return len(wanted)


def _draw_point(outcome: RowDiff) -> None:
    point = {"type": "Point", "coordinates": outcome.coordinates}
    stop = outcome.record or Stop.objects.create(**_ids(outcome.keys)).pk
    StopDrawing.objects.update_or_create(stop_id=stop, defaults={"point": point, **outcome.fields})


def _draw_line(outcome: RowDiff) -> None:
    line = {"type": "LineString", "coordinates": outcome.coordinates}
    segment = outcome.record or Segment.objects.create(**_ids(outcome.keys)).pk
    SegmentDrawing.objects.update_or_create(segment_id=segment, defaults={"line": line, **outcome.fields})


def _ids(keys: Mapping) -> dict:
    return {name if name in ("kind", "mode") else f"{name}_id": value for name, value in keys.items()}
