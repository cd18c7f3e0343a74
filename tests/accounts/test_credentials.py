"""What opens an account ends with whatever closes it: who comes back, or comes after, begins with nothing of before."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from fido2.utils import websafe_encode

from access.viewing import viewing
from accounts import tasks
from accounts.models import Affiliation, AgencyAccount, Invitation, SecretariatMember, TokenScope, User
from accounts.nominations import engagements, invitations, mandates, nominating
from accounts.nominations.nominating import Succession
from accounts.signing_in import passkeys
from accounts.signing_in.personal_tokens import make_token
from atlas.models import Dialogue
from demo.cast import PASSWORD
from tests.accounts.conftest import accepted, confirm, nominated
from tests.accounts.soft_key import SoftKey
from tests.accounts.test_factors import code_of
from tests.accounts.test_keys import ADD, ALONE, AS_A_SCRIPT, OPTIONS
from tests.conftest import browser_of, user_of

pytestmark = pytest.mark.django_db

OWN = "/en/accounts/"
ASKED = f"{OWN}second-factor/authenticate/"
NEW = "a-new-and-long-password-2026"


# Who wakes ------------------------------------------------------------------------------------------------------------


@dataclass
class Before:
    """What an official of Morocco had while they were in; each opens something as long as the account is theirs."""

    user: User
    browser: Client
    key: SoftKey
    app: str
    token: str
    calendar: str
    reset_link: str
    pending: dict[str, Client]  # by the factor that its person is about to show
    paper: list[str] = field(default_factory=list)


@pytest.fixture
def before(through_the_form) -> Before:
    user, key = user_of("official.mar"), SoftKey()
    browser = through_the_form("official.mar")
    confirm(browser)
    options = json.loads(OPTIONS.search(browser.get(ADD).content.decode())[1])["creation_options"]
    browser.post(ADD, {"credential": json.dumps(key.create(options)), "passwordless": "on"})
    app = totp.generate_totp_secret()
    totp.TOTP.activate(user, app)
    pending = {factor: through_the_form("official.mar") for factor in ("app", "paper")}
    user.refresh_from_db()
    AgencyAccount.objects.create(user=user, agency="unhcr", subject="person-1")
    link = f"{OWN}password/reset/key/{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}/"
    return Before(
        user,
        browser,
        key,
        app,
        make_token(user, "machine", TokenScope.READ, 365)[1],
        make_token(user, "calendar", TokenScope.CALENDAR, 365)[1],
        link,
        pending,
        Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes(),
    )


def opened(had: Before) -> Iterator[str]:
    """What of it opens anything."""
    if Client().get(had.reset_link).status_code == 302:  # first: signing in makes it void
        yield "link for a new password"
    if had.browser.get(OWN).status_code == 200:
        yield "session"
    by_key = Client()
    options = by_key.get(ALONE, headers=AS_A_SCRIPT).json()["request_options"]
    by_key.post(ALONE, {"credential": json.dumps(had.key.get(options))})
    if by_key.get(OWN).status_code == 200:
        yield "key"
    by_password = Client()
    if by_password.post(f"{OWN}login/", {"login": had.user.email, "password": PASSWORD}).status_code == 302:
        yield "password"
    for name, code in (("app", code_of(had.app, 1)), ("paper", had.paper[0])):
        had.pending[name].post(ASKED, {"code": code})
        if had.pending[name].get(OWN).status_code == 200:
            yield f"pending sign-in and {name}"
    if Client(headers={"Authorization": f"Bearer {had.token}"}).get("/api/me").status_code == 200:
        yield "token"
    if Client().get(f"/en/calendar/subscriptions/{had.calendar}.ics").status_code == 200:
        yield "calendar"
    if AgencyAccount.objects.filter(user=had.user).exists():
        yield "account at an agency"
    if Authenticator.objects.filter(user=had.user).exists():
        yield "factors"


def leave(user: User) -> None:
    """Every mandate ends, as their focal point ends it: nothing keeps the account open."""
    focal_point = user_of("focalpoint.mar")
    with viewing(focal_point.viewer):
        for mandate in Affiliation.objects.open().filter(user=user):
            mandates.end(mandate, focal_point)
    user.refresh_from_db()
    assert not user.is_active


def nominated_again(user: User) -> None:
    accepted(nominated(email=user.email, name="Successor"), approves_address=True)


def engaged(user: User) -> None:
    editor = user_of("editor")
    with viewing(editor.viewer):
        engagements.engage(
            Dialogue.objects.get(pk="mtm"), editor, name="Successor", email=user.email, language="fr",
            purpose="translation", ends_on=timezone.localdate() + timedelta(days=30),
        )  # fmt: skip


def corrected_to(user: User) -> None:
    nomination = nominated(email="mistyped@imap.example")
    accepted(nomination, approves_address=True)
    editor = user_of("editor")
    with viewing(editor.viewer):
        nominating.correct_address(nomination, editor, user.email, approves_address=True)


def handed_over_to(user: User) -> None:
    former = Affiliation.objects.open().get(user__email="official.mar.dev@imap.example", partner="morocco")
    nomination = nominated(email=user.email, name="Successor", succession=Succession(former))
    accepted(nomination, approves_address=True)


def ticked_active_by_an_administrator(user: User) -> None:
    in_the_form(user, is_active="on")


def in_the_form(user: User, **changed: str) -> None:
    admin = browser_of("secretariat")
    inlines = {
        f"{prefix}-{name}": "0"
        for prefix in ("secretariats", "affiliations")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    fields = {"email": user.email, "name": user.name, "language": user.language, **inlines, **changed}
    answer = admin.post(f"/secretariat/accounts/user/{user.pk}/change/", fields)
    assert answer.status_code == 302, answer.content.decode()


WAYS_BACK: list[Callable[[User], None]] = [
    nominated_again, engaged, corrected_to, handed_over_to, ticked_active_by_an_administrator,
]  # fmt: skip


def test_all_of_it_opens_while_the_account_is_theirs(before):
    """So that what follows would fail if it did not look."""
    assert set(opened(before)) == {
        "session", "key", "password", "pending sign-in and app", "pending sign-in and paper", "token", "calendar",
        "link for a new password", "account at an agency", "factors",
    }  # fmt: skip


@pytest.mark.parametrize("comes_back", WAYS_BACK, ids=lambda way: way.__name__)
def test_an_account_that_wakes_is_opened_by_nothing_of_before(before, comes_back):
    leave(before.user)
    comes_back(before.user)
    before.user.refresh_from_db()
    assert before.user.is_active
    assert not before.user.has_joined
    assert set(opened(before)) == set()


def test_the_one_who_left_does_not_come_in_before_the_one_who_follows_opens_the_link(before, sent):
    """A role's mailbox: the same address, another person."""
    leave(before.user)
    with sent() as mails:
        nominated_again(before.user)
    [invitation] = [message for message in mails if message.to == [before.user.email]]
    assert set(opened(before)) == set()
    successor = Client()
    link = invitation.body.split("http://localhost:8000")[1].split()[0]
    form = successor.get(link)["Location"]
    assert "Successor" in successor.get(form).content.decode()
    successor.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert successor.get(OWN).status_code == 200
    assert set(opened(before)) == set()


