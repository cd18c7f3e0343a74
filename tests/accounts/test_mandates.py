"""A mandate is re-confirmed, left, handed over and ended; each counts at the next request."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from access import tokens
from access.viewing import viewing
from accounts.models import (
    Affiliation,
    Engagement,
    Event,
    MandateEvent,
    PartnerPolicy,
    ReadingGroup,
    Scope,
    SecretariatMember,
    User,
)
from accounts.nominations import engagements, mandates
from accounts.signing_in.terms import accept, newest_terms
from accounts.tasks import end_what_is_over
from atlas.models import Dialogue
from tests.accounts.conftest import IRREGULAR, link_in, tokens_of
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

RESTRICTED = "/en/maps/mtm/irregular-mixed-migration/morocco/"
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def everything_seen():
    with viewing(user_of("secretariat").viewer):
        yield


def mandate_of(login: str) -> Affiliation:
    return Affiliation.objects.open().get(user=user_of(login))


def as_user(login, action, row, *arguments):
    user = user_of(login)
    with viewing(user.viewer):
        return action(row, user, *arguments)


def suspend(login: str) -> Affiliation:
    Affiliation.objects.filter(user=user_of(login)).update(ends_on=TODAY - timedelta(days=1))
    return mandate_of(login)


# Re-confirming --------------------------------------------------------------------------------------------------------


def test_what_is_not_re_confirmed_is_suspended_by_the_date_alone_and_comes_back_by_one_click(reader):
    client = reader("official.mar")
    assert client.get(RESTRICTED).status_code == 200
    row = suspend("official.mar")
    assert client.get(RESTRICTED).status_code == 404
    as_user("focalpoint.mar", mandates.confirm, row)
    assert client.get(RESTRICTED).status_code == 200


def test_re_confirmed_it_lasts_from_today_for_the_partners_months():
    PartnerPolicy.objects.filter(partner="morocco").update(months=3)
    row = as_user("focalpoint.mar", mandates.confirm, mandate_of("official.mar"))
    assert 88 < (row.ends_on - TODAY).days < 93
    event = MandateEvent.objects.get(event=Event.CONFIRMED)
    assert (event.by, event.person) == (user_of("focalpoint.mar"), user_of("official.mar"))


@pytest.mark.parametrize("login", ["official.mar.dev", "official.ukr", "unhcr", "translator.ar"])
def test_nobody_else_re_confirms_or_ends(login):
    row = mandate_of("official.mar")
    for action in (mandates.confirm, mandates.end):
        with pytest.raises(PermissionDenied):
            as_user(login, action, row)
    row.refresh_from_db()
    assert row.ended_at is None


def test_an_authority_has_no_say_over_people_of_another_partner():
    for action in (mandates.confirm, mandates.end):
        with pytest.raises(PermissionDenied):
            as_user("focalpoint.mar", action, mandate_of("official.ukr"))


def test_a_secretariat_has_no_say_over_people_of_another_dialogue():
    for action in (mandates.confirm, mandates.end):
        with pytest.raises(PermissionDenied):
            as_user("editor", action, mandate_of("official.ukr"))


def test_nobody_re_confirms_themselves_but_the_secretariat_does():
    row = suspend("official.mar")
    Affiliation.objects.filter(pk=mandate_of("focalpoint.mar").pk).update(ends_on=TODAY)
    with pytest.raises(ValidationError, match="re-confirms you"):
        as_user("focalpoint.mar", mandates.confirm, mandate_of("focalpoint.mar"))
    as_user("editor", mandates.confirm, mandate_of("focalpoint.mar"))
    as_user("editor", mandates.confirm, row)


def test_what_has_ended_or_was_handed_over_is_not_re_confirmed():
    row = mandate_of("official.mar")
    mandates.hand_over(row, user_of("editor"), TODAY)
    with pytest.raises(ValidationError, match="handed over"):
        as_user("focalpoint.mar", mandates.confirm, row)
    as_user("focalpoint.mar", mandates.end, row)
    with pytest.raises(ValidationError, match="ended"):
        as_user("focalpoint.mar", mandates.confirm, row)


# Ending ---------------------------------------------------------------------------------------------------------------


def test_the_next_request_after_the_end_is_refused_and_sessions_are_gone(reader, sent):
    client, other = reader("official.mar"), reader("focalpoint.mar")
    assert client.get(RESTRICTED).status_code == 200
    with sent() as mails:
        as_user("focalpoint.mar", mandates.end, mandate_of("official.mar"))
    assert client.get(RESTRICTED).status_code == 404
    assert b"Sign in" in client.get("/en/").content
    assert not user_of("official.mar").is_active
    assert other.get(RESTRICTED).status_code == 200
    held = {session.get_decoded().get("_auth_user_id") for session in Session.objects.all()}
    assert held == {str(user_of("focalpoint.mar").pk)}
    assert [mail.to for mail in mails] == [["official.mar@imap.example"]]
    assert "Maroc" in mails[0].body


def test_ending_twice_is_ending_once():
    row = mandate_of("official.mar")
    for _ in range(2):
        as_user("focalpoint.mar", mandates.end, row)
    assert MandateEvent.objects.filter(event=Event.ENDED).count() == 1


@pytest.mark.parametrize("kept_by", ["another partner", "a seat", "an engagement"])
def test_an_account_stays_open_while_something_else_keeps_it(kept_by):
    user = user_of("official.mar")
    if kept_by == "another partner":
        Affiliation.objects.create(user=user, partner_id="unhcr")
    elif kept_by == "a seat":
        SecretariatMember.objects.create(user=user, dialogue_id="mtm")
    else:
        Engagement.objects.create(user=user, dialogue_id="mtm", ends_on=TODAY)
    as_user("focalpoint.mar", mandates.end, Affiliation.objects.get(user=user, partner="morocco"))
    user.refresh_from_db()
    assert user.is_active
    assert "partner:morocco" not in tokens_of(user)


@pytest.mark.parametrize("ends_on", [None, "2012-01-01"])
def test_a_group_keeps_no_account_open(ends_on):
    user = user_of("official.mar")
    group = ReadingGroup.objects.create(slug="experts", dialogue_id="mtm", name_en="Experts", ends_on=ends_on)
    group.members.add(user)
    as_user("focalpoint.mar", mandates.end, mandate_of("official.mar"))
    assert not user_of("official.mar").is_active


def test_a_secretariat_ends_for_its_own_dialogue_and_the_rest_goes_on():
    row = mandate_of("official.mar")
    user = user_of("editor")
    with viewing(user.viewer):
        mandates.leave(row, user.viewer.secretariats, user, "Left the ministry.")
    held = tokens_of(row.user)
    assert tokens.dialogue("mtm", IRREGULAR) not in held
    assert tokens.dialogue("rabat-process", IRREGULAR) in held
    with viewing(user_of("secretariat").viewer):
        mandates.leave(row, ["rabat-process"], user_of("secretariat"))
    row.refresh_from_db()
    assert row.ended_at is not None


def test_who_ended_whose_mandate_stays_in_the_history():
    as_user("focalpoint.mar", mandates.end, mandate_of("official.mar"), "Left the ministry.")
    event = MandateEvent.objects.get(event=Event.ENDED)
    assert (event.by, event.name, event.note) == (
        user_of("focalpoint.mar"),
        "Official of Morocco",
        "Left the ministry.",
    )
    for login, sees in (("focalpoint.mar", 1), ("editor", 1), ("official.ukr", 0), ("official.mar.dev", 0)):
        with viewing(user_of(login).viewer):
            assert MandateEvent.objects.filter(event=Event.ENDED).count() == sees, login


# Over by itself -------------------------------------------------------------------------------------------------------


def test_after_the_last_day_of_a_handover_nothing_is_read_and_the_mandate_is_closed(reader):
    client, row = reader("official.mar"), mandate_of("official.mar")
    mandates.hand_over(row, user_of("editor"), TODAY)
    assert client.get(RESTRICTED).status_code == 200
    yesterday = TODAY - timedelta(days=1)
    Affiliation.objects.filter(pk=row.pk).update(leaves_on=yesterday, ends_on=yesterday)
    assert client.get(RESTRICTED).status_code == 404
    for _ in range(2):
        end_what_is_over()
    row.refresh_from_db()
    assert row.ended_at is not None
    assert not user_of("official.mar").is_active
    assert MandateEvent.objects.get(event=Event.ENDED).by is None


def test_a_mandate_that_is_only_suspended_is_not_closed():
    row = suspend("official.mar")
    end_what_is_over()
    row.refresh_from_db()
    assert row.ended_at is None


# Without a partner ----------------------------------------------------------------------------------------------------


def engaged(by: str = "editor", **values) -> Engagement:
    user, dialogue = user_of(by), Dialogue.objects.get(pk=values.pop("dialogue", "mtm"))
    shared = {"name": "Nour Haddad", "email": "Nour@Translators.example", "language": "ar", "purpose": "Translation"}
    with viewing(user.viewer):
        return engagements.engage(dialogue, user, **{**shared, "ends_on": TODAY + timedelta(days=30), **values})


def test_a_translator_is_invited_by_a_secretariat_and_holds_what_names_them_alone(sent, client):
    with sent() as mails:
        row = engaged()
    assert row.user.email == "nour@translators.example"
    assert tokens_of(row.user) == {"public", tokens.own(row.user_id), tokens.person("mtm", row.user_id)}
    client.get(link_in(mails[0]))
    client.post("/ar/accounts/join/", dict.fromkeys(("new_password1", "new_password2"), "a-long-password-of-2026"))
    assert client.get("/ar/")["Location"] == "/ar/accounts/terms/"
    accept(row.user, newest_terms())
    assert client.get("/ar/").status_code == 200
    assert str(row.user_id) == client.session["_auth_user_id"]
    assert client.get(RESTRICTED).status_code == 404
    assert MandateEvent.objects.filter(person=row.user, event=Event.JOINED).exists()


@pytest.mark.parametrize("login", ["focalpoint.mar", "official.mar", "translator.ar"])
def test_only_a_secretariat_invites_people_without_a_partner(login):
    with pytest.raises(PermissionDenied):
        engaged(by=login)


def test_a_secretariat_invites_for_its_own_dialogue_only():
    with pytest.raises(PermissionDenied):
        engaged(dialogue="rabat-process")
    row = engaged(by="secretariat", dialogue="rabat-process")
    for action in (engagements.prolong, engagements.disengage):
        with pytest.raises(PermissionDenied):
            as_user("editor", action, row, *([TODAY] if action is engagements.prolong else []))


def test_an_engagement_ends_by_its_date_and_the_account_with_it():
    row = engaged()
    Engagement.objects.filter(pk=row.pk).update(ends_on=TODAY - timedelta(days=1))
    assert tokens_of(row.user) == {"public", tokens.own(row.user_id)}
    end_what_is_over()
    row.refresh_from_db()
    assert row.ended_at is not None
    assert not User.objects.get(pk=row.user_id).is_active


def test_invited_again_the_same_engagement_is_prolonged():
    first = engaged()
    second = engaged(ends_on=TODAY + timedelta(days=90))
    assert first.pk == second.pk
    assert second.user.invitations.filter(used_at=None, cancelled_at=None).count() == 1


def test_an_official_who_also_translates_keeps_what_they_have_when_that_ends():
    row = engaged(email="official.mar@imap.example")
    as_user("editor", engagements.disengage, row)
    assert user_of("official.mar").is_active
    assert Scope.objects.filter(affiliation__user=user_of("official.mar")).exists()
    assert tokens.dialogue("mtm", IRREGULAR) in tokens_of(user_of("official.mar"))


def test_an_engagement_does_not_begin_in_the_past():
    with pytest.raises(ValidationError):
        engaged(ends_on=TODAY - timedelta(days=1))
