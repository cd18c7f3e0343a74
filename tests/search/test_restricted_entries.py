"""What is restricted is found by its readers, and no word of it stands outside the lock."""

import pytest
from django.db import connection

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.models import Dialogue
from newscentre.models import Article, Feed, Link, Meeting, MeetingDocument, Project, Publication
from profiles.models import EditionText, Profile, Section
from search.kinds import kind_named
from search.models import Entry, Readers, RestrictedEntry
from search.query import search
from tests.conftest import _as_owner
from tests.newscentre.feeds_of_tests import article, feed
from tests.search.test_search import DESK, OFFICIAL, THEME, number, titles, write

CANARY, PHRASE = "zqxwvk", "zqxwvk treaty of lampedusa"
EVERY_TABLE = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname = 'public' AND has_table_privilege(c.oid, 'SELECT')
"""


def plant() -> list:
    """A restricted row of each kind, with the word where its entry has it."""
    said = {"dialogue_id": "mtm", "audience": THEME}
    meeting = Meeting.objects.create(slug="zm", name_en=PHRASE, about_fr=PHRASE, starts="2013-02", **said)
    return [
        article(feed(audience=THEME), title=PHRASE, excerpt=PHRASE),
        article(feed(), title=PHRASE, audience=THEME),
        meeting,
        MeetingDocument.objects.create(meeting=meeting, kind="agenda", title=PHRASE, language="en", file="a.pdf"),
        Publication.objects.create(slug="zp", title=PHRASE, year=2013, **said),
        Project.objects.create(slug="zj", name_en=PHRASE, starts="2013", **said),
        Link.objects.create(slug="zl", name_en=PHRASE, category="forum", address="https://a.example/", **said),
    ]


def holding(word: str) -> list[str]:
    """The tables and views in which the application's role reads the word, statistics of columns among them."""
    with connection.cursor() as cursor:
        cursor.execute(EVERY_TABLE)
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in [*tables, "pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"]:
            cursor.execute(f"SELECT count(*) FROM {table} held WHERE held::text ILIKE %s", [f"%{word}%"])
            found += [table] if cursor.fetchone()[0] else []
        return found


def test_no_word_of_a_restricted_row_can_be_had_by_the_applications_role_without_a_viewer(committed_world):
    with viewing(DESK):
        plant()
    _as_owner("ANALYZE")
    assert holding(CANARY) == []
    with connection.cursor() as cursor:  # the setting that opens every row opens the owner's alone
        cursor.execute("SET imap.owner_access = 'on'")
        assert holding(CANARY) == []
        cursor.execute("RESET imap.owner_access")
    with viewing(ANYONE):
        assert holding(CANARY) == []
    with viewing(DESK):
        assert {"search_restricted_entry", "newscentre_article"} <= set(holding(CANARY))
        assert "search_entry" not in holding(CANARY)
    with viewing(Viewer.of(["nominated", "dialogue:mtm:migration-development"])):
        assert holding(CANARY) == []


@pytest.mark.parametrize("asked", ["", CANARY, f"!{CANARY}", "'§'", "!'§'", f"{CANARY} | !{CANARY}"])
def test_whatever_a_session_says_that_it_asks_for_it_reads_no_more_than_its_viewer(db, asked):
    with viewing(DESK):
        plant()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('imap.asked', %s, true)", [asked])
        for viewer in (ANYONE, Viewer.of(["nominated", "dialogue:mtm:migration-development"])):
            with viewing(viewer):
                assert holding(CANARY) == []


@pytest.mark.django_db
def test_after_a_question_all_entries_that_the_viewer_may_read_are_read_again():
    write(article, write(feed, audience=THEME), title=PHRASE)
    with viewing(DESK):
        held = RestrictedEntry.objects.count()
        assert search(DESK, "a word that stands nowhere zqxwvkk", kind_named("article")).number == 0
        assert RestrictedEntry.objects.count() == held > 0


@pytest.mark.django_db
def test_what_is_edited_in_a_session_that_asks_for_something_is_written_as_ever():
    row = write(article, write(feed, audience=THEME), title=PHRASE)
    with viewing(DESK), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('imap.asked', 'nothing', true)")
        assert not RestrictedEntry.objects.filter(kind="article", record=row.pk).exists()
        Article.objects.filter(pk=row.pk).update(title="Another headline")
        Feed.objects.filter(pk=row.feed_id).update(audience=["public"])
        cursor.execute("SELECT set_config('imap.asked', '', true)")
        assert not RestrictedEntry.objects.filter(kind="article", record=row.pk).exists()
        assert Entry.objects.filter(kind="article", record=row.pk).exists()


