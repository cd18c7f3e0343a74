"""Fifty good feeds beside bad ones, on the demonstration's own workers: what they take, beside what they take alone."""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import redis
from celery import Celery
from django.conf import settings
from django.db import connections
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from bench import databases
from bench.databases import Databases
from bench.news import DIALOGUE, pause_feeds
from bench.report import at_most
from demo import portal
from demo.simulator import HOME, Answer, page, publishing
from demo.simulator import Publisher as Simulator
from newscentre.models import Feed, Fetching, Publisher

GOOD, ENTRIES, ROUNDS = 50, 20, 3
HUGE = 30_000
PATIENCE = 300.0  # seconds for a round; one that takes longer counts as that long
SLOW_SECONDS = 600.0  # of a slow feed: longer than a round
MOST_BESIDE = 3.0
EVERY_QUEUE = ("unacked", "unacked_index", *(queue.name for queue in settings.CELERY_TASK_QUEUES))
NUMBERS = count(int(time.time()))
# Of the measurement's own: the portal's would do its tasks in this process.
CELERY = Celery(broker=settings.CELERY_BROKER_URL, set_as_current=False)
DESK = Viewer.secretariat_of(DIALOGUE)


def measure_feeds(home: Path, made: Databases) -> dict[str, float]:
    """Seconds until the good ones have come in, alone and beside the bad ones: the median of rounds, in turn."""
    databases.use(made.feeds)
    spent: dict[str, list[float]] = {"alone": [], "beside": []}
    with publishing() as publisher:
        for _ in range(ROUNDS):
            for name, taken in spent.items():
                pause_feeds()
                with _workers(home, made, publisher.port):
                    taken.append(_seconds(publisher, with_bad_ones=name == "beside"))
    return {name: statistics.median(taken) for name, taken in spent.items()}


@contextlib.contextmanager
def _workers(home: Path, made: Databases, port: int) -> Iterator[None]:
    """Those of the demonstration, with empty queues, until the block ends."""
    redis.Redis.from_url(settings.REDIS_URL).delete(*EVERY_QUEUE)
    environment = {**os.environ, **databases.environment_for(made.feeds), "IMAP_MODE": "demo", "LOG_LEVEL": "ERROR"}
    environment |= {"IMAP_NEWS_ALSO_FROM": f"{HOME}:{port}", "IMAP_VAR": str(home)}
    words = (portal.worker_words(queue, processes) for _, _, queue, processes in portal.WORKERS)
    command = [sys.executable, "-m", "bench.hostile_worker", str(SLOW_SECONDS)]
    running = [
        subprocess.Popen([*command, *told], cwd=portal.CHECKOUT, env=environment, start_new_session=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for told in words
    ]  # fmt: skip
    try:
        _wait(lambda: len(CELERY.control.ping(timeout=1)) == len(running), 90)
        yield
    finally:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        connections.close_all()


def _seconds(publisher: Simulator, with_bad_ones: bool) -> float:
    """The bad ones wait longest, so that they are begun first."""
    publisher.pages.clear()
    bad = {
        "dripping": Answer(body=_feed(100), drip_seconds=0.5),
        "unanswered": page(b""),
        "deadly": page(_feed(1, "deadly")),
        "huge": page(_feed(HUGE)),
    }
    good = [_add(publisher, f"good-{number}", page(_feed(ENTRIES)), minutes=1) for number in range(GOOD)]
    if with_bad_ones:
        for name, answer in bad.items():
            _add(publisher, name, answer, minutes=60)
    began = time.monotonic()
    CELERY.send_task("newscentre.tasks.dispatch_due_feeds", queue="now")
    _wait(lambda: _in_order(good) == GOOD, PATIENCE)
    return time.monotonic() - began


def _add(publisher: Simulator, name: str, answer: Answer, minutes: int) -> int:
    """A feed on a host of its own, due since so many minutes."""
    name = f"{name}-{next(NUMBERS)}"
    publisher.pages[f"/{name}"] = answer
    with viewing(DESK):
        feed = Feed.objects.create(
            publisher=Publisher.objects.get(slug="bench"), name=name, dialogue_id=DIALOGUE, audience=["public"], language="en"
        )  # fmt: skip
        due = timezone.now() - timedelta(minutes=minutes)
        Fetching.objects.create(feed=feed, address=publisher.at(f"/{name}", f"{name}.example"), next_at=due)
    return feed.pk


def _feed(entries: int, title: str = "Report") -> bytes:
    items = "".join(
        f"<item><guid>bench-{number}</guid><title>{title} {number} on Rabat and Dakar</title>"
        f"<link>https://news.example/b{number}</link><description>What was said, number {number}.</description></item>"
        for number in (next(NUMBERS) for _ in range(entries))
    )
    return f'<rss version="2.0"><channel><title>Bench</title>{items}</channel></rss>'.encode()


def _in_order(feeds: list[int]) -> int:
    with viewing(DESK):
        return Fetching.objects.filter(feed__in=feeds, succeeded_at__isnull=False).count()


def _wait(is_so, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.1)


def feeds_table(took: dict[str, float]) -> Iterable[str]:
    beside = took["beside"] / took["alone"]
    yield f"{GOOD} good feeds of {ENTRIES} entries beside one of {HUGE:,}, one that drips, one that kills its process, one without a name"
    yield f"  time until all good ones have come in, beside the same without the bad ones: {beside:.2f} ×"


def feeds_targets(took: dict[str, float]) -> Iterable[str]:
    yield at_most("good feeds beside bad ones", took["beside"] / took["alone"], MOST_BESIDE, " ×")
