"""Each task of the portal, in a real worker, ends in a recorded state, whatever ended it, and the next one is worked on.

Time limits are short, kills are real. What people wait for says in words why there is no result, and what is due again has
a later time.
"""

import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
import redis
from celery import Celery, current_app

import devserver
from demo.simulator import publishing
from newscentre.failure_reasons import FailureReason
from routes.importing.errors import message_of
from routes.models import GeodataImport, ImportState
from tests.imap.bad_ends import ALIVE, BEGUN, END
from tests.imap.embedded import CHECKOUT, clean, wait_for
from tests.imap.test_ending_tasks import tasks
from tests.newscentre.test_kills import ADD_FEED, PREPARE, Portal

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("kills")]

# How a task ends, and what a feed says of it then. A process that left in silence is missed after ten seconds, or, as here,
# at its hard limit.
REASONS = {
    "soft limit": {FailureReason.TOOK_TOO_LONG},
    "hard limit": {FailureReason.TOOK_TOO_LONG},
    "killed": {FailureReason.BROKE_OFF},
    "out of memory": {FailureReason.BROKE_OFF, FailureReason.TOOK_TOO_LONG},
    "memory error": {FailureReason.WENT_WRONG},
}
NUMBERS = iter(range(1000))
ADD_FETCHING = """
    INSERT INTO newscentre_fetching (feed_id, address, host, is_paused, is_slow, etag, last_modified, wishes, failures, reason,
                                     claim, claimed_until)
    VALUES (%(feed)s, %(address)s, 'a.example', false, false, '', '', '{}', 1, '', %(claim)s, now() + interval '5 minutes')
"""
ADD_ADDRESS = """
    INSERT INTO newscentre_outsideaddress (dialogue_id, address, host, stands_in, failures, reason, claim, claimed_until)
    VALUES ('mtm', %(address)s, 'a.example', '{}', 0, '', %(claim)s, now() + interval '5 minutes') RETURNING id
"""
ADD_IMPORT = """
    INSERT INTO routes_geodataimport (dialogue_id, mode, file, name, state, notes, rows, outcomes, digest, brought_at,
                                      waiting_since)
    VALUES ('mtm', '', '', 'a.geojson', %(state)s, '[]', '[]', '[]', '', now(), now()) RETURNING id
"""


class Worker(Portal):
    """One that lets every task end badly, and what the database says of what its tasks were at."""

    @property
    def valkey(self) -> redis.Redis:
        return redis.Redis.from_url(devserver.addresses(self.home).redis_url, decode_responses=True)

    def start_worker(self) -> None:
        words = ("worker", "--queues", "now,background,slow", "--concurrency", "3", "--loglevel", "INFO")
        self.run("worker", "-m", "tests.imap.bad_ends", *words)
        self.is_alive()

    def is_alive(self) -> None:
        """Returns once the worker has done a task that was sent now."""
        before = int(self.valkey.get(ALIVE) or 0)
        self.send("tests.alive")
        wait_for(lambda: int(self.valkey.get(ALIVE) or 0) > before, 60)

    def send(self, name: str, *arguments: object) -> None:
        url = devserver.broker_url(devserver.addresses(self.home).redis_url)
        with Celery(broker=url, set_as_current=False) as app:
            app.send_task(name, arguments, queue="background")

    def begun(self, name: str) -> int:
        return int(self.valkey.hget(BEGUN, name) or 0)

    def feed(self) -> tuple[int, str]:
        claim, address = str(uuid.uuid4()), f"http://a.example/{next(NUMBERS)}"
        [(feed,)] = self.ask(ADD_FEED, {"address": address})
        self.ask(ADD_FETCHING, {"feed": feed, "address": address, "claim": claim})
        return feed, claim

    def address(self) -> tuple[int, str]:
        claim, address = str(uuid.uuid4()), f"http://a.example/{next(NUMBERS)}"
        [(pk,)] = self.ask(ADD_ADDRESS, {"address": address, "claim": claim})
        return pk, claim

    def brought(self, state: str) -> int:
        [(pk,)] = self.ask(ADD_IMPORT, {"state": state})
        return pk

    def of_feed(self, feed: int) -> tuple[str, int, bool, bool]:
        """Its reason, failures in a row, whether it has a later time, whether a worker is at it."""
        query = """SELECT reason, failures, next_at > now() + interval '1 minute', claim IS NOT NULL
                   FROM newscentre_fetching WHERE feed_id = %(pk)s"""
        return self.ask(query, {"pk": feed})[0]

    def of_address(self, pk: int) -> tuple[bool, bool]:
        query = """SELECT next_at > now() + interval '1 hour', claim IS NOT NULL
                   FROM newscentre_outsideaddress WHERE id = %(pk)s"""
        return self.ask(query, {"pk": pk})[0]

    def of_import(self, pk: int) -> GeodataImport:
        query = "SELECT state, why, waiting_since FROM routes_geodataimport WHERE id = %(pk)s"
        [(state, why, since)] = self.ask(query, {"pk": pk})
        return GeodataImport(state=state, why=why, waiting_since=since)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("ends") / "home"
    with devserver.running(folder), publishing() as publisher:
        one = Worker(folder, publisher)
        subprocess.run([sys.executable, "-c", PREPARE], cwd=CHECKOUT, env=one.environment, check=True)
        one.start_worker()
        yield one
        one.kill("worker")
    clean(folder)