# A role's mailbox ----------------------------------------------------------------------------------------------------


def run_out(user: User) -> Affiliation:
    """Nobody ended the mandate: its last day has passed."""
    mandate = Affiliation.objects.open().get(user=user)
    mandate.may_nominate, mandate.ends_on = True, timezone.localdate() - timedelta(days=1)
    mandate.save()
    return mandate


def followed(user: User) -> None:
    """By a successor at the same address."""
    former = Affiliation.objects.open().get(user=user)
    accepted(nominated(email=user.email, name="Successor", succession=Succession(former)), approves_address=True)


@pytest.mark.parametrize(
    "comes_next", [nominated_again, engaged, corrected_to, handed_over_to, followed], ids=lambda way: way.__name__
)
def test_who_comes_after_a_mandate_that_ran_out_begins_with_a_link_alone(before, comes_next, sent):
    mandate = run_out(before.user)
    with sent() as mails:
        comes_next(before.user)
    before.user.refresh_from_db()
    assert before.user.is_active
    assert not before.user.has_joined, "the one before was taken for the one who follows"
    assert any("/accounts/join/" in message.body for message in mails if message.to == [before.user.email])
    assert set(opened(before)) == set()
    mandate.refresh_from_db()
    assert mandate.ended_at is not None, "it was renewed with all that its person had been given"
    assert not Affiliation.objects.open().filter(user=before.user, may_nominate=True).exists()
    assert before.user.name == ("Salma Bennani" if comes_next is corrected_to else "Successor")


