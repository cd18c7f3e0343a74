"""What a user may read follows what is true of their affiliation and their partner today."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from access import tokens
from access.viewing import viewing
from accounts.activity_log.writer import log_action
from accounts.models import Action, Affiliation, Engagement, LogEntry, ReadingGroup, Scope, User
from atlas.models import Membership
from tests.conftest import user_of

IRREGULAR = tokens.dialogue("mtm", "irregular-mixed-migration")
OF_MOROCCO = {"nominated", "partner:morocco", IRREGULAR, tokens.dialogue("rabat-process", "migration-development")}


def held(login: str) -> set[str]:
    return set(User.objects.with_tokens().get(pk=user_of(login).pk).tokens)


@pytest.mark.django_db
def test_an_official_holds_what_their_partner_nominated_them_for():
    assert held("official.mar") >= OF_MOROCCO
    assert IRREGULAR not in held("official.mar.dev")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"ends_on": timezone.localdate() - timedelta(days=1)},
        {"begins_on": timezone.localdate() + timedelta(days=1)},
        {"ended_at": timezone.now()},
    ],
    ids=["not re-confirmed", "not begun", "ended"],
)
def test_an_affiliation_that_is_not_current_gives_nothing(change):
    Affiliation.objects.filter(user=user_of("official.mar")).update(**change)
    assert held("official.mar") == {"public", tokens.own(user_of("official.mar").pk)}
    assert not Affiliation.objects.current().filter(user=user_of("official.mar")).exists()


@pytest.mark.django_db
def test_only_whom_a_partner_authorised_may_nominate():
    assert tokens.authority("morocco") in held("focalpoint.mar")
    assert tokens.authority("morocco") not in held("official.mar")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["is_focal_point", "may_nominate"])
def test_a_focal_point_and_a_nominating_authority_both_nominate(role):
    Affiliation.objects.filter(user=user_of("official.mar")).update(**{role: True})
    assert tokens.authority("morocco") in held("official.mar")


@pytest.mark.django_db
def test_who_was_invited_without_a_partner_holds_what_names_them_until_that_ends():
    translator = user_of("translator.ar")
    group = ReadingGroup.objects.create(slug="translators", dialogue_id="mtm", name_en="Translators")
    group.members.add(translator)
    own = tokens.own(translator.pk)
    assert held("translator.ar") == {"public", own, tokens.person("mtm", translator.pk), "group:translators"}
    Engagement.objects.filter(user=translator).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert held("translator.ar") == {"public", own}


@pytest.mark.django_db
def test_an_official_whose_work_for_a_secretariat_ended_keeps_what_their_partner_nominated_them_for():
    before = held("official.mar")
    Engagement.objects.create(user=user_of("official.mar"), dialogue_id="mtm", ends_on="2012-01-01")
    assert held("official.mar") == before


@pytest.mark.django_db
def test_a_partner_that_leaves_a_dialogue_reads_it_no_more_and_keeps_the_other():
    memberships = Membership.objects.filter(partner="morocco", dialogue="mtm")
    memberships.update(left=timezone.localdate().year)
    assert IRREGULAR not in held("official.mar")
    assert held("official.mar") >= OF_MOROCCO - {IRREGULAR}


@pytest.mark.django_db
def test_a_partner_that_leaves_every_dialogue_has_no_readers_any_more():
    Membership.objects.filter(partner="morocco").update(left=timezone.localdate().year)
    assert held("official.mar") == {"public", tokens.own(user_of("official.mar").pk)}
    assert tokens.authority("morocco") not in held("focalpoint.mar")


@pytest.mark.django_db
def test_a_partner_that_becomes_an_observer_reads_what_a_secretariat_granted():
    Membership.objects.filter(partner="morocco", dialogue="mtm", role="partner").delete()
    Membership.objects.get_or_create(partner_id="morocco", dialogue_id="mtm", role="observer")
    assert IRREGULAR not in held("official.mar")
    Scope.objects.filter(affiliation__user=user_of("official.mar"), dialogue="mtm").update(is_granted=True)
    assert IRREGULAR in held("official.mar")


@pytest.mark.django_db
def test_what_was_granted_to_an_observer_ends_with_its_membership():
    observer = user_of("observer.las")
    Scope.objects.filter(affiliation__user=observer, dialogue="mtm").update(is_granted=True)
    assert IRREGULAR in held("observer.las")
    Membership.objects.filter(partner="league-of-arab-states", dialogue="mtm").update(left=2012)
    assert IRREGULAR not in held("observer.las")


# The log --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_line_of_the_log_does_not_wait_for_the_disk_and_is_one_statement(django_assert_num_queries):
    official = user_of("official.mar")
    with viewing(official.viewer):
        with django_assert_num_queries(1):
            log_action(Action.READ, official, dialogue="mtm", objects=["first", "second"])
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("off",)
        assert set(LogEntry.objects.values_list("object", flat=True)) == {"first", "second"}


@pytest.mark.django_db
def test_a_line_is_read_by_its_person_and_the_secretariat_of_its_dialogue_alone():
    official = user_of("official.mar")
    with viewing(official.viewer):
        log_action(Action.READ, official, dialogue="mtm", objects=["an edition"])
    for login, sees in (("official.mar", 1), ("editor", 1), ("focalpoint.mar", 0), ("official.ukr", 0)):
        with viewing(user_of(login).viewer):
            assert LogEntry.objects.filter(object="an edition").count() == sees, login
