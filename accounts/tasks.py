from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.use import count_and_purge


@shared_task
def forget_ended_sessions() -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@shared_task
def count_and_purge_log() -> None:
    count_and_purge(timezone.now())