@pytest.fixture(params=list(REASONS))
def end(request: pytest.FixtureRequest, worker: Worker) -> str:
    worker.valkey.set(END, request.param)
    worker.valkey.delete(BEGUN)
    return request.param


def test_a_feed_says_why_it_gave_nothing_and_has_a_later_time(worker: Worker, end: str):
    feed, claim = worker.feed()
    worker.send("newscentre.tasks.fetch_feed", feed, claim)
    wait_for(lambda: worker.of_feed(feed)[1] == 2, 30)
    reason, *others = worker.of_feed(feed)
    assert reason in REASONS[end]
    assert others == [2, True, False]
    assert FailureReason(reason).label
    worker.is_alive()
    assert worker.begun("newscentre.tasks.fetch_feed") == 1, "what killed one process does not kill the next"


def test_an_outside_address_is_looked_at_again_later(worker: Worker, end: str):
    pk, claim = worker.address()
    worker.send("newscentre.tasks.check_link", pk, claim)
    wait_for(lambda: worker.of_address(pk) == (True, False), 30)
    worker.is_alive()
    assert worker.begun("newscentre.tasks.check_link") == 1


@pytest.mark.parametrize(
    ("task", "before", "after"),
    [
        ("routes.tasks.examine_import", ImportState.WAITING, ImportState.REFUSED),
        ("routes.tasks.take_import", ImportState.TAKING, ImportState.READ),
    ],
)
def test_a_page_that_waits_for_an_import_is_told_that_it_went_wrong(worker: Worker, end: str, task, before, after):
    pk = worker.brought(before)
    worker.send(task, pk, "mtm")
    wait_for(lambda: not worker.of_import(pk).is_at_work, 30)
    ended = worker.of_import(pk)
    assert ended.state == after
    assert "Something went wrong here" in message_of(ended.why)
    worker.is_alive()
    assert worker.begun(task) == 1


def test_of_whatever_nobody_waits_for_the_next_one_is_worked_on(worker: Worker, end: str):
    names = [name for name, task in tasks().items() if task.nobody_waits]
    assert len(names) >= 10
    for name in names:
        worker.send(name, *([1] if name in TAKE_A_NUMBER else []))
    wait_for(lambda: all(worker.begun(name) for name in names), 90)
    worker.is_alive()
    assert {name: worker.begun(name) for name in names} == dict.fromkeys(names, 1)


TAKE_A_NUMBER = {"newscentre.subscriptions.tasks.send_mailing", "accounts.tasks.send_link_for_new_password"}


def test_what_people_wait_for_is_all_tried_here():
    recorded = {name for name, task in tasks().items() if task.ended_badly}
    assert recorded == {
        "newscentre.tasks.fetch_feed", "newscentre.tasks.check_link",
        "routes.tasks.examine_import", "routes.tasks.take_import",
    }  # fmt: skip
    assert current_app.conf.task_acks_late
