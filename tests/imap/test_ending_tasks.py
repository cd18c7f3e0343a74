"""Every task of the portal ends in a recorded state, or says why nobody waits for it."""

import pytest
from celery import current_app
from celery.exceptions import TimeLimitExceeded
from django.conf import settings

from imap.task_outcomes import OutcomeRequest, PortalTask

ROOMS = ("accounts", "atlas", "api", "imap", "indicators", "newscentre", "profiles", "routes", "search")
WAITED_FOR = {
    "accounts.tasks.send_link_for_new_password",
    "newscentre.tasks.dispatch_due_feeds",
    "routes.tasks.examine_import",
    "routes.tasks.take_import",
}


def tasks() -> dict[str, PortalTask]:
    current_app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if name.startswith(tuple(f"{r}." for r in ROOMS))}


def test_each_task_records_a_bad_end_or_says_why_nobody_waits():
    found = tasks()
    assert len(found) >= 14
    for name, task in found.items():
        assert isinstance(task, PortalTask), name
        assert bool(task.ended_badly) != bool(task.nobody_waits), name


def test_what_people_wait_for_has_a_queue_of_its_own():
    queue_of = current_app.amqp.router.route
    assert {name for name in tasks() if queue_of({}, name)["queue"].name == "now"} == WAITED_FOR
    assert queue_of({}, "newscentre.tasks.check_link")["queue"].name == "slow", "its host may be"
    assert settings.CELERY_TASK_DEFAULT_QUEUE == "background"
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == {"now", "background", "slow"}
    for queue in settings.CELERY_TASK_QUEUES:
        assert queue.exchange.name == queue.routing_key == queue.name, "or what is sent to one goes to both"
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1


def test_each_task_is_asked_to_end_before_it_is_killed():
    for name, task in tasks().items():
        soft = task.soft_time_limit or settings.CELERY_TASK_SOFT_TIME_LIMIT
        hard = task.time_limit or settings.CELERY_TASK_TIME_LIMIT
        assert soft < hard <= 600, name


@pytest.fixture
def task():
    """One that fails in a way nobody foresaw, and what was recorded of its end."""
    ends: list[tuple] = []

    def ended_badly(error: Exception, number: int) -> None:
        ends.append((type(error), number))

    @current_app.task(name="tests.fails", ended_badly=staticmethod(ended_badly))
    def fails(number: int) -> None:
        raise LookupError(number)

    fails.ends = ends
    yield fails
    current_app.tasks.unregister("tests.fails")


def test_an_error_nobody_foresaw_is_recorded(task):
    task.apply((7,))
    assert task.ends == [(LookupError, 7)]


def test_a_time_limit_is_recorded(task):
    task.on_failure(TimeLimitExceeded(600), "id", (7,), {}, None)
    assert task.ends == [(TimeLimitExceeded, 7)]


def test_a_killed_process_is_told_by_the_workers_main_process(task):
    assert task.Request is OutcomeRequest


def test_an_end_that_cannot_be_recorded_is_logged(task, caplog):
    task.on_failure(LookupError(), "id", ("one", "too many"), {}, None)
    assert "the end of a task could not be recorded" in caplog.text