def test_a_post_is_handed_over_with_its_address(before, sent):
    with sent() as mails:
        followed(before.user)
    before.user.refresh_from_db()
    assert (before.user.name, before.user.is_active, before.user.has_joined) == ("Successor", True, False)
    assert any("/accounts/join/" in message.body for message in mails if message.to == [before.user.email])
    assert set(opened(before)) == set()


def test_an_address_is_not_handed_over_while_its_person_stands_elsewhere(before):
    SecretariatMember.objects.create(user=before.user, dialogue_id="mtm")
    with pytest.raises(ValidationError, match="has to end first"):
        followed(before.user)
    before.user.refresh_from_db()
    assert before.user.has_joined


def test_who_is_re_confirmed_in_time_or_late_goes_on_as_before(before):
    mandate = run_out(before.user)
    focal_point = user_of("focalpoint.mar")
    with viewing(focal_point.viewer):
        mandates.confirm(mandate, focal_point)
    before.user.refresh_from_db()
    assert before.user.has_joined
    assert {"session", "key", "token"} <= set(opened(before))


def test_who_stands_somewhere_keeps_what_they_have_when_they_are_nominated_again(before):
    nominated_again(before.user)
    before.user.refresh_from_db()
    assert before.user.has_joined
    assert before.user.name != "Successor"
    assert {"session", "key", "token"} <= set(opened(before))


def test_an_account_closed_and_opened_by_hand_is_opened_by_nothing_of_before(before):
    in_the_form(before.user)
    in_the_form(before.user, is_active="on")
    assert User.objects.get(pk=before.user.pk).is_active
    assert set(opened(before)) == set()


def test_a_seat_taken_away_ends_what_is_open_and_closes_the_account_that_nothing_else_keeps(through_the_form):
    editor = user_of("editor")
    browser = through_the_form("editor")
    seat = SecretariatMember.objects.get(user=editor)
    forms = {"secretariats-TOTAL_FORMS": "1", "secretariats-INITIAL_FORMS": "1", "secretariats-0-id": str(seat.pk),
             "secretariats-0-user": str(editor.pk), "secretariats-0-dialogue": "mtm", "secretariats-0-DELETE": "on"}  # fmt: skip
    in_the_form(editor, is_active="on", is_staff="on", **forms)
    assert not User.objects.get(pk=editor.pk).is_active
    assert browser.get(OWN).status_code != 200


# A sign-in that waits for its second factor ---------------------------------------------------------------------------


@pytest.fixture
def paper() -> list[str]:
    return RecoveryCodes.activate(user_of("official.mar")).get_unused_codes()


@pytest.fixture
def inside(through_the_form, paper) -> Client:
    client = through_the_form("official.mar")
    client.post(ASKED, {"code": paper[-1]})
    return client


def with_a_new_password(inside: Client, user: User) -> None:
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert inside.post(f"{OWN}password/change/", fields).status_code == 302


def with_a_password_by_mail(inside: Client, user: User) -> None:
    link = f"{OWN}password/reset/key/{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}/"
    browser = Client()
    assert browser.post(browser.get(link)["Location"], {"password1": NEW, "password2": NEW}).status_code == 302


def with_all_sessions(inside: Client, user: User) -> None:
    inside.post(f"{OWN}sessions/end/", {"session": "every"})


def with_all_other_sessions(inside: Client, user: User) -> None:
    inside.post(f"{OWN}sessions/end/", {"session": "others"})
    assert inside.get(OWN).status_code == 200


