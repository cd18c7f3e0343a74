"""No kept page is older than the last commit, whoever writes and however long they wait before they commit."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from access import tokens
from access.viewing import viewing
from accounts.models import ReadingGroup
from atlas.models import Dialogue, OutlineSection, Subject
from atlas.reference_version import current
from imap import configuration
from indicators.models import Indicator, Source
from newscentre.articles.names import tagger
from profiles.models import Profile, Section, Tag
from profiles.publishing import publish
from tests.conftest import ROOT, STRANGER, browser_of, forget_all_pages, user_of
from tests.profiles.test_standing import CHANGES, DESK, OPEN_SECTION, SECTION, shown, texts_of

# Tables that a page reads for its reader alone: who they are, and what they have seen.
OF_ONE_READER = {"django_session", "accounts_user", "accounts_visit", "accounts_accesslogentry", "atlas_changecounter"}


def rename_a_subject() -> None:
    Subject.objects.filter(kind="country", slug="morocco").update(name_en="Kingdom of Morocco")


def save_a_subject_by_another_name() -> None:
    subject = Subject.objects.get(kind="country", slug="morocco")
    subject.name_en = "Kingdom of Morocco"
    subject.save()


def rename_an_indicator() -> None:
    Indicator.objects.update(name_en="Another name")


def rename_a_source() -> None:
    Source.objects.update(name_en="Another source")


def rename_a_heading() -> None:
    OutlineSection.objects.filter(slug="detection").update(title_en="Another heading")


def rename_a_dialogue() -> None:
    Dialogue.objects.filter(slug="mtm").update(short_name_en="Another dialogue")


REFERENCE = [
    rename_a_subject,
    save_a_subject_by_another_name,
    rename_an_indicator,
    rename_a_source,
    rename_a_heading,
    rename_a_dialogue,
]


@contextmanager
def paused_before_commit(change: Callable[[], None]) -> Iterator[None]:
    """Another connection has made the change and commits it when the block is over."""
    made, may_commit = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with viewing(DESK):
                change()
                made.set()
                assert may_commit.wait(60)
        except BaseException as error:
            failed.append(error)
            made.set()
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert made.wait(60)
    try:
        yield
    finally:
        may_commit.set()
        writer.join(60)
    assert not failed, failed


@pytest.mark.parametrize("change", [*REFERENCE, *CHANGES], ids=lambda change: change.__name__)
def test_what_readers_keep_between_a_statement_and_its_commit_is_not_served_after_it(committed_world, change):
    official, stranger = browser_of("official.mar"), browser_of(STRANGER)
    visits = [(official, SECTION), (stranger, OPEN_SECTION)]
    before = [shown(*visit) for visit in visits]
    forget_all_pages()
    with paused_before_commit(change):
        for _ in range(2):
            assert [shown(*visit) for visit in visits] == before
    after = [shown(*visit) for visit in visits]
    if change in REFERENCE and change is not rename_an_indicator:
        assert after != before
    forget_all_pages()
    assert after == [shown(*visit) for visit in visits]


def test_a_change_that_is_taken_back_counts_for_nothing(committed_world):
    before = current()
    with pytest.raises(ZeroDivisionError), viewing(DESK):
        rename_a_subject()
        raise ZeroDivisionError
    assert current() == before


def test_names_that_are_not_committed_yet_tag_nothing_afterwards(committed_world):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Subject.objects.filter(kind="country", slug="morocco").update(name_en="Zzyzxland")
        made_of_what_was_taken_back = tagger()
        raise ZeroDivisionError
    assert tagger() is not made_of_what_was_taken_back
    assert tagger() is tagger()


@pytest.mark.django_db
@pytest.mark.parametrize(("login", "path"), [(STRANGER, OPEN_SECTION), ("official.mar", SECTION), ("editor", SECTION)])
def test_every_table_that_a_kept_page_is_made_of_counts_its_changes(login, path):
    reader = browser_of(login)
    forget_all_pages()
    with CaptureQueriesContext(connection) as queries:
        assert reader.get(path).status_code == 200
    read = set(re.findall(r'(?:FROM|JOIN)\s+"?([a-z]+_[a-z_]+)"?', " ".join(query["sql"] for query in queries)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'count_%%' AND tgenabled = 'A'"
        )
        counted = {table for (table,) in cursor.fetchall()}
    assert read - counted - OF_ONE_READER == set()


@pytest.mark.parametrize(
    ("former", "name"), [("Experts of May", "Experts of June"), ("Crossings by sea", "Passages by sea")]
)
def test_tags_and_a_reading_group_are_shown_by_todays_name(committed_world, former, name):
    with viewing(DESK):
        group = ReadingGroup.objects.create(slug="experts", dialogue_id="mtm", name="Experts of May")
        group.members.add(user_of("official.mar"))
        section = texts_of("detection")[0].section
        tag = Tag.objects.create(slug="by-sea", name_en="Crossings by sea", name_fr="x", name_ar="x")
        section.tags.add(tag)
        readers = [tokens.group(group.pk), tokens.secretariat("mtm")]
        Profile.objects.filter(pk=section.profile_id).update(audience=readers)
        Section.objects.filter(pk=section.pk).update(audience=readers)
        publish(Profile.objects.get(pk=section.profile_id), as_of="2014-02")
    official = browser_of("official.mar")
    before = shown(official, SECTION)[1].decode()
    assert former in before
    with viewing(DESK):
        ReadingGroup.objects.filter(pk=group.pk).update(name="Experts of June")
        Tag.objects.filter(pk=tag.pk).update(name_en="Passages by sea")
    after = shown(official, SECTION)[1].decode()
    assert name in after
    assert former not in after


@pytest.mark.parametrize("changed", ["access/rule.py", "requirements.txt", "templates/page.html"])
def test_a_deploy_that_changes_only_code_or_a_library_serves_no_earlier_page(tmp_path, changed):
    for name in ("access/rule.py", "requirements.txt", "templates/page.html"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("before")
    before = configuration.generation(tmp_path, "access", "requirements.txt", "templates")
    assert configuration.generation(tmp_path, "access", "requirements.txt", "templates") == before
    (tmp_path / changed).write_text("after")
    os.utime(tmp_path / changed, ns=(1, 1))
    assert configuration.generation(tmp_path, "access", "requirements.txt", "templates") != before


@pytest.mark.parametrize("mended", ["access/visibility.py", "requirements.txt"])
def test_the_portals_own_code_and_libraries_are_part_of_the_key_of_its_pages(tmp_path, mended):
    """In a copy of the portal, as a deploy finds it, one file is mended."""
    for path in ROOT.iterdir():
        if path.name in ("access", "imap"):
            shutil.copytree(path, tmp_path / path.name)
        elif path.name == "requirements.txt":
            shutil.copy2(path, tmp_path)
        elif path.name not in ("var", "tests"):
            (tmp_path / path.name).symlink_to(path)

    def key() -> str:
        program = "from django.conf import settings; print(settings.PAGE_GENERATION)"
        ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True)
        return ran.stdout

    before = key()
    assert key() == before
    with (tmp_path / mended).open("a") as file:
        file.write("# mended\n")
    assert key() != before
