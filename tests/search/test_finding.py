"""What stands round the hits: the words marked where they stand, facets, suggestions; and sections of profiles as a kind."""

import re

import pytest
from django.core.management import call_command
from django.utils import translation

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import LogEntry
from atlas.models import NameVariant, Subject
from profiles.models import Edition, EditionText, Profile
from profiles.publishing import publish
from search import query
from search.kinds import kind_named
from search.models import Entry, RestrictedEntry
from search.query import Facets, search
from search.snippets import LENGTH, snippets
from tests.conftest import browser_of, user_of
from tests.newscentre.feeds_of_tests import article, feed
from tests.readers import body_of
from tests.search.test_search import DESK, THEME, write

pytestmark = pytest.mark.django_db
DETECTION = "/en/maps/mtm/irregular-mixed-migration/morocco/detection/"


def marked(asked: str, text: str, language: str = "en") -> list[str]:
    [parts] = snippets(asked, [(language, text)])
    return [part.text for part in parts if part.is_marked]


# Snippets -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "text", "language", "words"),
    [
        ("return", "Voluntary returns, returned and returning", "en", ["returns", "returned", "returning"]),
        ("refugie", "Les réfugiés et le refus", "fr", ["réfugiés"]),
        ("هجرة", "إدارة الهجرة وبالهجرةِ أيضاً", "ar", ["الهجرة", "وبالهجرةِ"]),
        ('"voluntary returns" -talks', "talks on voluntary returns", "en", ["voluntary", "returns"]),
        ("sebha", "Three people died", "en", []),
    ],
)
def test_words_are_marked_in_the_forms_in_which_they_stand(asked, text, language, words):
    assert marked(asked, text, language) == words


def test_a_snippet_is_the_part_round_the_words():
    [parts] = snippets("needle", [("en", "hay " * 500 + "a needle in " + "hay " * 500)])
    text = "".join(part.text for part in parts)
    assert "a needle in hay" in text
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert len(text) <= LENGTH + 20


def test_what_an_article_says_is_text_on_the_page(reader):
    write(article, write(feed), title="Zugzwang", excerpt="<img src=x onerror=alert(1)> zugzwang")
    page = body_of(reader("stranger").get("/en/search/?q=zugzwang")).decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; <mark>zugzwang</mark>" in page


def test_a_project_is_shown_with_what_is_said_of_it_round_the_words(reader):
    page = body_of(reader("stranger").get("/en/search/?q=project&kind=project")).decode()
    assert re.search(r'<p class="excerpt"[^>]*>[^<]*<mark>[Pp]roject', page)


# Profiles -------------------------------------------------------------------------------------------------------------


def sections(words: str, viewer: Viewer = ANYONE, narrowing: Facets = query.EVERYTHING) -> list[str]:
    with viewing(viewer):
        found = search(viewer, words, kind_named("profile"), narrowing, per_page=1000)
        return [f"{row.edition.profile.path}/{row.section.slug}" for row in found.records]


@pytest.mark.parametrize("words", ["Sebha", "سبها", "Sabha"])
def test_a_profile_is_found_by_the_name_of_its_subject_in_any_script(words):
    official = user_of("official.mar").viewer
    first = [path for path in sections(words, official) if "/sebha/" in path]
    assert first


def test_sections_are_found_by_those_who_may_read_them_alone():
    official = user_of("official.mar").viewer
    restricted = "mtm/irregular-mixed-migration/morocco/detection"
    assert restricted in sections("detections Morocco or detection", official, Facets(language="en"))
    assert not [path for path in sections("detection or detections") if path.startswith("mtm/irregular")]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_section_that_is_found_in_several_languages_is_shown_once_in_the_readers_own(language):
    words = "Morocco or Maroc or المغرب"
    with translation.override(language), viewing(ANYONE):
        found = search(ANYONE, words, kind_named("profile"), per_page=1000)
        rows = [(text.edition_id, text.section_id, text.language) for text in found.records]
        texts = EditionText.objects.filter(edition__in=[row[0] for row in rows], language=language)
        own = set(texts.values_list("edition_id", "section_id"))
    assert found.number == len(rows) == len({row[:2] for row in rows})
    assert own
    assert {row[:2] for row in rows if row[2] == language} >= own & {row[:2] for row in rows}
    assert sum(number for _year, number in found.years) == len(rows)


def test_the_newest_edition_is_found_and_the_one_before_is_not():
    with viewing(DESK):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", subject__slug="morocco")
        before = set(EditionText.objects.filter(edition__profile=profile).values_list("pk", flat=True))
        publish(profile, as_of="2014-02")
    with viewing(ANYONE):
        found = {row.pk for row in search(ANYONE, "remittances", kind_named("profile"), per_page=1000).records}
    assert found
    assert not found & before


