"""What ended, was narrowed or withdrawn is in a file outside the database, and stays so when a backup is taken back."""

import errno
import fcntl
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone

from access import tokens
from access.keeping import keeping
from access.viewer import Viewer
from access.viewing import NotNoted, viewing
from accounts import engagements, mandates
from accounts.models import (
    Affiliation,
    Engagement,
    PersonalToken,
    ReadingGroup,
    Scope,
    SecretariatMember,
    TokenScope,
    User,
)
from accounts.personal_tokens import make_token, revoke
from accounts.tasks import end_what_is_over
from atlas.models import Membership
from imap.backups.manifest import Manifest, copy_of
from imap.journal import JournalError, files
from imap.journal.replaying import replay, why_not_to_serve
from imap.journal.shipping import ship
from imap.models import JournalEntry
from imap.starting import refuse_unsafe_start
from indicators.models import Source
from newscentre.models import Meeting
from profiles.models import Profile
from tests.conftest import browser_of, user_of

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
DESK = Viewer.secretariat_of("mtm")
HOW = {"dialogue": "mtm", "theme": "irregular-mixed-migration"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.JOURNAL_DIR = tmp_path / "journal"
    return tmp_path / "journal"


def noted() -> list[tuple[str, dict | None]]:
    return list(JournalEntry.objects.values_list("of_table", "change"))


# What is done, to rows that stand in every world ----------------------------------------------------------------------


def mandate() -> Affiliation:
    return Affiliation.objects.get(user=user_of("official.mar"))


def end_a_mandate() -> None:
    with viewing(user_of("focalpoint.mar").viewer):
        mandates.end(mandate(), user_of("focalpoint.mar"))


def end_it_for_one_dialogue() -> None:
    with viewing(DESK):
        mandates.leave(mandate(), ["mtm"], user_of("editor"))


def end_an_engagement() -> None:
    with viewing(DESK):
        engagements.disengage(Engagement.objects.get(user=user_of("translator.ar")), user_of("editor"))


def take_the_right_to_nominate() -> None:
    Affiliation.objects.filter(user=user_of("focalpoint.mar")).update(is_focal_point=False, may_nominate=False)


def take_a_seat() -> None:
    SecretariatMember.objects.filter(user=user_of("editor")).delete()


def take_a_theme() -> None:
    Scope.objects.filter(affiliation__user=user_of("official.mar.dev")).delete()


def close_an_account() -> None:
    User.objects.filter(pk=user_of("unhcr").pk).update(is_active=False)


def let_a_partner_leave() -> None:
    Membership.objects.filter(partner="morocco", dialogue="mtm").update(left=2012)


def make_a_partner_an_observer() -> None:
    Membership.objects.filter(partner="morocco", dialogue="mtm", role="partner").update(role="observer")


def change_a_password() -> None:
    user = user_of("frontex")
    user.set_password("another-password-of-2026")
    user.save()


def narrow_a_profile() -> None:
    with viewing(DESK):
        Profile.objects.filter(**HOW, slug="morocco").update(audience=["secretariat:mtm"])


def remove_a_meeting() -> None:
    with viewing(DESK):
        Meeting.objects.filter(slug="2010-athens").delete()


def tokens_of(login: str) -> str:
    return f"SELECT imap_tokens_of(id)::text FROM accounts_user WHERE email = '{login}@imap.example'"


def of_user(column: str, login: str) -> str:
    return f"SELECT {column}::text FROM accounts_user WHERE email = '{login}@imap.example'"


# deed → what is asked of the database afterwards: it answers as it did once the deed was done
DEEDS: dict[Callable[[], None], str] = {
    end_a_mandate: tokens_of("official.mar"),
    end_it_for_one_dialogue: tokens_of("official.mar"),
    end_an_engagement: tokens_of("translator.ar"),
    take_the_right_to_nominate: tokens_of("focalpoint.mar"),
    take_a_seat: tokens_of("editor"),
    take_a_theme: tokens_of("official.mar.dev"),
    close_an_account: of_user("is_active", "unhcr"),
    let_a_partner_leave: tokens_of("official.mar"),
    make_a_partner_an_observer: tokens_of("official.mar"),
    change_a_password: of_user("(password LIKE 'argon2%')", "frontex"),
    narrow_a_profile: "SELECT audience::text FROM profiles_profile WHERE slug = 'morocco' AND dialogue_id = 'mtm' "
    "AND theme_id = 'irregular-mixed-migration'",
    remove_a_meeting: "SELECT count(*)::text FROM newscentre_meeting WHERE slug = '2010-athens'",
}
SHOWS_NO_PASSWORD = {change_a_password: "false"}


def answer(question: str, using: str = "default") -> str:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('imap.viewer', '{secretariat:mtm}', true)")
        cursor.execute(question)
        return cursor.fetchone()[0]


def done_then_taken_back(deed: Callable[[], None]) -> None:
    """Done and shipped; then the database is as it was before, as after a restore."""
    with transaction.atomic():
        deed()
        ship()
        assert files.read(settings.JOURNAL_DIR).lines
        transaction.set_rollback(True)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_what_was_done_since_a_backup_is_done_again_once(deed):
    question = DEEDS[deed]
    before = answer(question)
    with transaction.atomic():
        deed()
        wanted = SHOWS_NO_PASSWORD.get(deed) or answer(question)
        transaction.set_rollback(True)
    assert wanted != before
    done_then_taken_back(deed)
    assert answer(question) == before
    assert why_not_to_serve()
    with keeping():
        assert replay().done > 0
        assert answer(question, "owner") == wanted
        noted_by_replaying = JournalEntry.objects.using("owner").filter(shipped_at=None).count()
        assert noted_by_replaying == 0
        assert replay().done == 0


def widen_a_profile() -> None:
    with viewing(DESK):
        Profile.objects.filter(**HOW, slug="morocco").update(audience=["public"])


def prolong_a_mandate() -> None:
    Affiliation.objects.filter(pk=mandate().pk).update(ends_on="2091-01-01")
    Affiliation.objects.filter(pk=mandate().pk).update(ends_on=None)


@pytest.mark.parametrize("deed", [widen_a_profile, prolong_a_mandate])
def test_what_gives_more_is_not_noted(deed):
    with connection.cursor() as cursor:  # until a day, as if it had always been so
        cursor.execute("SELECT set_config('imap.replaying', 'on', true)")
        Affiliation.objects.filter(pk=mandate().pk).update(ends_on="2090-01-01")
        cursor.execute("SELECT set_config('imap.replaying', '', true)")
    before = noted()
    deed()
    assert noted() == before


def test_members_taken_out_tokens_revoked_and_groups_ended_are_noted():
    person = user_of("official.mar")
    group = ReadingGroup.objects.create(slug="readers", dialogue_id="mtm", name_en="Readers")
    group.members.add(person)
    make_token(person, "machine", TokenScope.READ, 30)
    group.members.remove(person)
    revoke(PersonalToken.objects.get())
    ReadingGroup.objects.update(ends_on=timezone.localdate())
    assert {of_table for of_table, _change in noted()} == {
        "accounts_readinggroup_members", "accounts_personaltoken", "accounts_readinggroup",
    }  # fmt: skip
    assert JournalEntry.objects.get(of_table="accounts_readinggroup_members").key == {
        "readinggroup_id": "readers", "user_id": person.pk,
    }  # fmt: skip


def test_every_table_with_an_audience_that_may_be_changed_is_noted_when_it_narrows_and_when_a_row_goes():
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT t.tgrelid::regclass::text,
                   (SELECT array_agg(j.tgname::text ORDER BY j.tgname) FROM pg_trigger j
                    WHERE j.tgrelid = t.tgrelid AND j.tgname IN ('journal_narrowed', 'journal_removed'))
            FROM pg_trigger t WHERE t.tgfoid = 'imap_add_secretariat'::regproc
              AND has_table_privilege(t.tgrelid, 'UPDATE') AND t.tgrelid <> 'accounts_submission'::regclass
        """)
        found = dict(cursor.fetchall())
    assert len(found) > 15
    assert {table for table, triggers in found.items() if triggers != ["journal_narrowed", "journal_removed"]} == set()


def test_a_journal_holds_no_text_no_name_and_no_password(folder):
    end_a_mandate()
    change_a_password()
    narrow_a_profile()
    ship()
    text = (folder / files.NAME).read_text()
    for word in ("argon2", "another-password", "Morocco", "official.mar", "imap.example"):
        assert word not in text
    assert (folder / files.NAME).stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_a_source_that_others_cite_is_closed_where_it_cannot_be_removed_again(folder):
    source = Source.objects.filter(observations__isnull=False).first()
    key = {"id": source.pk}
    line = {
        "id": "0b7e6f3c-0000-4000-8000-000000000001",
        "at": "2026-01-01T00:00:00+00:00",
        "of_table": "indicators_source",
    }
    files.append(folder, [{**line, "key": key, "change": None}])
    with keeping():
        replayed = replay()
        assert [row.split()[0] for row in replayed.closed] == ["indicators_source"]
        assert answer(f"SELECT audience::text FROM indicators_source WHERE id = {source.pk}", "owner") == (
            f"{{secretariat:{source.dialogue_id}}}"
        )


def test_an_audience_that_names_a_group_of_after_the_backup_is_closed():
    def narrow_to_a_new_group() -> None:
        ReadingGroup.objects.create(slug="new-readers", dialogue_id="mtm", name_en="New readers")
        with viewing(DESK):
            Profile.objects.filter(**HOW, slug="morocco").update(audience=[tokens.group("new-readers")])

    done_then_taken_back(narrow_to_a_new_group)
    with keeping():
        assert replay().closed
        assert answer(DEEDS[narrow_a_profile], "owner") == "{secretariat:mtm}"


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
    assert ["accounts_affiliation", {"id": pk, "user_id": user_of("official.mar").pk}] in [
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


# Given again ----------------------------------------------------------------------------------------------------------


def audience_becomes(*audience: str) -> Callable[[], None]:
    def change() -> None:
        with viewing(DESK):
            Profile.objects.filter(**HOW, slug="morocco").update(audience=list(audience))

    return change


def end_and_take_back() -> None:
    end_a_mandate()
    Affiliation.objects.filter(user=user_of("official.mar")).update(ended_at=None)
    User.objects.filter(pk=user_of("official.mar").pk).update(is_active=True)


def take_a_seat_and_give_it_again() -> None:
    take_a_seat()
    SecretariatMember.objects.create(user=user_of("editor"), dialogue_id="mtm")


def give_a_seat_again_and_take_it() -> None:
    take_a_seat_and_give_it_again()
    take_a_seat()


def take_a_theme_and_give_it_again() -> None:
    rows = list(Scope.objects.filter(affiliation__user=user_of("official.mar.dev")))
    take_a_theme()
    Scope.objects.bulk_create(
        Scope(affiliation_id=row.affiliation_id, dialogue_id=row.dialogue_id, theme_id=row.theme_id, is_granted=row.is_granted)
        for row in rows
    )  # fmt: skip


OF_THE_PROFILE = DEEDS[narrow_a_profile]
IN_TURN: dict[str, tuple[list[Callable[[], None]], str]] = {
    "narrowed, widened": ([narrow_a_profile, audience_becomes("nominated")], OF_THE_PROFILE),
    "narrowed, widened, narrowed": ([narrow_a_profile, audience_becomes("nominated", "partner:morocco"), audience_becomes("partner:morocco")], OF_THE_PROFILE),
    "narrowed, open again": ([narrow_a_profile, audience_becomes("public")], OF_THE_PROFILE),
    "narrowed, inherited": ([narrow_a_profile, audience_becomes("nominated"), audience_becomes()], OF_THE_PROFILE),
    "a mandate taken back": ([end_and_take_back], tokens_of("official.mar")),
    "a seat given again": ([take_a_seat_and_give_it_again], tokens_of("editor")),
    "a seat given again and taken": ([give_a_seat_again_and_take_it], tokens_of("editor")),
    "a theme given again": ([take_a_theme_and_give_it_again], tokens_of("official.mar.dev")),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_TURN)
def test_what_was_narrowed_and_given_again_ends_as_it_was_when_the_database_failed(case):
    deeds, question = IN_TURN[case]
    with transaction.atomic():
        for deed in deeds:
            deed()
        wanted = answer(question)
        transaction.set_rollback(True)
    done_then_taken_back(lambda: [deed() for deed in deeds])
    with keeping():
        assert replay().closed == []
        assert answer(question, "owner") == wanted


def test_what_was_given_again_after_the_backup_is_given_by_the_replay(folder):
    """The backup is of between the two: it knows the first entry."""
    done_then_taken_back(lambda: [narrow_a_profile(), audience_becomes("nominated")()])
    first, _second = files.read(folder).lines
    with keeping():
        values = {name: first[name] for name in ("id", "at", "of_table", "key", "change")}
        JournalEntry.objects.using("owner").create(**values, shipped_at=timezone.now())
        assert replay().done == 1
        assert answer(OF_THE_PROFILE, "owner") == "{nominated,secretariat:mtm}"


def test_what_a_successors_mandate_gets_opens_nothing_for_the_predecessor():
    successor = user_of("unhcr")

    def pass_it_on_and_prolong_it() -> None:
        row = mandate()
        Affiliation.objects.filter(pk=row.pk).update(ends_on="2020-01-01")
        Affiliation.objects.filter(pk=row.pk).update(user=successor)
        Affiliation.objects.filter(pk=row.pk).update(ends_on="2030-01-01")
        Affiliation.objects.filter(pk=row.pk).update(may_nominate=True)
        Affiliation.objects.filter(pk=row.pk).update(may_nominate=False)

    done_then_taken_back(pass_it_on_and_prolong_it)
    with keeping():
        replay()
        assert "partner:morocco" not in answer(tokens_of("official.mar"), "owner")


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
    with keeping():
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

    monkeypatch.setattr("imap.journal.replaying.read", read_then_ship)
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
    with keeping():
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
