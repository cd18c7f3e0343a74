"""What ended, was narrowed or withdrawn is in a file outside the database, and stays so when a backup is taken back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction
from django.utils import timezone

from access import tokens
from access.keeping import keeping
from access.viewer import Viewer
from access.viewing import viewing
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
from atlas.models import Membership
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
    return settings.JOURNAL_DIR


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
        assert ship() > 0
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
    Affiliation.objects.filter(pk=mandate().pk).update(ends_on="2090-01-01")
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
    assert ["accounts_affiliation", {"id": pk}] in [
        [line["of_table"], line["key"]] for line in map(json.loads, (folder / files.NAME).read_text().splitlines())
    ]


def test_a_file_that_cannot_be_written_stops_no_deed_and_is_tried_again(folder):
    folder.write_text("not a folder")
    pk = mandate().pk
    assert browser_of("focalpoint.mar").post(f"/en/nominations/people/{pk}/end/", {"reason": ""}).status_code == 302
    assert Affiliation.objects.get(pk=pk).ended_at is not None
    assert JournalEntry.objects.filter(shipped_at=None).exists()
    folder.unlink()
    assert ship() > 0
    assert not JournalEntry.objects.filter(shipped_at=None).exists()


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
