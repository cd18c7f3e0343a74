"""The Celery application: queues in Valkey, tasks found in each `tasks.py` of the rooms."""

import os

from celery import Celery
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

from imap.local_apps import modules_named

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imap.settings")

app = Celery("imap", task_cls="imap.task_outcomes:PortalTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(sorted({module.rpartition(".")[0] for module in modules_named("tasks")}))


@worker_init.connect
def refuse_unsafe_worker(**kwargs: object) -> None:
    from imap.startup_checks import refuse_unsafe_start, tell_what_confines

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error  # Celery only logs other exceptions of a receiver, and goes on
    tell_what_confines()
