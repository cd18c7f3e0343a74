"""What the worker does of the routes: large files of the desk."""

from celery import shared_task

from access.viewer import Viewer
from access.viewing import viewing
from routes.importing.refusals import Refused
from routes.importing.taking import examine, take_or_say_why, tells
from routes.models import GeodataImport, ImportState


def reading_ended_badly(error: Exception, pk: int, dialogue: str) -> None:
    _end(pk, dialogue, ImportState.WAITING, ImportState.REFUSED, "went_wrong")


def taking_ended_badly(error: Exception, pk: int, dialogue: str) -> None:
    _end(pk, dialogue, ImportState.TAKING, ImportState.READ, "taking_went_wrong")


def _end(pk: int, dialogue: str, from_state: str, to_state: str, code: str) -> None:
    """What the task itself could not say: it was killed, or ran out of time."""
    with viewing(Viewer.secretariat_of(dialogue)):
        brought = GeodataImport.objects.select_for_update().filter(pk=pk, state=from_state).first()
        if brought is None:
            return
        brought.state, brought.why = to_state, Refused(code).as_json()
        if to_state == ImportState.REFUSED:
            brought.file.delete(save=False)
        brought.save()


@shared_task(ended_badly=staticmethod(reading_ended_badly))
def examine_import(pk: int, dialogue: str) -> None:
    """On behalf of the secretariat that brought the file. A second time it finds nothing left to read."""
    with viewing(Viewer.secretariat_of(dialogue)):
        brought = GeodataImport.objects.select_for_update().filter(pk=pk, state=ImportState.WAITING).first()
        if brought:
            examine(brought)


@shared_task(ended_badly=staticmethod(taking_ended_badly))
def take_import(pk: int, dialogue: str) -> None:
    """What was confirmed, in one transaction with the word that it is done. A second time it does nothing."""
    with viewing(Viewer.secretariat_of(dialogue)):
        brought = GeodataImport.objects.select_for_update().filter(pk=pk, state=ImportState.TAKING).first()
        if brought:
            take_or_say_why(brought, tells(pk, len(brought.rows)))