def with_the_mandate(inside: Client, user: User) -> None:
    leave(user)
    User.objects.filter(pk=user.pk).update(is_active=True)  # as if something else kept it open


def with_the_account(inside: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


ENDS = [with_a_new_password, with_a_password_by_mail, with_all_sessions, with_all_other_sessions, with_the_mandate,
        with_the_account]  # fmt: skip


@pytest.mark.parametrize("ends", ENDS, ids=lambda way: way.__name__)
def test_a_sign_in_half_done_ends(through_the_form, inside, paper, ends):
    pending = through_the_form("official.mar")
    assert pending.get(ASKED).status_code == 200
    ends(inside, user_of("official.mar"))
    answer = pending.post(ASKED, {"code": paper[0]})
    assert answer["Location"] == f"{OWN}login/"
    assert "_auth_user_id" not in pending.session
    assert "Sign in anew" in pending.get(answer["Location"]).content.decode()


def test_a_sign_in_half_done_goes_on_where_nothing_ended_it(through_the_form, inside, paper):
    pending = through_the_form("official.mar")
    inside.post(f"{OWN}logout/")
    pending.post(ASKED, {"code": paper[0]})
    assert pending.get(OWN).status_code == 200


# An invitation that is too old or withdrawn ---------------------------------------------------------------------------


@pytest.fixture
def invited() -> User:
    return accepted(nominated())


def expired(user: User) -> None:
    Invitation.objects.filter(user=user).update(expires_at=timezone.now() - timedelta(seconds=1))


def withdrawn(user: User) -> None:
    """And something else keeps the account open."""
    Invitation.objects.filter(user=user).update(cancelled_at=timezone.now())


def by_a_forgotten_password(user: User, settle: Callable[[User], None]) -> bool:
    settle(user)
    tasks.send_link_for_new_password(user.pk)
    return bool(mail.outbox)


def by_a_link_for_a_new_password_sent_before(user: User, settle: Callable[[User], None]) -> bool:
    link = f"{OWN}password/reset/key/{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}/"
    browser = Client()
    form = browser.get(link)["Location"]
    settle(user)
    browser.post(form, {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    return user.has_usable_password()


def by_a_key(user: User, settle: Callable[[User], None]) -> bool:
    key, holder = SoftKey(), Client()
    handle = websafe_encode(user_pk_to_url_str(user).encode())
    answer = key.create({"publicKey": {"challenge": "eA", "user": {"id": handle}}})
    Authenticator.objects.create(
        user=user, type="webauthn", data={"name": "", "credential": answer, passkeys.ALONE: True}
    )
    settle(user)
    options = holder.get(ALONE, headers=AS_A_SCRIPT).json()["request_options"]
    holder.post(ALONE, {"credential": json.dumps(key.get(options))})
    return "_auth_user_id" in holder.session


DOORS = [by_a_forgotten_password, by_a_link_for_a_new_password_sent_before, by_a_key]


@pytest.mark.parametrize("settle", [expired, withdrawn], ids=lambda way: way.__name__)
@pytest.mark.parametrize("door", DOORS, ids=lambda way: way.__name__)
def test_an_invitation_that_is_over_lets_nobody_in_by_another_door(invited, once_committed, door, settle):
    with once_committed():
        assert not door(invited, settle)


@pytest.mark.parametrize("door", DOORS, ids=lambda way: way.__name__)
def test_an_invitation_that_is_open_does_not_close_the_other_doors(invited, once_committed, door):
    with once_committed():
        came_in = door(invited, lambda user: None)
    assert came_in or mail.outbox


def test_who_has_come_in_needs_no_invitation(before):
    expired(before.user)
    assert invitations.may_come_in(before.user)


def test_an_account_made_in_the_admin_is_opened_by_the_link_for_a_forgotten_password(once_committed):
    user = User.objects.create_user("new@imap.example")
    with once_committed():
        tasks.send_link_for_new_password(user.pk)
    assert mail.outbox[0].to == ["new@imap.example"]
