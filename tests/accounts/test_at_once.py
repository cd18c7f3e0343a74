"""Two people do the same thing at the same moment: one is first, and nothing is done twice or lost."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connections

from access.viewing import viewing
from accounts.models import (
    Affiliation,
    Event,
    Invitation,
    MandateEvent,
    Nomination,
    PartnerPolicy,
    Reminder,
    Scope,
    User,
)
from accounts.nominations import invitations, mandates, nominating, reminders
from accounts.nominations.invitations import ClosedInvitation
from atlas.models import Partner
from tests import conftest
from tests.accounts.conftest import DEVELOPMENT, IRREGULAR, candidate, nominated, submission_of
from tests.conftest import WORKER, user_of

BOTH = {"mtm": [IRREGULAR], "rabat-process": [DEVELOPMENT]}


@pytest.fixture
def committed(world_template, django_db_setup, django_db_blocker, settings) -> Iterator[None]:
    """A copy of the world in which writing is for good, so that two connections can meet; dropped afterwards."""
    home = connections["owner"].settings_dict["NAME"]
    name = f"imap_race_{WORKER}_{os.getpid()}"
    with django_db_blocker.unblock():
        conftest._as_owner(f"CREATE DATABASE {name} TEMPLATE {world_template}")
        conftest._use(name)
        yield
        conftest._use(home)
        conftest._as_owner(f"DROP DATABASE {name}")


def at_once(*actions: Callable[[], object]) -> list[object]:
    """What each returned, or the exception that it raised. They begin together, each with a connection of its own."""
    starting, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(index: int) -> None:
        try:
            starting.wait(10)
            results[index] = actions[index]()
        except Exception as error:
            results[index] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def acceptance(login: str, nomination: Nomination, dialogue: str = "mtm") -> Callable[[], object]:
    user = user_of(login)
    with viewing(user.viewer):
        row = submission_of(nomination, dialogue)
        assert row.nomination

    def accept() -> object:
        with viewing(user.viewer):
            return nominating.accept(row, user)

    return accept


def test_two_of_the_same_secretariat_accept_once(committed):
    nomination = nominated()
    results = at_once(acceptance("editor", nomination), acceptance("secretariat", nomination))
    assert {type(result) for result in results} == {User, ValidationError}, results
    assert Affiliation.objects.filter(user__email=nomination.email).count() == 1
    assert Invitation.objects.filter(email=nomination.email).count() == 1
    with viewing(user_of("secretariat").viewer):
        assert MandateEvent.objects.filter(nomination=nomination, event=Event.ACCEPTED).count() == 1


def test_two_secretariats_accept_the_same_nomination_and_neither_is_lost(committed):
    nomination = nominated(BOTH)
    results = at_once(acceptance("editor", nomination), acceptance("secretariat", nomination, "rabat-process"))
    assert {type(result) for result in results} == {User}, results
    person = User.objects.get(email=nomination.email)
    assert Scope.objects.filter(affiliation__user=person).count() == 2
    assert Affiliation.objects.filter(user=person).count() == 1
    assert invitations.open_of(person).count() == 1
    with viewing(user_of("secretariat").viewer):
        row = Nomination.objects.get(pk=nomination.pk)
    assert row.audience.count(f"self:{person.pk}") == 1


def test_two_partners_nominees_of_one_address_get_one_account(committed):
    Affiliation.objects.filter(user=user_of("unhcr")).update(may_nominate=True)
    PartnerPolicy.objects.create(partner_id="unhcr", domains=["imap.example"])
    first, second = nominated(), nominated(by="unhcr", partner="unhcr")
    results = at_once(acceptance("editor", first), acceptance("secretariat", second))
    assert {type(result) for result in results} == {User}, results
    assert User.objects.filter(email=first.email).count() == 1
    assert Affiliation.objects.filter(user__email=first.email).count() == 2


def test_a_double_click_nominates_once(committed):
    user, morocco = user_of("focalpoint.mar"), Partner.objects.get(pk="morocco")

    def click() -> object:
        with viewing(user.viewer):
            return nominating.nominate(morocco, user, candidate(), {"mtm": [IRREGULAR]})

    results = at_once(click, click)
    assert {type(result) for result in results} == {Nomination, ValidationError}
    with viewing(user.viewer):
        assert Nomination.objects.filter(email=candidate().email).count() == 1


def test_withdrawn_and_accepted_at_once_one_of_them_holds(committed):
    nomination, focal_point = nominated(), user_of("focalpoint.mar")

    def withdraw() -> None:
        with viewing(focal_point.viewer):
            nominating.withdraw(nomination, focal_point)

    at_once(acceptance("editor", nomination), withdraw)
    with viewing(user_of("secretariat").viewer):
        state = submission_of(nomination).state
    held = Affiliation.objects.open().filter(user__email=nomination.email)
    assert not held.exists(), f"withdrawn, before the acceptance or after it ({state})"


def test_nominated_anew_while_the_former_mandate_ends_the_account_stays_open(committed):
    """The end of the former must not close the account under the new one."""
    person, focal_point = user_of("official.mar"), user_of("focalpoint.mar")
    nomination, former = nominated(email=person.email), Affiliation.objects.get(user=person)

    def end() -> None:
        with viewing(focal_point.viewer):
            mandates.end(former, focal_point)

    results = at_once(acceptance("editor", nomination), end)
    assert not [result for result in results if isinstance(result, Exception)], results
    person.refresh_from_db()
    assert person.is_active is Affiliation.objects.open().filter(user=person).exists()


def test_a_link_opened_twice_sets_one_password(committed):
    nomination = nominated()
    acceptance("editor", nomination)()
    invitation = Invitation.objects.get(email=nomination.email)
    passwords = ("the-first-password-2026", "the-second-password-2026")
    results = at_once(*(lambda password=password: invitations.join(invitation, password) for password in passwords))
    assert {type(result) for result in results} == {User, ClosedInvitation}
    person = User.objects.get(email=nomination.email)
    winner = next(number for number, result in enumerate(results) if isinstance(result, User))
    assert person.check_password(passwords[winner])


def test_two_runs_of_the_reminders_tell_once(committed):
    Affiliation.objects.filter(user=user_of("official.mar")).update(ends_on="2026-03-16")
    results = at_once(*[lambda: reminders.remind(date(2026, 3, 9))] * 2)
    assert results == [None, None]
    assert Reminder.objects.count() == 2  # to the focal point, and to the person
    assert sorted(message.to[0] for message in mail.outbox) == [
        "focalpoint.mar@imap.example",
        "official.mar@imap.example",
    ]
