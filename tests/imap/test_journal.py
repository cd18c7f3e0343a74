"""What ended, was narrowed or withdrawn is in a file outside the database, and stays so when a backup is taken back."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from access import tokens
from access.owner_access import owner_access
from access.viewing import viewing
from accounts.models import (
    Affiliation,
    AgencyAccount,
    Nomination,
    PersonalToken,
    PolicyWidening,
    ReadingGroup,
    Reminder,
    Scope,
    SecretariatMember,
    Submission,
    TokenScope,
    User,
    Widening,
)
from accounts.signing_in.agency_accounts import forget
from accounts.signing_in.personal_tokens import make_token, revoke
from imap.journal import files
from imap.journal.replay import replay, why_not_to_serve
from imap.journal.writer import ship
from imap.models import JournalEntry
from indicators.models import Source
from profiles.models import Profile
from tests.conftest import user_of
from tests.imap.deeds import (
    DEEDS,
    DESK,
    HOW,
    SHOWS_NO_PASSWORD,
    answer,
    change_a_password,
    done_then_taken_back,
    end_a_mandate,
    mandate,
    narrow_a_profile,
    noted,
    take_a_seat,
    take_a_theme,
    tokens_of,
)

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
NEW = 900_001  # the key of rows that no world has


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.JOURNAL_DIR = tmp_path / "journal"
    return tmp_path / "journal"


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
    with owner_access():
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
              AND has_table_privilege(t.tgrelid, 'UPDATE')
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
    with owner_access():
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
    with owner_access():
        assert replay().closed
        assert answer(DEEDS[narrow_a_profile], "owner") == "{secretariat:mtm}"


# Rows that stand in no world: in the backup, and in the database of which it was made -------------------------------------


def a_list_of_codes(using: str) -> Authenticator:
    kind = Authenticator.Type.RECOVERY_CODES
    return Authenticator.objects.using(using).create(pk=NEW, user_id=user_of("unhcr").pk, type=kind, data={})


def an_agency_account(using: str) -> AgencyAccount:
    values = {"user_id": user_of("unhcr").pk, "agency": "unhcr", "subject": "person-1"}
    return AgencyAccount.objects.using(using).create(pk=NEW, **values)


def a_widening(using: str) -> Widening:
    of = ContentType.objects.get_for_model(Profile)
    values = {"content_type_id": of.pk, "object_id": 1, "name": "x", "dialogue_id": "mtm", "wanted": [tokens.PUBLIC]}
    return Widening.objects.using(using).create(pk=NEW, asked_by_id=user_of("editor").pk, **values)


def a_wider_policy(using: str) -> PolicyWidening:
    values = {"partner_id": "morocco", "months": 24, "asked_by_id": user_of("editor").pk}
    return PolicyWidening.objects.using(using).create(pk=NEW, **values)


def a_nomination(using: str) -> Submission:
    by, audience = user_of("focalpoint.mar"), [tokens.authority("morocco"), tokens.secretariat("mtm")]
    made = Nomination.objects.using(using).create(
        pk=NEW,
        partner_id="morocco",
        name="A Person",
        email="person@imap.example",
        nominated_by_id=by.pk,
        audience=audience,
    )
    of = {"nomination_id": made.pk, "dialogue_id": "mtm", "audience": audience}
    return Submission.objects.using(using).create(pk=NEW, **of)


def person_with_a_digest(using: str) -> User:
    return User.objects.using(using).create(pk=NEW, email="new.person@imap.example", name="x", news_digest="daily")


def changing(**values) -> Callable[[Model], object]:
    def change(row: Model) -> object:
        return type(row)._default_manager.filter(pk=row.pk).update(**values)

    return change


NOW = timezone.now()
DECLINED = {"state": "declined", "reason": "Not in this theme.", "decided_at": NOW}
# made, what is done to it, what is asked, the answer
OF_NEW_ROWS = [
    (a_list_of_codes, changing(last_used_at=NOW), "SELECT count(*)::text FROM mfa_authenticator WHERE id = {}", "0"),
    (an_agency_account, lambda row: forget(row.user), "SELECT count(*)::text FROM accounts_agencyaccount WHERE id = {}", "0"),
    (a_widening, changing(state="refused"), "SELECT state FROM accounts_widening WHERE id = {}", "refused"),
    (a_wider_policy, changing(state="overtaken"), "SELECT state FROM accounts_policywidening WHERE id = {}", "overtaken"),
    (a_nomination, changing(**DECLINED), "SELECT state || reason FROM accounts_submission WHERE id = {}", "declinedNot in this theme."),
    (person_with_a_digest, changing(news_digest="none"), "SELECT news_digest FROM accounts_user WHERE id = {}", "none"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "end", "question", "wanted"), OF_NEW_ROWS)
def test_what_was_in_the_backup_and_ended_since_ends_again(make, end, question, wanted):
    def make_and_end() -> None:
        with viewing(DESK):
            end(make("default"))

    done_then_taken_back(make_and_end)
    with owner_access():
        make("owner")
        JournalEntry.objects.using("owner").all().delete()  # of making it
        assert answer(question.format(NEW), "owner") != wanted
        assert replay().closed == []
        assert answer(question.format(NEW), "owner") == wanted


def test_a_mandate_that_cannot_be_removed_again_is_over():
    """Nothing was noted of the reminders that were sent of it."""
    pk = mandate().pk
    key = {"id": pk, "user_id": user_of("official.mar").pk, "partner_id": "morocco"}
    with owner_access():
        Reminder.objects.using("owner").create(
            affiliation_id=pk, ends_on="2030-01-01", days_before=30, is_to_person=True
        )
        line = {"id": str(uuid4()), "at": "2026-01-01T00:00:00+00:00", "of_table": "accounts_affiliation"}
        files.append(settings.JOURNAL_DIR, [{**line, "key": key, "change": None}])
        assert [row.split()[0] for row in replay().closed] == ["accounts_affiliation"]
        assert "partner:morocco" not in answer(tokens_of("official.mar"), "owner")


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


def pass_a_mandate_on_and_back() -> None:
    row = Affiliation.objects.filter(pk=mandate().pk)
    row.update(user=user_of("unhcr"))
    row.update(user=user_of("official.mar"))


def pass_a_seat_on_and_back() -> None:
    row = SecretariatMember.objects.filter(pk=SecretariatMember.objects.get(user=user_of("editor"), dialogue="mtm").pk)
    row.update(user=user_of("unhcr"))
    row.update(user=user_of("editor"))


OF_THE_PROFILE = DEEDS[narrow_a_profile]
IN_TURN: dict[str, tuple[list[Callable[[], None]], str]] = {
    "narrowed, widened": ([narrow_a_profile, audience_becomes("nominated")], OF_THE_PROFILE),
    "narrowed, widened, narrowed": ([narrow_a_profile, audience_becomes("nominated", "partner:morocco"), audience_becomes("partner:morocco")], OF_THE_PROFILE),
    "narrowed, open again": ([narrow_a_profile, audience_becomes("public")], OF_THE_PROFILE),
    "narrowed, inherited": ([narrow_a_profile, audience_becomes("nominated"), audience_becomes()], OF_THE_PROFILE),
    "a mandate taken back": ([end_and_take_back], tokens_of("official.mar")),
    "a seat given again": ([take_a_seat_and_give_it_again], tokens_of("editor")),
    "a seat given again and taken": ([give_a_seat_again_and_take_it], tokens_of("editor")),
    "a mandate passed on and back": ([pass_a_mandate_on_and_back], tokens_of("official.mar")),
    "a seat passed on and back": ([pass_a_seat_on_and_back], tokens_of("editor")),
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
    with owner_access():
        assert replay().closed == []
        assert answer(question, "owner") == wanted


def test_what_was_given_again_after_the_backup_is_given_by_the_replay(folder):
    """The backup is of between the two: it knows the first entry."""
    done_then_taken_back(lambda: [narrow_a_profile(), audience_becomes("nominated")()])
    first, _second = files.read(folder).lines
    with owner_access():
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
    with owner_access():
        replay()
        assert "partner:morocco" not in answer(tokens_of("official.mar"), "owner")
