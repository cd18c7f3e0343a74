"""Workers, scheduler, Valkey and PostgreSQL are killed while articles come in: afterwards each is there exactly once.

Real programs, real kills. What would take a quarter of an hour, the end of a dead worker's claim, is brought about.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

import devserver
from demo.simulator import HOME, Answer, Publisher, page, publishing
from tests.imap.embedded import CHECKOUT, clean, pid_of, wait_for
from tests.newscentre.feeds_of_tests import entry, rss

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("kills")]

NUMBER = 30  # articles in a feed
PREPARE = """
import django
django.setup()
from django.core.management import call_command
from atlas.models import Dialogue
from newscentre.models import Publisher
call_command("migrate", database="owner", verbosity=0)
Dialogue.objects.create(slug="mtm", name="MTM", short_name="MTM", languages=["en"])
Publisher.objects.create(slug="sahel", name="Sahel Desk")
"""
# A scheduler whose clock goes faster than the portal's.
SCHEDULER = """
import sys
from imap.celery import app
app.conf.beat_schedule = {"due": {"task": "newscentre.tasks.dispatch_due_feeds", "schedule": 1.0}}
app.start(["beat", "--schedule", sys.argv[1], "--pidfile", "", "--loglevel", "INFO"])
"""
ADD_FEED = """
    INSERT INTO newscentre_feed (publisher_id, name, dialogue_id, audience, language, categories, subjects, rule,
                                 drop_words, drop_languages, drop_categories)
    VALUES ('sahel', %(address)s, 'mtm', '{public}', 'en', '{}', '{}', 'publish', '{}', '{}', '{}') RETURNING id
"""
ADD_FETCHING = """
    INSERT INTO newscentre_fetching (feed_id, address, host, is_paused, etag, last_modified, wishes, failures, reason)
    VALUES (%(feed)s, %(address)s, '127.0.0.1', false, '', '', '{}', 0, '')
