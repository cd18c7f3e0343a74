"""`python -m bench.hostile_worker SECONDS CELERY…`: a worker of the portal, to which its feeds do what bad hosts would do.

Every name under `.example` leads to loopback; those that begin with `unanswered` give no answer. A feed that says that it is deadly kills
the process that would parse it. SECONDS: how long a slow feed may take once others wait no longer for it.
"""

import os
import signal
import socket
import sys
import time
from dataclasses import replace

import django

django.setup()

# What follows needs the application registry.
from imap.celery import app  # noqa: E402
from newscentre.feeds import importer  # noqa: E402
from newscentre.stages.documents import Document  # noqa: E402

HASTY_SECONDS = 3.0
ask, parse = socket.getaddrinfo, importer.parse


def getaddrinfo(host, *given, **named):
    if str(host).startswith("unanswered"):
        time.sleep(600)
    return ask("127.0.0.1" if str(host).endswith(".example") else host, *given, **named)


def parse_or_die(data: bytes, content_type: str) -> Document:
    if b"deadly" in data:
        os.kill(os.getpid(), signal.SIGKILL)
    return parse(data, content_type)


def main(seconds: float, celery: list[str]) -> None:
    socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
    importer.parse = parse_or_die  # type: ignore[assignment]
    importer.PATIENT = replace(importer.PATIENT, seconds=seconds, step_seconds=seconds)
    hasty = min(seconds, HASTY_SECONDS)
    importer.HASTY = replace(importer.HASTY, seconds=hasty, step_seconds=hasty)
    app.start(celery)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
