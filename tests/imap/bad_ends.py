"""A worker with short time limits, in which every task of the portal comes to the bad end that `imap-tests:end` names.

Run by `test_bad_ends.py` with the words of Celery. What people wait for does what it does up to the work itself, which ends
badly; whatever else there is ends badly at once. Each beginning is counted.
"""

import os
import signal
import sys
import time

import django

django.setup()

# What follows needs the application registry.
import redis  # noqa: E402
from celery.exceptions import SoftTimeLimitExceeded  # noqa: E402
from django.conf import settings  # noqa: E402

from imap.celery import app  # noqa: E402
from newscentre.feeds import importer  # noqa: E402
from newscentre.links import checker  # noqa: E402
from routes.importing import apply  # noqa: E402

SOFT, HARD = 2, 4
END, BEGUN, ALIVE = "imap-tests:end", "imap-tests:begun", "imap-tests:alive"


def valkey() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)


def end_badly(*given: object, **named: object) -> None:
    valkey().hincrby(BEGUN, app.current_worker_task.name, 1)
    how = valkey().get(END)
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "out of memory":
        os._exit(137)
    if how == "memory error":
        raise MemoryError
    while True:
        try:
            time.sleep(600)
        except SoftTimeLimitExceeded:
            if how != "hard limit":
                raise


def be_alive() -> None:
    valkey().incr(ALIVE)


class Nobody:
    """In place of what asks the network."""

    probe = staticmethod(end_badly)


def main(words: list[str]) -> None:
    app.loader.import_default_modules()
    importer._read, apply._compared, apply._read = end_badly, end_badly, end_badly  # type: ignore[assignment]
    checker.fetcher = Nobody  # type: ignore[assignment]
    for task in app.tasks.values():
        task.soft_time_limit, task.time_limit = SOFT, HARD
        if getattr(task, "nobody_waits", ""):
            task.run = end_badly
    app.task(name="tests.alive", nobody_waits="A test does.")(be_alive)
    app.start(words)


if __name__ == "__main__":
    main(sys.argv[1:])
