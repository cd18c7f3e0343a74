from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from accounts import engagements, mandates, reminders
from atlas.models import Dialogue


@shared_task
def forget_ended_sessions() -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@shared_task
def remind_of_mandates() -> None:
    """Once a day; a second time on the same day says nothing again."""
    reminders.remind(timezone.localdate())


@shared_task
def end_what_is_over() -> None:
    """On behalf of all secretariats, whose histories say that it ended."""
    with viewing(Viewer.secretariat_of(*Dialogue.objects.values_list("pk", flat=True))):
        mandates.end_what_is_over()
        engagements.end_what_is_over()
