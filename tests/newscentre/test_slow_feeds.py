"""Feeds that are slow, huge, deadly or without a name that answers, beside fifty good ones, on the demo's own workers.

What a host of the internet would do to a worker is done in it: `bench.hostile_worker`.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import devserver
from demo import portal as demo_portal
from demo.simulator import Answer, page, publishing
from tests.imap.embedded import CHECKOUT, clean, wait_for
from tests.newscentre.feeds_of_tests import entry, rss
from tests.newscentre.test_kills import ADD_FEED, PREPARE, Portal

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("kills")]

GOOD = 50
ADD_FETCHING = """
    INSERT INTO newscentre_fetching (feed_id, address, host, is_paused, etag, last_modified, wishes, failures, reason, next_at)
    VALUES (%(feed)s, %(address)s, %(host)s, false, '', '', '{}', 0, '', now() - interval '1 hour')
"""
DEADLY = page(rss(entry(1, title="deadly")))
DRIPPING = Answer(body=rss(*(entry(number) for number in range(100))), drip_seconds=0.5)
DRIPS = tuple(f"dripping-{number}" for number in range(8))
BAD = (*DRIPS, "unanswered", "deadly", "huge")


class Workers(Portal):
    """Those of the demonstration, by its own words."""

    def start_workers(self, seconds: float) -> None:
        for name, _, queue, processes in demo_portal.WORKERS:
            self.run(name, "-m", "bench.hostile_worker", str(seconds), *demo_portal.worker_words(queue, processes))

    def add(self, name: str) -> int:
        host = f"{name}.example"
        address = f"http://{host}:{self.publisher.port}/{name}"
        [(feed,)] = self.ask(ADD_FEED, {"address": address})
        self.ask(ADD_FETCHING, {"address": address, "feed": feed, "host": host})
        return feed

    def standing(self, feed: int) -> tuple[str, int, bool, bool]:
        """Its reason, failures in a row, whether it has a later time, whether it is being fetched."""
        query = """SELECT reason, failures, next_at > now() + interval '30 minutes', begun_at IS NOT NULL
                   FROM newscentre_fetching WHERE feed_id = %(feed)s"""
        [row] = self.ask(query, {"feed": feed})
        return row

    def asked_for(self, names: tuple[str, ...]) -> bool:
        """Whether each of these was begun to be fetched."""
        return {f"/{name}" for name in names} <= {path for path, _ in self.publisher.asked}

    def without_result(self, feeds: list[int]) -> int:
        query = """SELECT count(*) FROM newscentre_fetching
                   WHERE feed_id = ANY(%(feeds)s) AND fetched_at IS NULL AND claimed_until > now()"""
        return self.ask(query, {"feeds": feeds})[0][0]

    def in_order(self, feeds: list[int]) -> int:
        query = "SELECT count(*) FROM newscentre_fetching WHERE feed_id = ANY(%(feeds)s) AND succeeded_at IS NOT NULL"
        return self.ask(query, {"feeds": feeds})[0][0]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    folder: Path = tmp_path_factory.mktemp("slow") / "home"
    with devserver.running(folder), publishing() as publisher:
        one = Workers(folder, publisher)
        subprocess.run([sys.executable, "-c", PREPARE], cwd=CHECKOUT, env=one.environment, check=True)
        one.start_scheduler()
        yield one
        for name in list(one.processes):
            one.kill(name)
    clean(folder)


def test_fifty_good_feeds_come_in_in_order_while_bad_ones_last_and_those_end_with_a_reason_and_a_time(portal: Workers):
    """Eight drip at once: more than there are processes."""
    pages = portal.publisher.pages
    pages.update({f"/{name}": DRIPPING for name in DRIPS})
    pages["/deadly"], pages["/huge"] = DEADLY, page(rss(*(entry(number) for number in range(30_000))))
    bad = {name: portal.add(name) for name in BAD}
    lasting = [bad[name] for name in (*DRIPS, "unanswered")]
    portal.start_workers(seconds=600)
    wait_for(lambda: portal.asked_for(DRIPS), 90)
    for number in range(GOOD):
        pages[f"/good-{number}"] = page(rss(entry(number)))
    good = [portal.add(f"good-{number}") for number in range(GOOD)]
    wait_for(lambda: portal.in_order(good) == GOOD, 200)
    assert portal.without_result(lasting) == len(lasting), "they last, and held up nobody"

    wait_for(lambda: portal.standing(bad["deadly"])[:3] == ("broke-off", 2, True), 60)
    for name, *_ in demo_portal.WORKERS:
        portal.kill(name)
    portal.let_claims_end()
    portal.start_workers(seconds=3)
    for feed in lasting:
        wait_for(lambda feed=feed: portal.standing(feed)[::2] == ("too-slow", True), 90)
    wait_for(lambda: portal.standing(bad["huge"])[2] and not portal.standing(bad["huge"])[3], 120)
