"""Base class of all tasks: each ends in a recorded state, whatever ended it."""

import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from billiard.exceptions import WorkerLostError
from celery import Task
from celery.worker.request import Request
from django.db import connections

logger = logging.getLogger(__name__)


class OutcomeRequest(Request):
    """In the worker's main process, which alone learns that the process of a task was killed, and outlives each of them."""

    def on_failure(self, exc_info: Any, *args: Any, **kwargs: Any) -> Any:
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        if isinstance(error, WorkerLostError | SystemExit):
            lost = error if isinstance(error, WorkerLostError) else WorkerLostError(str(error))
            self.task.on_failure(lost, self.id, self.args, self.kwargs, exc_info)
            connections.close_all()  # processes to come would inherit them
        elif isinstance(error, MemoryError):  # recorded in its own process; Celery would end the whole worker for it
            exc_info.exception = RuntimeError("there was no memory left for the task")
        return super().on_failure(exc_info, *args, **kwargs)

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """At the hard limit the process is ended before its end is recorded: it may hold the very row that is to say so."""
        if not soft and self.worker_pid:
            with suppress(ProcessLookupError):
                os.kill(self.worker_pid, signal.SIGKILL)
        super().on_timeout(soft, timeout)
        connections.close_all()


class PortalTask(Task):
    """A task names what records that it ended badly, or says why nobody waits for it.

    `ended_badly(error, *arguments)` is called after an error nobody foresaw, a time limit, or the death of the process. It
    may come twice, and must do nothing when the task had ended already.
    """

    abstract = True
    Request = OutcomeRequest
    ended_badly: Callable[..., None] | None = None
    nobody_waits: str = ""

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        if self.ended_badly is None:
            return
        try:
            self.ended_badly(exc, *args, **kwargs)
        except Exception:
            logger.exception("the end of a task could not be recorded", extra={"task": self.name})