def test_a_narrowed_profile_is_not_found_any_more():
    path = "mtm/migration-development/morocco/remittances"
    with viewing(ANYONE):
        of_morocco = EditionText.objects.filter(edition__profile__slug="morocco")
        numbers = set(of_morocco.filter(edition__profile__theme="migration-development").values_list("pk", flat=True))
    assert path in sections("remittances", narrowing=Facets(language="en"))
    with viewing(DESK):
        Profile.objects.filter(theme="migration-development", subject__slug="morocco").update(audience=THEME)
        held = RestrictedEntry.objects.filter(kind="profile", readers__audience__contains=THEME, record__in=numbers)
        assert held.count() == len(numbers) > 0
    assert not Entry.objects.filter(kind="profile", record__in=numbers).exists()
    assert path not in sections("remittances", narrowing=Facets(language="en"))


def test_a_part_of_a_restricted_section_is_noted_as_read_and_an_open_one_is_not(reader):
    reader("official.mar").get("/en/search/?q=detection+morocco&kind=profile&language=en")
    reader("official.mar").get("/en/search/?q=remittances+morocco&kind=profile&language=en")
    with viewing(DESK):
        objects = set(LogEntry.objects.filter(action="read").values_list("object", flat=True))
    assert "mtm/irregular-mixed-migration/morocco#1/detection" in objects
    assert not [line for line in objects if "migration-development" in line]


# Facets ---------------------------------------------------------------------------------------------------------------


def test_facets_count_what_the_reader_sees_whatever_is_chosen():
    of, hidden = write(feed), write(feed, audience=THEME)
    for language, place in (("en", of), ("en", of), ("fr", of), ("fr", hidden), ("ar", hidden)):
        write(article, place, title="Zugzwang", title_language=language)
    for narrowing in (query.EVERYTHING, Facets(language="fr"), Facets(year=1999)):
        with viewing(ANYONE):
            found = search(ANYONE, "zugzwang", kind_named("article"), narrowing)
        assert dict(found.languages) == {"en": 2, "fr": 1}
        assert [number for _year, number in found.years] == [3]


def test_a_year_leaves_what_is_of_that_year():
    of = write(feed)
    row = write(article, of, title="Zugzwang")
    with viewing(ANYONE):
        at = kind_named("article")
        assert search(ANYONE, "zugzwang", at, Facets(year=row.published_at.year)).number == 1
        assert search(ANYONE, "zugzwang", at, Facets(year=row.published_at.year - 1)).number == 0


# Suggestions ----------------------------------------------------------------------------------------------------------


def suggested(login: str, begun: str, language: str = "en") -> list[str]:
    return browser_of(login).get(f"/{language}/search/suggestions/", {"q": begun}).json()["names"]


def test_names_are_suggested_in_the_language_of_the_page_from_any_script():
    assert suggested("stranger", "mor") == ["Morocco"]
    assert suggested("stranger", "المغ", "fr") == ["Maroc"]
    assert suggested("stranger", "m") == []


def test_a_name_is_suggested_to_those_who_may_see_what_it_names():
    """A hub has a restricted profile only."""
    assert suggested("official.mar", "seb") == ["Sebha"]
    assert suggested("stranger", "seb") == []


# Care -----------------------------------------------------------------------------------------------------------------


def test_words_that_take_too_long_are_told_so(reader, monkeypatch):
    slow = query.NEWEST.replace("ORDER BY", "AND pg_sleep(1) IS NOT NULL ORDER BY")
    monkeypatch.setattr(query, "NEWEST", slow)
    monkeypatch.setattr(query, "MOST_SECONDS", 0.05)
    write(article, write(feed), title="Zugzwang")
    response = reader("stranger").get("/fr/search/?q=zugzwang")
    assert response.status_code == 200
    assert "a pris trop de temps" in response.content.decode()


def test_entries_that_are_made_anew_are_the_same_and_know_new_spellings(capsys):
    write(article, write(feed), title="Zugzwang", subjects=[Subject.objects.get(slug="sebha").pk])

    def entries() -> dict:
        with viewing(DESK):
            rows = [*Entry.objects.all(), *RestrictedEntry.objects.all()]
            return {(row.kind, row.record, row.language): row.vector for row in rows}

    before = entries()
    assert {kind for kind, *_ in before} == {"profile", "meeting", "publication", "project", "article", "link"}
    call_command("rebuild_search")
    assert entries() == before
    NameVariant.objects.create(subject=Subject.objects.get(slug="sebha"), language="en", text="Sebkhaville")
    assert "article: 1" in capsys.readouterr().out
    with viewing(ANYONE):
        assert search(ANYONE, "sebkhaville", kind_named("article")).number == 1


def test_an_edition_has_an_entry_for_each_of_its_texts():
    with viewing(DESK):
        texts = set(EditionText.objects.filter(edition__in=Edition.objects.all()).values_list("pk", flat=True))
        held = [
            table.objects.filter(kind="profile").values_list("record", flat=True) for table in (Entry, RestrictedEntry)
        ]
        assert {*held[0], *held[1]} == texts
        assert not set(held[0]) & set(held[1])
