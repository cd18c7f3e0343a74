"""Search: what readers find by words in three languages, and that nobody finds, counts or guesses what is not theirs."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.models import Subject
from demo.cast import ALL_FOUR
from newscentre.articles import inbox
from newscentre.models import Article, Feed, Link, Meeting, Project, Publication
from search.kinds import kind_named
from search.models import Entry, RestrictedEntry
from search.normalisation import folded
from search.query import PER_PAGE, search
from search.syntax import MOST_LETTERS, normalise_query
from tests.newscentre.feeds_of_tests import article, feed
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
OFFICIAL = Viewer.of(["nominated", "dialogue:mtm:irregular-mixed-migration"])
THEME = ["dialogue:mtm:irregular-mixed-migration"]


def write(make, *arguments, **values):
    with viewing(DESK):
        return make(*arguments, **values)


def titles(words: str, viewer: Viewer = ANYONE, **how) -> list[str]:
    with viewing(viewer):
        return [row.title for row in search(viewer, words, kind_named("article"), **how).records]


def number(words: str, viewer: Viewer = ANYONE) -> int:
    with viewing(viewer):
        return search(viewer, words, kind_named("article")).number


@pytest.fixture
def news():
    """One article in each language, of one open feed."""
    of = write(feed)
    write(article, of, title="إِدارة الهجرة وعودة المهاجرين", title_language="ar", excerpt="اجتماع في طرابلس")
    write(article, of, title="Réfugiés : l’accueil s’améliore", title_language="fr", excerpt="Une étude à Dakar")
    write(
        article, of, title="Voluntary returns are rising", title_language="en", excerpt="Talks in Rabat on readmission"
    )
    write(article, of, title="Viaje a Ceuta", title_language="es", excerpt="Los pescadores")
    return of


# Words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("ادارة", "ar"), ("إدارة", "ar"), ("الهجره", "ar"), ("هجرة", "ar"), ("بالهجرة", "ar"), ("وللمهاجرين", "ar"), ("مهاجر", "ar"), ("المـــهاجرين", "ar"),
        ("refugies", "fr"), ("Réfugié", "fr"), ("RÉFUGIÉS", "fr"), ("etude dakar", "fr"),
        ("return", "en"), ("returning", "en"), ("READMISSION rabat", "en"), ("pescadores", "es"),
    ],
)  # fmt: skip
def test_words_are_found_in_their_forms(news, words, language):
    with viewing(ANYONE):
        found = search(ANYONE, words, kind_named("article"))
    assert [row.title_language for row in found.records] == [language]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ('"voluntary returns"', True),
        ('"returns voluntary"', False),
        ("returns -rabat", False),
        ("returns -dakar", True),
        ("dakar or rabat", True),
        ("returns dakar", False),
    ],
)
def test_phrases_exclusions_and_choices(news, words, is_found):
    assert ("Voluntary returns are rising" in titles(words)) is is_found


@pytest.mark.parametrize("words", ["سبها", "سبهة", "Sebha", "Sabha", "sebha"])
def test_a_place_is_found_in_every_spelling_and_script(words):
    sebha = Subject.objects.get(slug="sebha").pk
    write(article, write(feed), title="Trois morts dans le désert", title_language="fr", subjects=[sebha])
    assert titles(words) == ["Trois morts dans le désert"]


def test_what_stands_in_the_title_comes_before_what_is_named_beside():
    of = write(feed)
    write(article, of, title="Visas", excerpt="on the fence of Melilla")
    write(article, of, title="The fence", excerpt="of Ceuta")
    write(article, of, title="Jobs", excerpt="no word of it")
    assert titles("fence") == ["The fence", "Visas"]


def test_results_come_in_pages_and_each_once():
    of = write(feed)
    for place in range(PER_PAGE + 5):
        write(article, of, title=f"Ferry {place}")
    first, second = titles("ferry"), titles("ferry", page=2)
    assert (len(first), len(second)) == (PER_PAGE, 5)
    assert not set(first) & set(second)
    assert number("ferry") == PER_PAGE + 5


@pytest.mark.parametrize(
    "text",
    ["إِدارةُ الهِجرَةِ", "سـبـهـا ٤٧ ۱۲", "Élève œuvre Ægean Straße", "Łódź Türkiye ISPARTA ışık", "مُؤتمر آلاف أُسر إلى ٱلبحر", ""],
)  # fmt: skip
def test_the_database_folds_letters_as_the_portal_does(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT imap_folded(%s)", [text])
        assert cursor.fetchone()[0] == folded(text)


# Who finds ------------------------------------------------------------------------------------------------------------


def test_what_is_restricted_is_neither_found_nor_counted_by_others():
    write(article, write(feed, audience=THEME), title="Zugzwang at the border")
    write(article, write(feed), title="Another border")
    assert (titles("zugzwang"), number("zugzwang"), number("border")) == ([], 0, 1)
    assert titles("zugzwang", OFFICIAL) == ["Zugzwang at the border"]
    assert number("border", OFFICIAL) == 2


def test_narrowing_and_widening_a_feed_count_from_the_next_question_on():
    of = write(feed)
    write(article, of, title="Zugzwang")
    assert number("zugzwang") == 1
    for audience, found in (([], 0), (THEME, 0), (["public"], 1)):
        write(Feed.objects.filter(pk=of.pk).update, audience=audience)
        assert number("zugzwang") == found


def test_an_entry_that_says_too_much_shows_nothing():
    """As if a trigger had been forgotten: the protected row decides, for hits and for counts."""
    row = write(article, write(feed, audience=THEME), title="Zugzwang")
    with viewing(DESK):
        held = RestrictedEntry.objects.get(kind="article", record=row.pk)
        Entry.objects.create(kind="article", record=row.pk, language="en", at=held.at, vector=held.vector)
    assert (titles("zugzwang"), number("zugzwang")) == ([], 0)


def test_what_is_hidden_or_goes_back_leaves_the_search_and_a_new_title_is_found():
    row = write(article, write(feed), title="Zugzwang")
    row.title = "Endspiel"
    write(row.save)
    assert (number("zugzwang"), number("endspiel")) == (0, 1)
    write(inbox.hide, Article.objects.filter(pk=row.pk))
    assert not Entry.objects.filter(kind="article", record=row.pk).exists()
    write(inbox.publish, Article.objects.filter(pk=row.pk))
    assert number("endspiel") == 1


def test_an_article_that_changes_its_language_has_one_entry():
    row = write(article, write(feed), title="Zugzwang", title_language="en")
    row.title_language = "fr"
    write(row.save)
    assert list(Entry.objects.filter(kind="article").values_list("record", "language")) == [(row.pk, "fr")]


def test_what_editors_say_of_an_article_is_found_in_each_language_and_gone_when_they_take_it_back():
    row = write(article, write(feed), title="Ferry", summary_fr="Le bac de Tanger", summary_ar="عبّارة طنجة")
    assert titles("طنجة") == titles("bac tanger") == ["Ferry"]
    with viewing(ANYONE):
        [hit] = search(ANYONE, "tanger", kind_named("article")).hits
    assert [part.text for part in hit.snippet if part.is_marked] == ["Tanger"]
    assert hit.language == "fr"
    assert number("ferry or tanger or طنجة") == 1
    row.summary_fr = ""
    write(row.save)
    assert titles("bac") == []
    assert titles("طنجة") == ["Ferry"]


def test_what_editors_say_of_restricted_news_is_found_by_its_readers_alone():
    write(article, write(feed, audience=THEME), title="Ferry", summary_fr="Zugzwang")
    assert (titles("zugzwang"), number("zugzwang")) == ([], 0)
    assert titles("zugzwang", OFFICIAL) == ["Ferry"]


def test_the_entries_outside_the_lock_are_of_what_everyone_may_read():
    kept = {field.name for field in Entry._meta.get_fields()}
    assert kept == {"id", "kind", "record", "language", "at", "vector"}
    with viewing(DESK):
        for model in (Meeting, Publication, Project, Link):
            restricted = set(model.objects.exclude(audience__contains=["public"]).values_list("pk", flat=True))
            assert not restricted & set(
                Entry.objects.filter(kind=model._meta.model_name).values_list("record", flat=True)
            )


# The page -------------------------------------------------------------------------------------------------------------


def test_the_box_on_every_page_leads_to_what_is_found(news, reader):
    page = body_of(reader("stranger").get("/ar/")).decode()
    assert re.search(r'<form class="find" method="get" action="/ar/search/" role="search"', page)
    found = body_of(reader("stranger").get("/ar/search/?q=%D9%85%D9%87%D8%A7%D8%AC%D8%B1")).decode()
    assert "إِدارة الهجرة وعودة المهاجرين" in found


def test_a_reader_narrows_to_a_language(news, reader):
    client = reader("stranger")
    page = body_of(client.get("/en/search/?q=rabat+or+dakar&language=fr")).decode()
    assert "Réfugiés" in page
    assert "Voluntary" not in page


def test_nothing_found_is_said(reader):
    assert "Nothing was found." in body_of(reader("stranger").get("/en/search/?q=zugzwang")).decode()
    assert "Nothing was found." not in body_of(reader("stranger").get("/en/search/")).decode()


@pytest.mark.parametrize(
    "words",
    ['"', '"""', "((((", "a & | !", "-", "--", "-a -b -c", "'; DROP TABLE search_entry; --", "%", "\\", "or or or", "<->",
     "a:*", "\u202e", "😀", "x" * 5000, "a " * 500_000, '"' * 999, "1e999999", "‘’“”", "!!!", "\u0640\u0640"],
    ids=range(22),
)  # fmt: skip
def test_whatever_is_asked_there_is_an_answer(news, words):
    assert number(words) >= 0
    assert len(normalise_query(words)) <= MOST_LETTERS


@pytest.mark.parametrize(
    "query", ["q=a&page=0", "q=a&page=-1", "q=a&page=1e9", "q=a&page=99999", "language=xx", "q[]=1"]
)
def test_whatever_stands_in_the_address_there_is_a_page(news, reader, query):
    assert reader("stranger").get(f"/en/search/?{query}").status_code == 200


def test_words_are_shown_as_text(reader):
    page = body_of(reader("stranger").get("/en/search/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")).decode()
    assert "<script>alert" not in page
    assert '"><script>alert(1)</script>' in unescape(page)


# What it costs --------------------------------------------------------------------------------------------------------


def test_a_search_asks_six_questions_whatever_is_found(news):
    """And three to end in time and to go back, should the database give up."""
    for words in ("returns", "rabat or dakar or refugies"):
        with viewing(ANYONE), CaptureQueriesContext(connection) as asked:
            search(ANYONE, words, kind_named("article"))
        assert len(asked) == 6 + 2
