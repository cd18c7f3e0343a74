"""Heartbeats of workers and scheduler, and the length of their queues.

Both leave a sign of life in Valkey, where an emptied one has it again within half a minute. Celery's own question to its
workers would hold the page for as long as the slowest takes to answer.
"""

import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
from celery.signals import after_task_publish, beat_init, heartbeat_sent, worker_ready, worker_shutdown
from django.conf import settings

SCHEDULER = "scheduler"
EVERY = 10  # seconds between two signs of life of a worker
SILENT_AFTER = timedelta(seconds=90)  # the scheduler sends something every 30 seconds
FORGOTTEN_AFTER = timedelta(days=1)
PATIENCE = 2  # seconds that a page waits for Valkey

_said_at: dict[str, float] = {}


@dataclass(frozen=True)
class Heartbeat:
    """When somebody was last heard of."""

    name: str
    at: datetime
    is_silent: bool


@dataclass(frozen=True)
class Running:
    """`scheduler`: None when nothing was ever heard of it; `waiting`: tasks in the queues."""

    waiting: int
    workers: list[Heartbeat]
    scheduler: Heartbeat | None


def say(name: str, every: float = 0) -> None:
    """Leaves a sign of life, at most one in so many seconds. A queue that cannot be reached is no reason to fail."""
    now = time.time()
    if now - _said_at.get(name, 0) < every:
        return
    with contextlib.suppress(redis.RedisError), _valkey() as valkey:
        valkey.hset(_key(), name, str(now))
        _said_at[name] = now


def running(now: datetime) -> Running | None:
    """Workers and scheduler that were heard of lately; None when the queue cannot be reached."""
    try:
        with _valkey() as valkey:
            waiting = sum(int(valkey.llen(queue.name)) for queue in settings.CELERY_TASK_QUEUES)  # type: ignore[arg-type]
            said = valkey.hgetall(_key())
    except redis.RedisError:
        return None
    signs = [_sign(name.decode(), float(at), now) for name, at in said.items()]  # type: ignore[union-attr]
    workers = [sign for sign in signs if sign.name != SCHEDULER and now - sign.at < FORGOTTEN_AFTER]
    scheduler = next((sign for sign in signs if sign.name == SCHEDULER), None)
    return Running(waiting, sorted(workers, key=lambda sign: (sign.is_silent, sign.name)), scheduler)


def _sign(name: str, at: float, now: datetime) -> Heartbeat:
    moment = datetime.fromtimestamp(at, UTC)
    return Heartbeat(name, moment, now - moment > SILENT_AFTER)


def _valkey() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


def _key() -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:signs-of-life"


@worker_ready.connect
def worker_is_there(sender, **kwargs: object) -> None:
    say(sender.hostname)


@heartbeat_sent.connect
def worker_is_still_there(sender, **kwargs: object) -> None:
    say(sender.eventer.hostname, EVERY)


@worker_shutdown.connect
def worker_has_gone(sender, **kwargs: object) -> None:
    """One that is told to end is not missed; one that is killed is."""
    with contextlib.suppress(redis.RedisError), _valkey() as valkey:
        valkey.hdel(_key(), sender.hostname)


@beat_init.connect
def scheduler_is_there(**kwargs: object) -> None:
    """Makes each task that this process sends a heartbeat of the scheduler; other processes send tasks as well."""
    say(SCHEDULER)
    after_task_publish.connect(_scheduler_is_still_there)


def _scheduler_is_still_there(**kwargs: object) -> None:
    say(SCHEDULER)
