"""That a search uses its index, and stops counting, where there are many articles."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from search.kinds import kind_named
from search.query import MOST_COUNTED, Facets, search
from tests.conftest import _as_owner
from tests.newscentre.feeds_of_tests import NOON, article, feed

MANY = """
    INSERT INTO newscentre_article (feed_id, key, page, digest, link, title, title_language, excerpt, excerpt_language,
        published_at, dated, seen_at, categories, subjects, edited, story, status)
    SELECT %s, 'k' || n, '', '', '', 'Common words number ' || n, 'en', '', '', now() - n * interval '1 minute', '', now(),
           '{}', '{}', '{}', gen_random_uuid(), 'published' FROM generate_series(1, 12000) n
"""


def test_a_rare_word_is_found_by_its_index_and_a_common_one_counted_to_a_limit(committed_world):
    with viewing(Viewer.secretariat_of("mtm")), connection.cursor() as cursor:
        cursor.execute(MANY, [feed().pk])
    _as_owner("ANALYZE search_entry")
    with viewing(ANYONE), CaptureQueriesContext(connection) as asked:
        assert search(ANYONE, "number 2718", kind_named("article")).number == 1
    [query] = [row["sql"] for row in asked if "search_entry" in row["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {query.rpartition(';')[2]}")
        assert "search_by_words" in str(cursor.fetchall())
    with viewing(ANYONE):
        found = search(ANYONE, "common", kind_named("article"))
    assert found.number == MOST_COUNTED
    assert found.is_counted_out


def test_a_rare_word_in_what_is_restricted_is_found_by_its_index_under_the_lock(committed_world):
    """Beside as many that are for others."""
    with viewing(Viewer.secretariat_of("mtm")), connection.cursor() as cursor:
        for audience in (["dialogue:mtm:irregular-mixed-migration"], ["partner:morocco"]):
            cursor.execute(MANY, [feed(audience=audience).pk])
    _as_owner("ANALYZE search_restricted_entry")
    official = Viewer.of(["nominated", "dialogue:mtm:irregular-mixed-migration"])
    with viewing(official), CaptureQueriesContext(connection) as asked:
        assert search(official, "number 2718", kind_named("article")).number == 1
    [query] = [row["sql"] for row in asked if "search_restricted_entry" in row["sql"]]
    settings, _, question = query.rpartition(";")
    with viewing(official), connection.cursor() as cursor:
        cursor.execute(f"{settings}; EXPLAIN {question}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "restricted_by_words" in plan, plan
    assert "Seq Scan on search_restricted_entry" not in plan, plan


def test_a_language_is_searched_to_its_oldest_article(committed_world):
    """However many newer ones of other languages say the same word."""
    with viewing(Viewer.secretariat_of("mtm")), connection.cursor() as cursor:
        of = feed()
        cursor.execute(MANY, [of.pk])
        article(of, title="Common asile", title_language="fr", published_at=NOON - timedelta(days=400)).save()
    with viewing(ANYONE):
        assert search(ANYONE, "common", kind_named("article"), Facets(language="fr")).number == 1
