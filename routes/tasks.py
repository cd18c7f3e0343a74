"""Background tasks of the routes: large imports."""

import logging
from datetime import datetime

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import every_secretariat, viewing
from routes.importing.apply import apply_or_record_reason, examine, reports_progress
from routes.importing.errors import ImportRefused
from routes.models import GeodataImport, ImportState
from routes.models.imports import LONGEST_WAIT

logger = logging.getLogger(__name__)
# What becomes of an import whose task could not say it, and why.
ENDS = {
    ImportState.WAITING: (ImportState.REFUSED, "went_wrong"),
    ImportState.TAKING: (ImportState.READ, "taking_went_wrong"),
}


def reading_ended_badly(error: Exception, pk: int, dialogue: str) -> None:
    _end(pk, dialogue, ImportState.WAITING)


def taking_ended_badly(error: Exception, pk: int, dialogue: str) -> None:
    _end(pk, dialogue, ImportState.TAKING)


def _end(pk: int, dialogue: str, from_state: str) -> None:
    """What the task itself could not say: it was killed, or ran out of time."""
    with viewing(Viewer.secretariat_of(dialogue)):
        brought = GeodataImport.objects.select_for_update().filter(pk=pk, state=from_state).first()
        if brought is not None:
            _write_end(brought)


def _write_end(brought: GeodataImport) -> None:
    """One that could not be read is refused; one that could not be taken can be confirmed again."""
    brought.state, code = ENDS[ImportState(brought.state)]
    brought.why = ImportRefused(code).as_json()
    if brought.state == ImportState.REFUSED:
        brought.file.delete(save=False)
    brought.save()


@shared_task(nobody_waits="The scheduler sends it again.")
def end_overdue_imports() -> None:
    """Ends imports whose worker died or never came. A running worker locks its import, which is then left alone."""
    with viewing(every_secretariat()):
        for brought in overdue(timezone.now()).select_for_update(of=("self",), skip_locked=True):
            logger.error("import %s: no worker ended it in time", brought.pk)
            _write_end(brought)


def overdue(now: datetime):
    """Queryset equivalent of `GeodataImport.is_overdue`."""
    since = now - LONGEST_WAIT
    is_long_ago = Q(waiting_since__lt=since) | Q(waiting_since=None, brought_at__lt=since)
    return GeodataImport.objects.filter(is_long_ago, state__in=ENDS)


def _waited_for(pk: int, state: str) -> GeodataImport | None:
    """The import, held for this transaction; None where it ended, or nobody waits for it any more."""
    brought = GeodataImport.objects.select_for_update().filter(pk=pk, state=state).first()
    return None if brought is None or brought.is_overdue else brought


@shared_task(ended_badly=staticmethod(reading_ended_badly))
def examine_import(pk: int, dialogue: str) -> None:
    """Runs as the secretariat that uploaded the file. A second run finds nothing to do."""
    with viewing(Viewer.secretariat_of(dialogue)):
        if brought := _waited_for(pk, ImportState.WAITING):
            examine(brought)


@shared_task(ended_badly=staticmethod(taking_ended_badly))
def take_import(pk: int, dialogue: str) -> None:
    """What was confirmed, in one transaction with the word that it is done. A second time it does nothing."""
    with viewing(Viewer.secretariat_of(dialogue)):
        if brought := _waited_for(pk, ImportState.TAKING):
            apply_or_record_reason(brought, reports_progress(pk, len(brought.rows)))
