"""Numbers in addresses are given by chance: none tells how many rows there are that its reader may not see."""

import re

import pytest
from django.apps import apps
from django.db import connection

from access.numbers import RandomKeyField, deobfuscate, obfuscate, random_number_sql
from access.viewer import ANYONE
from access.viewing import viewing
from newscentre.articles.listing import PER_PAGE
from newscentre.calendar.models import MeetingDocument
from newscentre.models import Article, Meeting, Project, Publication, PublicationFile
from tests.conftest import STRANGER, browser_of
from tests.newscentre.feeds_of_tests import article, feed
from tests.readers import body_of
from tests.search.test_search import DESK

COUNTED = re.compile(rb"(?<!\d)7700\d{4}(?!\d)")  # what the database counts, as these tests have it count
SHARED = {"dialogue_id": "mtm", "audience": ["public"]}


@pytest.fixture
def addresses(db) -> list[str]:
    """Of everything in the news centre that has an address of its own, each with a key that nothing else looks like."""
    with viewing(DESK):
        of = feed()
        told = [article(of, pk=77_000_000 + number, title=f"Zugzwang {number}") for number in range(PER_PAGE + 5)]
        meeting = Meeting.objects.create(pk=77_001_000, slug="m", name_en="Zugzwang", starts="2031-05-20", **SHARED)
        document = MeetingDocument.objects.create(
            pk=77_002_000, meeting=meeting, kind="agenda", title="Zugzwang", language="en", file="a.pdf", audience=None
        )
        book = Publication.objects.create(pk=77_003_000, slug="b", title="Zugzwang", year=2031, **SHARED)
        file = PublicationFile.objects.create(
            pk=77_004_000, publication=book, title="Zugzwang", language="en", file="b.pdf", audience=None
        )
        project = Project.objects.create(pk=77_005_000, slug="p", name_en="Zugzwang", starts="2031", **SHARED)
    assert document.address_number != file.address_number
    rows = [("news", told[0]), ("calendar", meeting), ("library", book), ("library/projects", project)]
    return [f"/en/{under}/{row.address_number}/" for under, row in rows]


def test_nothing_that_readers_are_sent_holds_a_number_that_the_database_counts(addresses):
    client = browser_of(STRANGER)
    pages = ["news/", "news/rss/", "news/atom/", "calendar/", "calendar/2031-05/", "calendar/meetings.ics", "library/"]
    pages += ["search/?q=zugzwang", "search/?q=zugzwang&kind=document"]
    older = re.search(rb'\?before=[^"]+', body_of(client.get("/en/news/")))
    assert older is not None
    pages += [f"news/{older[0].decode()}"]
    for path in [*addresses, *(f"/en/{page}" for page in pages), f"{addresses[1]}meeting.ics", "/sitemap.xml"]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert COUNTED.findall(body_of(answer)) == [], path


def test_the_number_that_the_database_counts_leads_nowhere(addresses):
    client = browser_of(STRANGER)
    for path in ("news/77000000/", "calendar/77001000/", "calendar/documents/77002000/", "library/77003000/"):
        assert client.get(f"/en/{path}").status_code == 404, path
    for path in ("library/files/77004000/", "library/projects/77005000/"):
        assert client.get(f"/en/{path}").status_code == 404, path


def test_what_stood_at_a_short_number_before_stands_there_still(db):
    with viewing(DESK):
        row = article(feed(), title="Cited long ago", address_number=12)
    assert "Cited long ago" in body_of(browser_of(STRANGER).get("/en/news/12/")).decode()
    with viewing(DESK):
        Article.objects.filter(pk=row.pk).update(audience=["secretariat:mtm"])
    assert browser_of(STRANGER).get("/en/news/12/").status_code == 404


def test_a_page_that_begins_after_an_article_which_is_hidden_now_leaves_none_out(addresses):
    client = browser_of(STRANGER)
    older = re.search(rb'\?before=[^"]+', body_of(client.get("/en/news/")))
    assert older is not None
    first = set(re.findall(rb"Zugzwang \d+", body_of(client.get("/en/news/"))))
    last = deobfuscate(int(older[0].decode().rpartition("-")[2]))
    with viewing(DESK):
        assert Article.objects.filter(pk=last).update(audience=["secretariat:mtm"]) == 1
    second = set(re.findall(rb"Zugzwang \d+", body_of(client.get(f"/en/news/{older[0].decode()}"))))
    with viewing(ANYONE):
        assert (
            len(first | second) == Article.objects.visible_to(ANYONE).filter(title__startswith="Zugzwang").count() + 1
        )


@pytest.mark.parametrize("number", [0, 1, 2, 77_000_019, 2**29, 2**40, 2**58 - 1])
def test_a_number_in_disguise_is_found_again(number):
    assert deobfuscate(obfuscate(number)) == number
    assert 0 <= obfuscate(number) < 10**18


def test_keys_that_readers_are_told_are_given_by_chance_and_read_exactly_by_scripts(db):
    keyed = [model for model in apps.get_models() if isinstance(model._meta.pk, RandomKeyField)]
    assert {"Segment", "Stop", "Nomination", "Affiliation", "PersonalToken", "Watch"} <= {row.__name__ for row in keyed}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'id' AND table_name = ANY(%s) "
            "AND column_default LIKE %s AND is_identity = 'NO'",
            [[model._meta.db_table for model in keyed], "%gen_random_uuid%"],
        )
        assert {row[0] for row in cursor} == {model._meta.db_table for model in keyed}
        for drawing in (random_number_sql(hex_digits=13), RandomKeyField.default_sql):
            cursor.execute(f"SELECT {drawing} FROM generate_series(1, 1000)")
            drawn = [row[0] for row in cursor]
            assert len(set(drawn)) == 1000
            assert all(10**9 <= number < 2**53 for number in drawn)
