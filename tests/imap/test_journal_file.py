"""The journal's file: written before anything is done, trimmed, and asked by whatever starts."""

import errno
import fcntl
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from access.owner_access import owner_access
from access.viewing import NotNoted, viewing
from accounts.models import (
    Affiliation,
    User,
)
from accounts.tasks import end_what_is_over
from imap.backups.manifest import Manifest, copy_of
from imap.journal import JournalError, files
from imap.journal.replay import replay, why_not_to_serve
from imap.journal.writer import ship
from imap.models import JournalEntry
from imap.startup_checks import refuse_unsafe_start
from newscentre.models import Meeting
from profiles.models import Profile
from tests.conftest import browser_of, user_of
from tests.imap.deeds import (
    DESK,
    HOW,
    done_then_taken_back,
    end_a_mandate,
    mandate,
    narrow_a_profile,
)

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.JOURNAL_DIR = tmp_path / "journal"
    return tmp_path / "journal"


# The file -------------------------------------------------------------------------------------------------------------


def test_a_half_written_line_is_passed_over_and_spoils_no_other(folder):
    end_a_mandate()
    ship()
    path = folder / files.NAME
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 3])
    narrow_a_profile()
    ship()
    journal = files.read(folder)
    assert journal.torn == 1
    assert {line["id"] for line in journal.lines} == {
        str(pk) for pk in JournalEntry.objects.values_list("pk", flat=True)
    }
    assert why_not_to_serve() == []


def test_what_was_not_confirmed_is_shipped_again_and_counts_once(folder):
    end_a_mandate()
    ship()
    JournalEntry.objects.update(shipped_at=None)
    ship()
    lines = (folder / files.NAME).read_text().splitlines()
    assert len(lines) == 2 * len(files.read(folder).lines)


def test_a_request_is_answered_once_its_deed_is_in_the_file(folder):
    pk = mandate().pk
    answer = browser_of("focalpoint.mar").post(f"/en/nominations/people/{pk}/end/", {"reason": ""})
    assert answer.status_code == 302
    assert ["accounts_affiliation", {"id": pk, "user_id": user_of("official.mar").pk, "partner_id": "morocco"}] in [
        [line["of_table"], line["key"]] for line in map(json.loads, (folder / files.NAME).read_text().splitlines())
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Nothing of what you sent was done"), ("fr", "Rien de ce que vous avez envoyé"), ("ar", "لم يُنفَّذ شيء مما أرسلتموه")],
)  # fmt: skip
def test_a_request_whose_deed_cannot_be_written_down_does_nothing_and_says_so(folder, language, said):
    folder.write_text("not a folder")
    pk = mandate().pk
    answer = browser_of("focalpoint.mar").post(f"/{language}/nominations/people/{pk}/end/", {"reason": ""})
    assert answer.status_code == 503
    assert said in answer.content.decode()
    assert Affiliation.objects.get(pk=pk).ended_at is None
    assert not JournalEntry.objects.exists()


def test_what_ends_nothing_is_done_while_the_file_cannot_be_written(folder):
    folder.write_text("not a folder")
    answer = browser_of("focalpoint.mar").post("/en/accounts/", {"language": "fr", "news_digest": "daily"})
    assert answer.status_code == 302
    assert user_of("focalpoint.mar").language == "fr"
    with viewing(DESK):
        Profile.objects.filter(**HOW, slug="morocco").update(audience=["public"])


def test_a_task_whose_deed_cannot_be_written_down_does_nothing_and_tries_again(folder):
    Affiliation.objects.filter(pk=mandate().pk).update(leaves_on="2020-01-01")
    folder.write_text("not a folder")
    with pytest.raises(NotNoted):
        end_what_is_over()
    assert mandate().ended_at is None
    folder.unlink()
    end_what_is_over()
    assert mandate().ended_at is not None
    assert "accounts_affiliation" in (folder / files.NAME).read_text()


def test_what_is_rolled_back_is_not_in_the_file(folder):
    with pytest.raises(ZeroDivisionError), viewing(DESK):
        Profile.objects.filter(**HOW, slug="morocco").update(audience=["secretariat:mtm"])
        raise ZeroDivisionError
    assert files.read(folder).lines == []


def test_what_a_command_noted_is_shipped_by_the_next_request(folder):
    end_a_row = Affiliation.objects.filter(pk=mandate().pk)
    end_a_row.update(ends_on="2020-01-01")
    assert files.read(folder).lines == []
    browser_of("stranger").post("/en/accounts/login/", {})
    assert len(files.read(folder).lines) == 1


# Trimming -------------------------------------------------------------------------------------------------------------


def older_and_newer(folder) -> tuple[list[str], datetime]:
    """Two entries of long ago, of which the database knows, and one of now; and a time between."""
    long_ago = timezone.now() - timedelta(days=90)
    for days in (0, 1):
        JournalEntry.objects.create(at=long_ago + timedelta(days=days), of_table="x", key={"id": days}, change={})
    narrow_a_profile()
    ship()
    return [line["id"] for line in files.read(folder).lines], timezone.now() - timedelta(days=30)


def test_a_trimmed_file_holds_what_is_younger_and_the_portal_starts(folder):
    ids, between = older_and_newer(folder)
    assert files.trim(folder, between) == 2
    assert [line["id"] for line in files.read(folder).lines] == ids[2:]
    assert files.trim(folder, between) == 0
    assert why_not_to_serve() == []
    end_a_mandate()
    ship()
    assert len(files.read(folder).lines) > 1
    assert why_not_to_serve() == []
    assert (folder / files.NAME).stat().st_mode & 0o077 == 0
    assert not list(folder.glob("*.new"))