"""


@dataclass
class Portal:
    """A worker and a scheduler beside servers of their own; the database is asked as its owner, who keeps."""

    home: Path
    publisher: Publisher
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **devserver.addresses(self.home).environment(),
            "DJANGO_SETTINGS_MODULE": "imap.settings",
            "IMAP_MODE": "demo",
            "IMAP_VAR": str(self.home),
            "IMAP_NEWS_ALSO_FROM": f"{HOME}:{self.publisher.port}",
        }

    def run(self, name: str, *arguments: str) -> None:
        """Starts a program of the portal in a group of processes of its own."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments], cwd=CHECKOUT, env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def start_worker(self) -> None:
        self.run("worker", "-m", "celery", "-A", "imap", "worker", "--concurrency", "1", "--loglevel", "INFO")

    def start_scheduler(self) -> None:
        self.run("scheduler", "-c", SCHEDULER, str(self.home / "schedule"))

    def kill(self, name: str) -> None:
        """All its processes at once, as when a machine loses power."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def mend(self) -> None:
        """Starts a worker that ended by itself, as whatever supervises it does.

        Celery's ends with an error when it loses its queue while a task is in hand.
        """
        if "worker" in self.processes and self.processes["worker"].poll() is not None:
            self.start_worker()
            self.let_claims_end()

    def ask(self, query: str, values: dict[str, object] | None = None) -> list[tuple]:
        url = devserver.addresses(self.home).database_owner_url
        with contextlib.closing(psycopg2.connect(url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SET imap.owner_access = 'on'")
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else []

    def add_feed(self, path: str) -> int:
        address = self.publisher.at(path)
        [(feed,)] = self.ask(ADD_FEED, {"address": address})
        self.ask(ADD_FETCHING, {"address": address, "feed": feed})
        return feed

    def is_in_order(self, feed: int) -> bool:
        query = "SELECT succeeded_at IS NOT NULL AND claim IS NULL FROM newscentre_fetching WHERE feed_id = %(feed)s"
        with contextlib.suppress(psycopg2.OperationalError):
            return self.ask(query, {"feed": feed}) == [(True,)]
        return False

    def titles(self, feed: int) -> list[str]:
        return sorted(
            title
            for (title,) in self.ask("SELECT title FROM newscentre_article WHERE feed_id = %(feed)s", {"feed": feed})
        )

    def begun(self, feed: int) -> bool:
        return self.ask(
            "SELECT begun_at IS NOT NULL FROM newscentre_fetching WHERE feed_id = %(feed)s", {"feed": feed}
        ) == [(True,)]

    def let_claims_end(self) -> None:
        self.ask("UPDATE newscentre_fetching SET claimed_until = now() WHERE claimed_until IS NOT NULL")

    def claim_of(self, feed: int) -> str:
        [(claim,)] = self.ask("SELECT claim::text FROM newscentre_fetching WHERE feed_id = %(feed)s", {"feed": feed})
        return claim

    def let_claim_end(self, claim: str) -> None:
        """Only this one: whoever lives may hold another one by now, which would count as a second break."""
        self.ask("UPDATE newscentre_fetching SET claimed_until = now() WHERE claim::text = %(claim)s", {"claim": claim})


def everything() -> list[str]:
    return sorted(f"Headline {number}" for number in range(NUMBER))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("kills") / "home"
    with devserver.running(folder):
        yield folder
    clean(folder)


@pytest.fixture(scope="module")
def portal(home: Path) -> Iterator[Portal]:
    """The smallest portal that fetches: a dialogue and a publisher, no subject, worker and scheduler."""
    with publishing() as publisher:
        one = Portal(home, publisher)
        subprocess.run([sys.executable, "-c", PREPARE], cwd=CHECKOUT, env=one.environment, check=True)
        one.start_worker()
        one.start_scheduler()
        yield one
        for name in list(one.processes):
            one.kill(name)


@pytest.fixture
def whole_portal(portal: Portal) -> Iterator[Portal]:
    """Whatever a test killed runs again for the next one."""
    yield portal
    for name, start in (("worker", portal.start_worker), ("scheduler", portal.start_scheduler)):
        if name not in portal.processes:
            start()


FEED = rss(*(entry(number) for number in range(NUMBER)))


def killed_server(portal: Portal, name: str) -> None:
    """One of the servers is killed; it has been started again when this returns."""

    def pid() -> int:
        with contextlib.suppress(KeyError):  # while there is none
            return pid_of(portal.home, name)
        return 0

    before = pid()
    assert before > 1, "no server, no kill"
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: pid() not in (0, before), 90)
    wait_for(lambda: is_up(portal), 60)


def is_up(portal: Portal) -> bool:
    with contextlib.suppress(psycopg2.OperationalError, redis.RedisError):
        return bool(portal.ask("SELECT 1") and redis.Redis.from_url(devserver.addresses(portal.home).redis_url).ping())
    return False


def comes_in(portal: Portal, feed: int) -> None:
    wait_for(lambda: portal.mend() or portal.is_in_order(feed), 240)
    assert portal.titles(feed) == everything()


def test_articles_come_in(whole_portal: Portal) -> None:
    whole_portal.publisher.pages["/whole"] = page(FEED)
    comes_in(whole_portal, whole_portal.add_feed("/whole"))


def killed_in(portal: Portal, feed: int, is_there: Callable[[], object]) -> None:
    """The worker is killed at a stage; another one takes up its work once the claim has ended."""
    wait_for(lambda: portal.begun(feed) and is_there(), 60)
    portal.kill("worker")


def recovered(portal: Portal, feed: int) -> None:
    assert portal.titles(feed) == []
    portal.start_worker()
    portal.let_claims_end()
    comes_in(portal, feed)


def test_a_worker_killed_while_it_fetches(whole_portal: Portal) -> None:
    whole_portal.publisher.pages["/slow"] = Answer(body=FEED, drip_seconds=0.01)
    feed = whole_portal.add_feed("/slow")
    killed_in(whole_portal, feed, lambda: any(path == "/slow" for path, _ in whole_portal.publisher.asked))
    whole_portal.publisher.pages["/slow"] = page(FEED)
    recovered(whole_portal, feed)


def test_a_worker_killed_while_it_parses(whole_portal: Portal) -> None:
    heavy = rss(*(entry(number) for number in range(20_000)))
    whole_portal.publisher.pages["/heavy"] = page(heavy)
    feed = whole_portal.add_feed("/heavy")

    def parses() -> bool:
        worker = psutil.Process(whole_portal.processes["worker"].pid)
        return any(
            "newscentre.stages.reading" in " ".join(child.cmdline()) for child in worker.children(recursive=True)
        )

    killed_in(whole_portal, feed, parses)
    whole_portal.publisher.pages["/heavy"] = page(FEED)
    recovered(whole_portal, feed)


def test_a_worker_killed_while_it_stores(whole_portal: Portal) -> None:
    """It waits for a lock in the midst of its transaction."""
    whole_portal.publisher.pages["/stored"] = page(FEED)
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'newscentre_article'::regclass"
    url = devserver.addresses(whole_portal.home).database_owner_url
    with contextlib.closing(psycopg2.connect(url)) as holding, holding.cursor() as cursor:
        cursor.execute("LOCK TABLE newscentre_article IN SHARE MODE")
        feed = whole_portal.add_feed("/stored")
        killed_in(whole_portal, feed, lambda: whole_portal.ask(waits))
        holding.rollback()
    recovered(whole_portal, feed)


def test_valkey_killed_and_empty_when_it_comes_back(whole_portal: Portal) -> None:
    """Tasks that waited in it are sent again."""
    whole_portal.kill("worker")  # so that something waits
    whole_portal.publisher.pages["/queued"] = page(FEED)
    feed = whole_portal.add_feed("/queued")
    url = devserver.addresses(whole_portal.home).redis_url
    wait_for(lambda: redis.Redis.from_url(url).llen("background") + redis.Redis.from_url(url).llen("now"))
    killed_server(whole_portal, "valkey")
    whole_portal.start_worker()
    whole_portal.let_claims_end()
    comes_in(whole_portal, feed)


def test_valkey_killed_while_worker_and_scheduler_run(whole_portal: Portal) -> None:
    killed_server(whole_portal, "valkey")
    whole_portal.publisher.pages["/again"] = page(FEED)
    comes_in(whole_portal, whole_portal.add_feed("/again"))


def test_postgresql_killed_while_articles_come_in(whole_portal: Portal) -> None:
    whole_portal.publisher.pages["/base"] = Answer(body=FEED, drip_seconds=0.0004)
    feed = whole_portal.add_feed("/base")
    wait_for(lambda: whole_portal.begun(feed), 60)
    claim = whole_portal.claim_of(feed)
    killed_server(whole_portal, "postgres")
    whole_portal.let_claim_end(claim)
    comes_in(whole_portal, feed)


def test_the_scheduler_killed_is_missed_and_nothing_is_lost(whole_portal: Portal) -> None:
    url = devserver.addresses(whole_portal.home).redis_url
    whole_portal.publisher.pages["/late"] = page(FEED)
    wait_for(lambda: scheduler_heard(url) > time.time() - 5)
    whole_portal.kill("scheduler")
    killed_at = time.time()
    feed = whole_portal.add_feed("/late")
    time.sleep(4)
    assert scheduler_heard(url) < killed_at + 1, "nobody else speaks for it"
    assert not whole_portal.begun(feed)
    whole_portal.start_scheduler()
    comes_in(whole_portal, feed)


def scheduler_heard(url: str) -> float:
    return float(redis.Redis.from_url(url).hget("imap:signs-of-life", "scheduler") or 0)
