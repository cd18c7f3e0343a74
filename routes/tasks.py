"""What the worker does of the routes: large files of the desk."""

from celery import shared_task

from access.viewer import Viewer
from access.viewing import viewing
from routes.importing.taking import examine, take_or_say_why, tells
from routes.models import GeodataImport, ImportState


@shared_task
def examine_import(pk: int, dialogue: str) -> None:
    """On behalf of the secretariat that brought the file. A second time it finds nothing left to read."""
    with viewing(Viewer.secretariat_of(dialogue)):
        brought = GeodataImport.objects.select_for_update().filter(pk=pk, state=ImportState.WAITING).first()
        if brought:
            examine(brought)


@shared_task
def take_import(pk: int, dialogue: str) -> None:
    """What was confirmed, in one transaction with the word that it is done. A second time it does nothing."""
    with viewing(Viewer.secretariat_of(dialogue)):
        brought = GeodataImport.objects.select_for_update().filter(pk=pk, state=ImportState.TAKING).first()
        if brought:
            take_or_say_why(brought, tells(pk, len(brought.rows)))
