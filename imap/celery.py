"""Celery's application: queue in Valkey, tasks found in each app's tasks.py."""

import os

from celery import Celery
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imap.settings")

app = Celery("imap", task_cls="imap.ending:PortalTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_worker(**kwargs: object) -> None:
    from imap.starting import refuse_unsafe_start, tell_what_confines

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error  # Celery only logs other exceptions of a receiver, and goes on
    tell_what_confines()
