"""How fast a feed's entries are read and stored among a million articles, beside PostgreSQL's own COPY of the same rows."""

import io
import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, connections, transaction
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from bench.news import DIALOGUE
from bench.report import at_least
from newscentre.feeds.storage import store
from newscentre.models import Feed
from newscentre.stages.clean import Item, cleaned
from newscentre.stages.parse import parse

ENTRIES, ROUNDS = 1000, 5
LEAST_OF_COPY, LEAST_UNCHANGED = 0.5, 5.0
COLUMNS = (
    "feed_id, key, page, digest, link, title, title_language, excerpt, excerpt_language, published_at, dated, seen_at,"
    " categories, subjects, edited, story, status, audience"
)
# COPY takes no table with row-level security; what its trigger reads is opened too. All of it is rolled back.
OPENED = ("newscentre_article", "newscentre_feed")


@dataclass(frozen=True)
class Storing:
    """Entries a second. `upsert`: the one statement alone; `copy`: COPY of the rows it wrote, with their text vectors."""

    read: float
    new: float
    unchanged: float
    upsert: float
    copy: float


def measure_storing() -> Storing:
    """In the database that Django speaks to; nothing of it stays."""
    began = time.perf_counter()
    document = parse(_feed_of_many(), "application/rss+xml")
    read = ENTRIES / (time.perf_counter() - began)
    now = timezone.now()
    items = cleaned(document, ["https://news.example/feed"], "en", now)
    assert len(items) == ENTRIES
    rounds = [_round(items) for _ in range(ROUNDS)]
    return Storing(read, *(statistics.median(rates) for rates in zip(*rounds, strict=True)))


def _feed_of_many() -> bytes:
    items = "".join(
        f"<item><guid>bench-{n}</guid><title>Report {n} on Rabat and Dakar</title><link>https://news.example/b{n}</link>"
        f"<description>Text number {n} on what was said, and by whom.</description></item>"
        for n in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>Bench</title>{items}</channel></rss>'.encode()


def _round(items: list[Item]) -> tuple[float, float, float, float]:
    """New, unchanged, the statement alone, COPY."""
    now, rows, spent = timezone.now(), io.BytesIO(), []
    with viewing(Viewer.secretariat_of(DIALOGUE)), transaction.atomic():
        feed = Feed.objects.filter(publisher="bench").first()
        assert feed
        with _timed_upserts(spent):
            new = _seconds(lambda: store(feed, items, now))
            unchanged = _seconds(lambda: store(feed, items, now))
        with connection.cursor() as cursor:
            chosen = f"SELECT {COLUMNS} FROM newscentre_article WHERE feed_id = {feed.pk} AND key LIKE 'guid:%'"
            cursor.copy_expert(f"COPY ({chosen}) TO STDOUT", rows)
        transaction.set_rollback(True)
    [upsert] = spent
    return ENTRIES / new, ENTRIES / unchanged, ENTRIES / upsert, ENTRIES / _seconds_of_copy(rows)


@contextmanager
def _timed_upserts(spent: list[float]) -> Iterator[None]:
    def timed(execute, sql, params, many, context):
        began = time.perf_counter()
        answer = execute(sql, params, many, context)
        if "INSERT INTO newscentre_article" in sql:
            spent.append(time.perf_counter() - began)
        return answer

    with connection.execute_wrapper(timed):
        yield


def _seconds_of_copy(rows: io.BytesIO) -> float:
    rows.seek(0)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in OPENED:
            cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        spent = _seconds(lambda: cursor.copy_expert(f"COPY newscentre_article ({COLUMNS}) FROM STDIN", rows))
        assert cursor.rowcount == ENTRIES
        transaction.set_rollback(True, using="owner")
    return spent


def _seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def storing_table(storing: Storing) -> Iterable[str]:
    yield (
        f"Entries of a feed, beside reading them (1): storing new ones {storing.new / storing.read:.2f},"
        f" passing over unchanged ones {storing.unchanged / storing.read:.2f}"
    )


def storing_targets(storing: Storing) -> Iterable[str]:
    yield at_least("the upsert beside COPY, with text vectors", storing.upsert / storing.copy, LEAST_OF_COPY, " ×")
    passing = storing.unchanged / storing.read
    yield at_least("passing over unchanged entries, beside reading them", passing, LEAST_UNCHANGED, " ×")
