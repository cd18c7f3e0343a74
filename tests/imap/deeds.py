"""What a secretariat, a partner or an administrator ends, narrows or withdraws, and what the database says afterwards."""

from collections.abc import Callable

from django.conf import settings
from django.db import connections, transaction

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import Affiliation, Engagement, Scope, SecretariatMember, User
from accounts.nominations import engagements, mandates, policies
from atlas.models import Coverage, DialogueTheme, Membership, Partner, Subject
from imap.journal import files
from imap.journal.writer import ship
from imap.models import JournalEntry
from indicators.models import Observation
from newscentre.models import Meeting
from profiles.models import Profile
from tests.conftest import user_of

DESK = Viewer.secretariat_of("mtm")
HOW = {"dialogue": "mtm", "theme": "irregular-mixed-migration"}


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


def pass_a_seat_on() -> None:
    SecretariatMember.objects.filter(user=user_of("editor"), dialogue="mtm").update(user=user_of("unhcr"))


def move_a_seat() -> None:
    SecretariatMember.objects.filter(user=user_of("editor"), dialogue="mtm").update(dialogue="rabat-process")


def change_an_address() -> None:
    User.objects.filter(pk=user_of("unhcr").pk).update(email="another@imap.example")


def narrow_a_policy() -> None:
    """Of a partner that had none."""
    wanted = policies.Policy(frozenset(), 6, requires_second_factor=True)
    with viewing(DESK):
        policies.change(Partner.objects.get(pk="morocco"), user_of("editor"), wanted)


def cover_a_country_no_more() -> None:
    with viewing(DESK):
        Coverage.objects.filter(dialogue="mtm", subject__slug="niger").delete()


def take_up_a_theme_no_more() -> None:
    with viewing(DESK):
        DialogueTheme.objects.filter(dialogue="mtm", theme="irregular-mixed-migration").delete()


def make_a_name_no_reference() -> None:
    Subject.objects.filter(slug="niger").update(is_reference=False)


def withdraw_a_figure() -> None:
    with viewing(DESK):
        Observation.objects.filter(pk=Observation.objects.earliest("pk").pk).update(withdrawn_on="2026-01-01")


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
    pass_a_seat_on: tokens_of("editor"),
    move_a_seat: "SELECT count(*)::text FROM accounts_secretariatmember m JOIN accounts_user u ON u.id = m.user_id "
    "WHERE u.email = 'editor@imap.example' AND m.dialogue_id = 'mtm'",
    change_an_address: "SELECT count(*)::text FROM accounts_user WHERE email = 'unhcr@imap.example'",
    narrow_a_policy: "SELECT coalesce(max(months), 12)::text || count(*) FILTER (WHERE requires_second_factor)::text "
    "FROM accounts_partnerpolicy WHERE partner_id = 'morocco'",
    cover_a_country_no_more: "SELECT count(*)::text FROM atlas_coverage WHERE dialogue_id = 'mtm'",
    take_up_a_theme_no_more: "SELECT count(*)::text FROM atlas_dialoguetheme WHERE dialogue_id = 'mtm'",
    make_a_name_no_reference: "SELECT is_reference::text FROM atlas_subject WHERE slug = 'niger'",
    withdraw_a_figure: "SELECT (withdrawn_on IS NULL)::text FROM indicators_observation ORDER BY id LIMIT 1",
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
