from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from accounts.use import count_use
from atlas.models import Dialogue


@shared_task
def forget_ended_sessions() -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@shared_task
def count_use_by_quarter() -> None:
    """On behalf of all secretariats, so that their pages show how the present quarter goes."""
    with viewing(Viewer.secretariat_of(*Dialogue.objects.values_list("pk", flat=True))):
        count_use("default")
