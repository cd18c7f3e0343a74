"""Whoever edits at once, and however that ends: entries are what making them anew would give.

Real transactions of several connections, in a world of the test's own.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from random import Random

import pytest
from django.db import connection, connections, transaction

from access.viewing import viewing
from atlas.models import Subject
from newscentre.models import Article, Feed, Meeting
from search.models import Entry, RestrictedEntry
from search.reindex import rebuild
from tests.newscentre.feeds_of_tests import article, feed
from tests.search.test_entries import DESK, MAKERS, THEME, entries, entries_made_anew

PATIENCE = 30
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class RolledBack(Exception):
    """The editor thinks better of it."""


@pytest.fixture
def at_once(committed_world) -> Iterator[Callable[..., Future]]:
    """Runs an edit of the desk as a transaction on a connection of its own."""
    name = connections["default"].settings_dict["NAME"]

    def run(edit: Callable[[], object]) -> object:
        connections["default"].settings_dict["NAME"] = name
        try:
            with viewing(DESK), transaction.atomic():
                return edit()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(8) as pool:
        yield lambda edit: pool.submit(run, edit)


@contextmanager
def written() -> Iterator[None]:
    """What the desk writes for the others to edit, committed."""
    with viewing(DESK), transaction.atomic():
        yield


def somebody_waits() -> None:
    """Returns once a transaction waits for another one's lock."""
    for _ in range(PATIENCE * 20):
        with connection.cursor() as cursor:
            cursor.execute(WAITS)
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waits")


def assert_entries_are_as_made_anew() -> None:
    with viewing(DESK):
        held = entries({})
        assert held == entries_made_anew({})
        assert Entry.objects.count() + RestrictedEntry.objects.count() == len(held), "none is there twice"
        rebuild()
        assert entries({}) == held


def titles_of(row: Article) -> Callable[[str], object]:
    return lambda title: Article.objects.filter(pk=row.pk).update(title=title)


@pytest.mark.parametrize("is_rolled_back", [False, True])
def test_two_who_edit_the_same_article_leave_the_entry_of_the_last_that_stands(at_once, is_rolled_back):
    with written():
        row = article(feed(audience=THEME))
    is_edited, may_end = threading.Event(), threading.Event()

    def first() -> None:
        titles_of(row)("Zugzwang of the first")
        is_edited.set()
        assert may_end.wait(PATIENCE)
        if is_rolled_back:
            raise RolledBack

    one = at_once(first)
    assert is_edited.wait(PATIENCE)
    other = at_once(lambda: Article.objects.filter(pk=row.pk).update(audience=["partner:morocco"]))
    somebody_waits()
    may_end.set()
    assert (one.exception(PATIENCE) is not None) == is_rolled_back
    assert other.result(PATIENCE) == 1
    assert_entries_are_as_made_anew()


def test_of_two_who_wait_for_each_other_one_is_refused_and_the_others_entries_stand(at_once):
    with written():
        of = feed()
        rows = [article(of), article(of, audience=THEME)]
    both = threading.Barrier(2)

    def edit(first: Article, second: Article) -> Callable[[], None]:
        def run() -> None:
            titles_of(first)(f"Zugzwang {first.pk}")
            both.wait(PATIENCE)
            titles_of(second)(f"Remise {second.pk}")

        return run

    ends = [at_once(edit(*rows)), at_once(edit(*reversed(rows)))]
    errors = [end.exception(PATIENCE) for end in ends]
    assert sum(error is None for error in errors) == 1
    assert "deadlock detected" in str(next(error for error in errors if error))
    assert_entries_are_as_made_anew()


@pytest.mark.parametrize("is_rolled_back", [False, True])
def test_who_narrows_a_feed_and_who_edits_its_articles_wait_for_each_other(at_once, is_rolled_back):
    """What hangs on a feed is written by whoever changes the feed: neither overwrites what the other one wrote."""
    with written():
        of = feed()
        rows = [article(of) for _ in range(3)]
    is_edited, may_end = threading.Event(), threading.Event()

    def edit() -> None:
        titles_of(rows[0])("Zugzwang")
        article(of, title="Another")
        is_edited.set()
        assert may_end.wait(PATIENCE)
        if is_rolled_back:
            raise RolledBack

    one = at_once(edit)
    assert is_edited.wait(PATIENCE)
    other = at_once(lambda: Feed.objects.filter(pk=of.pk).update(audience=THEME))
    somebody_waits()
    may_end.set()
    assert (one.exception(PATIENCE) is not None) == is_rolled_back
    assert other.result(PATIENCE) == 1
    assert_entries_are_as_made_anew()
    with viewing(DESK):
        assert not Entry.objects.filter(kind="article", record__in=[row.pk for row in rows]).exists()


def edit_something(by_chance: Random, seed: int, articles: list[int], feeds: list[int], meetings: list[int]) -> None:
    audience = by_chance.choice([["public"], THEME, ["partner:morocco"]])
    row, of, meeting = by_chance.choice(articles), by_chance.choice(feeds), by_chance.choice(meetings)
    edits: list[Callable[[], object]] = [
        lambda: Article.objects.filter(pk=row).update(title=f"Zugzwang {seed}"),
        lambda: Article.objects.filter(pk=row).update(audience=audience),
        lambda: Feed.objects.filter(pk=of).update(audience=audience),
        lambda: Meeting.objects.filter(pk=meeting).update(name_fr=f"Remise {seed}"),
        lambda: Meeting.objects.filter(pk=meeting).update(audience=audience),
        lambda: Subject.objects.filter(kind="country", slug="morocco").update(name_en=f"Morocco {seed}"),
        lambda: article(Feed.objects.get(pk=of), title=f"Another {seed}"),
    ]
    by_chance.choice(edits)()


def test_many_who_edit_the_same_and_other_things_at_once_in_whatever_order(at_once):
    """Each makes several edits, some think better of it, some are refused as those that others wait for."""
    with written():
        of = [feed(), feed(audience=THEME)]
        feeds, articles = [one.pk for one in of], [article(one).pk for one in of for _ in range(4)]
        meetings = [MAKERS["meeting"](f"meeting {number}").pk for number in range(3)]

    def edits(seed: int) -> None:
        by_chance = Random(seed)
        for _ in range(4):
            edit_something(by_chance, seed, articles, feeds, meetings)
        if seed % 5 == 0:
            raise RolledBack

    ends = [at_once(partial(edits, seed)) for seed in range(40)]
    errors = [end.exception(4 * PATIENCE) for end in ends]
    assert any(error is None for error in errors)
    assert {type(error).__name__ for error in errors if error} <= {"RolledBack", "OperationalError"}, errors
    assert_entries_are_as_made_anew()
