"""The entries of the search tables are at any moment what making them anew would give, whatever is edited in whatever order."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection, models, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from atlas.models import NameVariant, OutlineSection, Subject
from demo.cast import ALL_FOUR
from newscentre.articles import inbox
from newscentre.models import Article, Feed, Link, Meeting, MeetingDocument, Project, Publication
from profiles.models import EditionText, Profile, Section
from profiles.publishing import publish
from search.kinds import kind_named, kinds
from search.models import Entry, RestrictedEntry
from search.query import search
from search.reindex import rebuild
from tests.depth import examples
from tests.newscentre.feeds_of_tests import article, feed

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of(*ALL_FOUR)
THEME = ["dialogue:mtm:irregular-mixed-migration"]
# With the word for its readers, where it has readers of its own.
VECTOR = "CASE WHEN audiences = '{}' THEN vector ELSE vector || imap_word_for_readers(md5(audiences::text)::uuid) END"

LANGUAGES = st.sampled_from(["en", "fr", "ar"])
WORDS = st.sampled_from(["", "zugzwang", "Côte d’Ivoire", "المهاجرين", "remise"])
AUDIENCES = st.sampled_from([["public"], THEME, ["nominated"], []])
PLACES = ("morocco", "mali")
NUMBERS = count(1)


def _meeting(text: str) -> Meeting:
    return Meeting.objects.create(
        dialogue_id="mtm", slug=f"m{next(NUMBERS)}", name_en=text, starts="2013-02", audience=["public"],
        country=Subject.objects.get(kind="country", slug="morocco"),
    )  # fmt: skip


def _article(text: str) -> Article:
    subjects = list(Subject.objects.filter(kind="country", slug__in=PLACES).values_list("pk", flat=True))
    return article(feed(), title=text or "untitled", subjects=subjects, summary_fr=text)


MAKERS: dict[str, Callable[[str], models.Model]] = {
    "article": _article,
    "meeting": _meeting,
    "document": lambda text: MeetingDocument.objects.create(
        meeting=_meeting("of"), kind="agenda", title=text, language="fr", file="a.pdf", audience=None
    ),
    "publication": lambda text: Publication.objects.create(
        dialogue_id="mtm", slug=f"p{next(NUMBERS)}", title="Book", about_fr=text, year=2013, audience=["public"]
    ),
    "project": lambda text: Project.objects.create(
        dialogue_id="mtm", slug=f"j{next(NUMBERS)}", name_fr=text, starts="2013", audience=["public"]
    ),
    "link": lambda text: Link.objects.create(
        dialogue_id="mtm", slug=f"l{next(NUMBERS)}", name_en=text, category="forum", address="https://a.example/",
        audience=["public"],
    ),
}  # fmt: skip
TEXTS = {
    Article: "summary_{}", Meeting: "name_{}", MeetingDocument: "title", Publication: "about_{}", Project: "name_{}", Link: "name_{}",
}  # fmt: skip


def entries(only: dict[str, list[int]]) -> set[tuple]:
    """What the tables hold; `only`: of these kinds no other records."""
    held = [(row, []) for row in Entry.objects.all()]
    for row in RestrictedEntry.objects.select_related("readers"):
        readers = row.readers
        held.append(
            (
                row,
                [
                    one
                    for one in (readers.audience, readers.second, readers.third, readers.fourth, readers.fifth)
                    if one
                ],
            )
        )
    return {
        (row.kind, row.record, row.language, row.at, tuple(sorted(tuple(one) for one in readers)), row.vector)
        for row, readers in held
        if row.kind not in only or row.record in only[row.kind]
    }


def entries_made_anew(only: dict[str, list[int]]) -> set[tuple]:
    made = set()
    with connection.cursor() as cursor:
        for kind in kinds():
            where = f" WHERE record = ANY ('{{{','.join(map(str, only[kind.name]))}}}')" if kind.name in only else ""
            cursor.execute(
                f"""SELECT kind, record, language, at, (SELECT jsonb_agg(one::text[]) FROM unnest(audiences) one),
                           {VECTOR} FROM {kind.view}{where}"""
            )
            made |= {
                (*row[:4], tuple(sorted(tuple(one) for one in _audiences(row[4]))), row[5]) for row in cursor.fetchall()
            }
    return made


def _audiences(held: Any) -> list[list[str]]:
    return json.loads(held) if isinstance(held, str) else held or []


class Edits(RuleBasedStateMachine):
    """A desk at work; each example is undone."""

    rows = Bundle("rows")

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.desk = viewing(DESK)
        self.desk.__enter__()
        self.profile = Profile.objects.get(dialogue="mtm", theme="migration-development", subject__slug="morocco")

    def teardown(self) -> None:
        self.desk.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @rule(target=rows, kind=st.sampled_from(list(MAKERS)), text=WORDS)
    def adds(self, kind, text):
        row = MAKERS[kind](text)
        return type(row), row.pk

    @rule(row=rows, language=LANGUAGES, text=WORDS, at_once=st.booleans())
    def writes_or_empties_a_text(self, row, language, text, at_once):
        model, pk = row
        column = TEXTS[model].format(language)
        if at_once:
            model.objects.filter(pk=pk).update(**{column: text})
        elif found := model.objects.filter(pk=pk).first():
            setattr(found, column, text)
            found.save()

    @rule(row=rows, audience=AUDIENCES)
    def narrows_or_widens(self, row, audience):
        model, pk = row
        model.objects.filter(pk=pk).update(audience=audience)

    @rule(row=rows, audience=AUDIENCES)
    def narrows_or_widens_what_it_belongs_to(self, row, audience):
        model, pk = row
        if model is Article:
            Feed.objects.filter(articles=pk).update(audience=audience)
        elif model is MeetingDocument:
            Meeting.objects.filter(documents=pk).update(audience=audience)

    @rule(row=rows)
    def deletes(self, row):
        model, pk = row
        model.objects.filter(pk=pk).delete()

    @rule(row=rows, is_hidden=st.booleans(), language=LANGUAGES)
    def hides_publishes_or_says_it_is_in_another_language(self, row, is_hidden, language):
        model, pk = row
        if model is Article and (found := Article.objects.filter(pk=pk).first()):
            (inbox.hide if is_hidden else inbox.publish)(Article.objects.filter(pk=pk))
            found.refresh_from_db()
            found.title_language = language
            found.save()

    @rule(slug=st.sampled_from(PLACES), language=LANGUAGES, text=WORDS)
    def renames_a_subject(self, slug, language, text):
        Subject.objects.filter(kind="country", slug=slug).update(**{f"name_{language}": text or "nameless"})

    @rule(slug=st.sampled_from(PLACES), is_reference=st.booleans())
    def makes_a_subject_reference_data_or_not(self, slug, is_reference):
        Subject.objects.filter(kind="country", slug=slug).update(is_reference=is_reference)

    @rule(slug=st.sampled_from(PLACES), text=WORDS, is_taken_back=st.booleans())
    def gives_a_subject_another_spelling(self, slug, text, is_taken_back):
        subject = Subject.objects.get(kind="country", slug=slug)
        spellings = NameVariant.objects.filter(subject=subject, text=text or "x")
        if is_taken_back:
            spellings.delete()
        elif not spellings.exists():
            NameVariant.objects.create(subject=subject, language="en", text=text or "x")

    @rule(audience=AUDIENCES, of_all=st.booleans())
    def narrows_or_widens_a_profile_or_its_sections(self, audience, of_all):
        if of_all:
            Profile.objects.filter(pk=self.profile.pk).update(audience=audience)
        else:
            Section.objects.filter(profile=self.profile).update(audience=audience or None)

    @rule(language=LANGUAGES, text=WORDS)
    def renames_a_heading(self, language, text):
        section = Section.objects.filter(profile=self.profile, heading__isnull=False).first()
        OutlineSection.objects.filter(pk=section.heading_id).update(**{f"title_{language}": text or "untitled"})

    @rule(month=st.sampled_from(["2014-02", "2014-03"]))
    def publishes_an_edition(self, month):
        publish(Profile.objects.get(pk=self.profile.pk), as_of=month)

    @invariant()
    def entries_are_what_making_them_anew_would_give(self):
        texts = EditionText.objects.filter(edition__profile=self.profile)
        only = {"profile": list(texts.values_list("pk", flat=True))}
        assert entries(only) == entries_made_anew(only)


@pytest.mark.deep
def test_entries_are_what_making_them_anew_would_give_whatever_is_edited():
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=examples(8, deep=200), stateful_step_count=examples(10, deep=30), deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_making_them_anew_changes_nothing():
    with viewing(DESK):
        before = entries({})
        assert before == entries_made_anew({})
        rebuild()
        assert entries({}) == before


@pytest.mark.parametrize(
    ("kind", "column"), [("meeting", "name"), ("project", "name"), ("link", "name"), ("publication", "about"), ("article", "summary")]
)  # fmt: skip
def test_what_is_taken_out_of_one_language_is_not_found_any_more_even_once_it_is_narrowed(kind, column):
    with viewing(DESK):
        row = MAKERS[kind]("of")
        type(row).objects.filter(pk=row.pk).update(**{f"{column}_fr": "zugzwang"})
        with viewing(ANYONE):
            assert search(ANYONE, "zugzwang", kind_named(kind)).number == 1
        type(row).objects.filter(pk=row.pk).update(**{f"{column}_fr": ""})
        type(row).objects.filter(pk=row.pk).update(audience=THEME)
        assert search(DESK, "zugzwang", kind_named(kind)).number == 0


def test_a_subject_that_is_called_otherwise_is_found_by_its_new_name_and_not_by_the_old():
    with viewing(DESK):
        row = _article("Ferry")
    Subject.objects.filter(kind="country", slug="mali").update(name_en="Zugzwangia")  # as nobody in particular
    with viewing(ANYONE):
        assert [found.pk for found in search(ANYONE, "zugzwangia", kind_named("article")).records] == [row.pk]


def test_a_subject_that_is_reference_data_no_more_is_a_word_of_no_entry_and_found_by_who_may_be_told_of_it():
    with viewing(DESK):
        articles = [_article("Ferry"), _article("Ferry")]
        meeting = _meeting("of")
    Subject.objects.filter(kind="country", slug="morocco").update(is_reference=False, name_en="Zugzwangia")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_entry WHERE kind <> 'profile' AND vector::text LIKE '%zugzwang%'")
        assert cursor.fetchone() == (0,)
        cursor.execute(f"SELECT count(*) FROM search_entry WHERE kind = 'meeting' AND record = {meeting.pk}")
        assert cursor.fetchone() == (1,)
    with viewing(ANYONE):  # it has a profile that everyone reads
        found = search(ANYONE, "zugzwangia", kind_named("article")).records
    assert {row.pk for row in found} == {row.pk for row in articles}


def test_the_first_section_of_an_edition_alone_is_found_by_the_names_of_its_subject_in_whatever_order_they_were_written():
    with viewing(DESK):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", subject__slug="morocco")
        publish(profile, as_of="2014-02")
        only = {"profile": list(EditionText.objects.filter(edition__profile=profile).values_list("pk", flat=True))}
        assert entries(only) == entries_made_anew(only)