@pytest.mark.django_db
def test_a_phrase_is_found_in_what_is_restricted_by_its_readers_alone():
    write(article, write(feed, audience=THEME), title=PHRASE)
    write(article, write(feed), title="The treaty zqxwvk")
    assert titles(f'"{PHRASE}"', OFFICIAL) == [PHRASE]
    assert titles('"lampedusa treaty"', OFFICIAL) == []
    assert titles(f'"{PHRASE}"') == []
    assert number(CANARY, OFFICIAL) == 2
    assert number(CANARY) == 1


@pytest.mark.django_db
def test_what_is_narrowed_leaves_the_open_table_with_the_change_and_comes_back_with_the_next():
    row = write(article, write(feed), title=PHRASE)
    for audience, is_open in ((THEME, False), (None, True), ([], False)):
        write(Article.objects.filter(pk=row.pk).update, audience=audience)
        assert Entry.objects.filter(kind="article", record=row.pk).exists() is is_open
        with viewing(DESK):
            assert RestrictedEntry.objects.filter(kind="article", record=row.pk).exists() is not is_open


@pytest.mark.django_db
def test_a_section_that_is_narrowed_takes_its_published_texts_along():
    with viewing(DESK):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", subject__slug="morocco")
        texts = EditionText.objects.filter(edition__profile=profile, section__heading__slug="remittances")
        numbers = list(texts.values_list("pk", flat=True))
        assert Entry.objects.filter(kind="profile", record__in=numbers).count() == len(numbers) > 0
        Section.objects.filter(texts__in=numbers).update(audience=THEME)
        assert not Entry.objects.filter(kind="profile", record__in=numbers).exists()
        assert RestrictedEntry.objects.filter(kind="profile", record__in=numbers).count() == len(numbers)
    with viewing(ANYONE):
        assert not RestrictedEntry.objects.filter(kind="profile", record__in=numbers).exists()


@pytest.mark.django_db
def test_an_entry_is_read_by_those_alone_who_are_in_the_audience_of_each_thing_it_belongs_to():
    row = write(article, write(feed, audience=THEME), title=PHRASE, audience=["partner:morocco"])
    both = Viewer.of([*OFFICIAL.tokens, "partner:morocco"])
    for viewer, is_seen in ((both, True), (OFFICIAL, False), (Viewer.of(["partner:morocco"]), False), (ANYONE, False)):
        with viewing(viewer):
            assert RestrictedEntry.objects.filter(record=row.pk, kind="article").exists() is is_seen
            assert set(RestrictedEntry.objects.values_list("pk")) == set(
                RestrictedEntry.objects.visible_to(viewer).values_list("pk")
            )
            assert set(Readers.objects.values_list("pk")) == set(Readers.objects.visible_to(viewer).values_list("pk"))
        assert titles(CANARY, viewer) == ([PHRASE] if is_seen else [])


@pytest.mark.django_db
def test_whoever_narrows_a_feed_narrows_the_entries_of_all_its_articles():
    of = write(feed)
    rows = [write(article, of, title=f"{PHRASE} {place}") for place in range(3)]
    write(Feed.objects.filter(pk=of.pk).update, audience=THEME)
    assert not Entry.objects.filter(kind="article", record__in=[row.pk for row in rows]).exists()
    with viewing(OFFICIAL):
        assert search(OFFICIAL, CANARY, kind_named("article")).number == 3


@pytest.mark.django_db
def test_whoever_narrows_a_dialogue_narrows_the_entries_of_all_that_belongs_to_it():
    with viewing(DESK):
        audience = list(Dialogue.objects.get(pk="mtm").audience)
        said = {"dialogue_id": "mtm", "audience": ["public"]}
        meeting = Meeting.objects.create(slug="zm", name_en=PHRASE, starts="2013-02", **said)
        MeetingDocument.objects.create(
            meeting=meeting, kind="agenda", title=PHRASE, language="en", file="a.pdf", audience=None
        )
        Publication.objects.create(slug="zp", title=PHRASE, year=2013, **said)
        Project.objects.create(slug="zj", name_en=PHRASE, starts="2013", **said)
        Link.objects.create(slug="zl", name_en=PHRASE, category="forum", address="https://a.example/", **said)
    write(article, write(feed), title=PHRASE)
    kinds = {"article", "document", "link", "meeting", "profile", "project", "publication"}
    open_before = set(Entry.objects.values_list("kind", "record", "language"))
    assert {kind for kind, *_ in open_before} == kinds
    write(Dialogue.objects.filter(pk="mtm").update, audience=["partner:morocco"])
    with viewing(DESK):
        restricted = set(RestrictedEntry.objects.values_list("kind", "record", "language"))
    assert {kind for kind, *_ in restricted} == kinds
    assert not set(Entry.objects.values_list("kind", "record", "language")) & restricted
    assert titles(CANARY) == []
    assert titles(CANARY, Viewer.of(["partner:morocco"])) == [PHRASE]
    write(Dialogue.objects.filter(pk="mtm").update, audience=audience)
    assert open_before <= set(Entry.objects.values_list("kind", "record", "language"))