def test_a_backup_of_before_what_was_trimmed_is_refused_until_that_is_said(folder):
    with transaction.atomic():
        _ids, between = older_and_newer(folder)
        transaction.set_rollback(True)
    files.trim(folder, between)
    assert any("was trimmed" in reason for reason in why_not_to_serve())
    with owner_access():
        with pytest.raises(JournalError, match="put back a copy"):
            replay()
        replay(without_file=True)
        assert JournalEntry.objects.using("owner").count() == 2, "the young one, and the mark of the trimmed"


def test_who_appends_while_the_file_is_trimmed_loses_nothing(folder, monkeypatch):
    """As if it had opened the old file before the new one had its name."""
    _ids, between = older_and_newer(folder)
    flock, trimmed = fcntl.flock, []

    def trim_first(descriptor, how):
        if not trimmed:
            trimmed.append(True)
            files.trim(folder, between)
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", trim_first)
    end_a_mandate()
    ship()
    assert why_not_to_serve() == []


def test_the_command_trims_by_the_oldest_backup_and_refuses_what_is_none(folder, tmp_path):
    older_and_newer(folder)
    with pytest.raises(CommandError, match="no whole backup"):
        call_command("trim_journal", tmp_path / "nothing")
    made = tmp_path / "oldest"
    (made / "files").mkdir(parents=True)
    (made / "database.dump").write_bytes(b"x")
    Manifest(
        made_at=(timezone.now() - timedelta(days=88, hours=20)).isoformat(), postgresql=18, pg_dump=18, migrations={}, roles={}, rows={},
        rows_left_out=[], locked=[], database=copy_of(made / "database.dump"), files={},
    ).write(made)  # fmt: skip
    said = StringIO()
    call_command("trim_journal", made, stdout=said)
    assert "1 entries taken out" in said.getvalue()
    assert len(files.read(folder).lines) == 2


# Serving --------------------------------------------------------------------------------------------------------------


def test_nothing_serves_before_the_journal_was_replayed():
    refuse_unsafe_start()
    done_then_taken_back(end_a_mandate)
    with pytest.raises(ImproperlyConfigured, match="the database does not know of: run `manage"):
        refuse_unsafe_start()


def test_nothing_serves_with_a_journal_that_is_another_databases_or_was_cut(folder):
    end_a_mandate()
    ship()
    (folder / files.NAME).write_text("")
    with pytest.raises(ImproperlyConfigured, match="are missing in the journal"):
        refuse_unsafe_start()


def test_a_file_that_was_half_written_is_as_it_was_since_nothing_of_it_was_done(folder, monkeypatch):
    """The disk fills up after the first of two lines."""
    end_a_mandate()
    ship()
    before, write = (folder / files.NAME).read_bytes(), os.write

    def fill_up(descriptor, text):
        if text.count(b"\n") > 1:
            return write(descriptor, text[: text.index(b"\n") + 1])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", fill_up)
    with pytest.raises(NotNoted), viewing(DESK):
        Profile.objects.filter(**HOW, slug="morocco").update(audience=["secretariat:mtm"])
        Meeting.objects.filter(slug="2010-athens").delete()
    assert (folder / files.NAME).read_bytes() == before
    assert why_not_to_serve() == []


@pytest.mark.parametrize("error", [InterfaceError("connection already closed"), OperationalError(), OSError()])
def test_what_waits_to_be_shipped_costs_no_request_its_answer_however_that_fails(monkeypatch, error):
    def fail():
        raise error

    monkeypatch.setattr("imap.middleware.ship", fail)
    assert browser_of("stranger").post("/en/accounts/login/", {}).status_code == 200


def test_what_is_shipped_while_a_process_starts_keeps_it_from_nothing(monkeypatch):
    """The file is read, and then a request of another process ships and is through."""
    read, shipped = files.read, []

    def read_then_ship(folder):
        journal = read(folder)
        if not shipped:
            shipped.append(True)
            end_a_mandate()
            ship()
        return journal

    monkeypatch.setattr("imap.journal.replay.read", read_then_ship)
    assert why_not_to_serve() == []
    assert shipped


def test_a_process_that_starts_waits_for_whoever_is_between_the_file_and_the_end_of_their_transaction():
    end_a_mandate()
    ship()  # this test's transaction is not through

    def start() -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            return " ".join(why_not_to_serve())
        except OperationalError as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        assert "lock timeout" in other.submit(start).result()


def test_another_file_is_replayed_only_when_that_is_said(folder):
    with owner_access():
        JournalEntry.objects.using("owner").create(of_table="x", key={"id": 1}, shipped_at=timezone.now())
        with pytest.raises(JournalError, match="--without-file"):
            replay()
        assert replay(without_file=True).done == 0
        assert JournalEntry.objects.using("owner").filter(shipped_at=None).count() == 1, "it is shipped anew"


def test_the_application_adds_to_the_journal_and_can_neither_change_nor_remove_what_it_says():
    end_a_mandate()
    for statement in ("DELETE FROM imap_journal", "UPDATE imap_journal SET key = '{}'"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert User.objects.filter(email="official.mar@imap.example", is_active=False).exists()
