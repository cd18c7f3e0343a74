"""A partner names a person, each secretariat decides for itself, and every odd case has its clear way."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access import tokens
from access.viewing import viewing
from accounts.models import (
    Affiliation,
    ApprovedAddress,
    Event,
    Invitation,
    LogEntry,
    MandateEvent,
    PartnerPolicy,
    Scope,
    State,
    Submission,
    User,
)
from accounts.nominations import invitations, nominating
from accounts.nominations.nominating import Succession
from atlas.models import Membership, Partner
from tests.accounts.conftest import (
    DEVELOPMENT,
    FOR_MTM,
    IRREGULAR,
    PDF,
    accepted,
    candidate,
    nominated,
    submission_of,
    tokens_of,
    upload,
)
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

BOTH = {"mtm": [IRREGULAR], "rabat-process": [DEVELOPMENT]}
MTM_IRREGULAR = tokens.dialogue("mtm", IRREGULAR)


@pytest.fixture(autouse=True)
def everything_seen():
    """Checks look at rows as all secretariats and Morocco's authority together; what is done is done as one person."""
    with viewing(user_of("secretariat").viewer):
        yield


def as_user(login, action, *arguments, **how):
    user = user_of(login)
    with viewing(user.viewer):
        return action(*arguments, by=user, **how)


# Nominating -----------------------------------------------------------------------------------------------------------


def test_a_nomination_lies_before_each_secretariat_with_its_themes():
    nomination = nominated(BOTH, letter=upload(PDF))
    rows = {row.dialogue_id: row for row in nomination.submissions.all()}
    assert {name: [theme.pk for theme in row.themes.all()] for name, row in rows.items()} == BOTH
    assert {row.state for row in rows.values()} == {State.WAITING}
    assert set(rows["mtm"].audience) == {"authority:morocco", "secretariat:mtm"}
    assert set(nomination.audience) == {"authority:morocco", "secretariat:mtm", "secretariat:rabat-process"}
    assert nomination.letter.name.endswith(".pdf")


@pytest.mark.parametrize("login", ["official.mar", "translator.ar", "official.ukr", "unhcr", "editor", "secretariat"])
def test_nobody_but_the_partners_own_authority_nominates(login):
    with pytest.raises(PermissionDenied):
        nominated(by=login)


def test_an_authority_nominates_for_no_other_partner():
    with pytest.raises(PermissionDenied):
        nominated({"budapest-process": [IRREGULAR]}, partner="ukraine")


@pytest.mark.parametrize("field", ["is_focal_point", "may_nominate"])
def test_both_roles_nominate_until_the_day_that_they_end(field):
    mandate = Affiliation.objects.filter(user=user_of("official.mar"))
    mandate.update(**{field: True})
    nominated(by="official.mar")
    mandate.update(ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        nominated(by="official.mar", email="other@imap.example")


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"mtm": []},
        {"budapest-process": [IRREGULAR]},
        {"mtm": [IRREGULAR], "prague-process": [IRREGULAR]},
        {"mtm": ["a-theme-of-nobody"]},
        {"nowhere": [IRREGULAR]},
    ],
)
def test_only_themes_of_dialogues_in_which_the_partner_takes_part_can_be_asked_for(wanted):
    with pytest.raises(ValidationError):
        nominated(wanted)


def test_a_dialogue_that_the_partner_left_is_closed_at_once():
    Membership.objects.filter(partner="morocco", dialogue="mtm").update(left=timezone.localdate().year)
    with pytest.raises(ValidationError):
        nominated()


def test_the_same_person_does_not_wait_twice_for_the_same_dialogue():
    nominated()
    with pytest.raises(ValidationError, match="MTM"):
        nominated(email="Salma.Bennani@IMAP.example")
    nominated({"rabat-process": [DEVELOPMENT]})


@pytest.mark.parametrize(
    "value",
    ["Salma\nhttps://evil.example/", "Salma\u202eadmin", "<b>Salma</b>", "see https://evil.example", ""],
)
@pytest.mark.parametrize("field", ["name", "office"])
def test_names_are_one_line_of_letters(field, value):
    with pytest.raises(ValidationError) as refused:
        nominated(**{field: value})
    assert set(refused.value.message_dict) == {field}


def test_what_no_text_can_hold_is_cleaned_out_of_a_name():
    assert nominated(name="Sal\x00ma Bennani").name == "Salma Bennani"


@pytest.mark.parametrize("name", ["سلمى بناني", "Anne-Marie O’Neill, Ph.D.", "علی‌رضا", "د/ سلمى"])
def test_names_of_all_scripts_are_taken(name):
    assert nominated(name=name).name == name


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script></html>", b"<svg onload='alert(1)'/>", PDF + b"<script></script>"]
)
def test_a_letter_that_is_none_is_refused_whatever_it_is_called(content, private_files):
    with pytest.raises(ValidationError) as refused:
        nominated(letter=upload(content, "letter.pdf"))
    assert set(refused.value.message_dict) == {"letter"}
    assert not [path for path in private_files.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "name", ["‮fdp.exe", 'a"; filename="evil.html', "a\r\nSet-Cookie: x.pdf", "../../etc/passwd", "رسالة.html"]
)
def test_what_the_sender_called_the_file_is_forgotten(name, private_files):
    nomination = nominated(letter=upload(PDF, name))
    [kept] = [path for path in private_files.rglob("*") if path.is_file()]
    assert kept.suffix == ".pdf"
    assert len(kept.stem) == 32
    assert kept.stat().st_mode & 0o777 == 0o600
    assert nomination.letter.name == str(kept.relative_to(private_files))


def test_who_nominated_is_kept_in_the_history_and_in_the_log():
    nomination = nominated(BOTH)
    event = MandateEvent.objects.get(nomination=nomination)
    assert (event.event, event.by, event.name) == (Event.NOMINATED, user_of("focalpoint.mar"), "Salma Bennani")
    lines = LogEntry.objects.filter(object=f"nominations/{nomination.pk}/nominated")
    assert {line.dialogue_id for line in lines} == set(BOTH)
    assert not any("Salma" in line.object or "bennani" in line.object for line in lines)


def test_the_secretariats_are_told_without_a_name(sent):
    with sent() as mails:
        nominated(BOTH)
    assert sorted(mail.to[0] for mail in mails) == ["mtm@imap.example", "rabat-process@imap.example"]
    assert all("Morocco" in mail.body and "Salma" not in mail.body for mail in mails)


def test_a_nomination_on_paper_is_recorded_by_a_secretariat_for_its_own_dialogues():
    morocco, received = Partner.objects.get(pk="morocco"), timezone.localdate() - timedelta(days=9)
    row = as_user(
        "editor",
        nominating.record_paper_nomination,
        morocco,
        candidate=candidate(),
        wanted=FOR_MTM,
        received_on=received,
    )
    assert (row.is_on_paper, row.recorded_by, submission_of(row).age_days) == (True, user_of("editor"), 9)
    assert MandateEvent.objects.get(nomination=row).event == Event.RECORDED
    accepted(row)
    for login, wanted in (("editor", BOTH), ("focalpoint.mar", FOR_MTM), ("editor", {})):
        with pytest.raises(PermissionDenied):
            as_user(
                login, nominating.record_paper_nomination, morocco, candidate=candidate(email="x@imap.example"), wanted=wanted,
                received_on=received,
            )  # fmt: skip


# Deciding -------------------------------------------------------------------------------------------------------------


def test_accepted_a_person_reads_what_was_asked_for_and_nothing_more():
    person = accepted(nominated())
    assert tokens_of(person) == {
        "public", "nominated", "partner:morocco", MTM_IRREGULAR, tokens.own(person.pk),
        tokens.person("mtm", person.pk), tokens.person("rabat-process", person.pk),
    }  # fmt: skip
    assert not person.has_usable_password()
    assert (person.email, person.name, person.language) == ("salma.bennani@imap.example", "Salma Bennani", "fr")


def test_a_mandate_lasts_for_the_months_of_the_partners_policy():
    person = accepted(nominated())
    days = (Affiliation.objects.get(user=person).ends_on - timezone.localdate()).days
    assert days in (365, 366)
    PartnerPolicy.objects.filter(partner="morocco").update(months=6)
    other = accepted(nominated(email="other@imap.example"))
    assert 180 < (Affiliation.objects.get(user=other).ends_on - timezone.localdate()).days < 186


def test_each_secretariat_decides_for_its_own_dialogue_alone():
    nomination = nominated(BOTH)
    for login, dialogue in (("editor", "rabat-process"), ("focalpoint.mar", "mtm"), ("official.mar", "mtm")):
        for action in (nominating.accept, lambda row, by: nominating.decline(row, by, "No.")):
            with pytest.raises(PermissionDenied):
                as_user(login, action, submission_of(nomination, dialogue))
    person = accepted(nomination)
    assert MTM_IRREGULAR in tokens_of(person)
    assert tokens.dialogue("rabat-process", DEVELOPMENT) not in tokens_of(person)


def test_a_second_dialogue_adds_to_the_same_mandate_and_the_first_link_is_replaced(sent):
    nomination = nominated(BOTH)
    with sent():
        first = accepted(nomination)
    with sent() as mails:
        second = accepted(nomination, by="secretariat", dialogue="rabat-process")
    assert first == second
    assert Affiliation.objects.filter(user=first).count() == 1
    assert tokens.dialogue("rabat-process", DEVELOPMENT) in tokens_of(first)
    assert [invitation.is_open for invitation in first.invitations.order_by("pk")] == [False, True]
    assert "Dialogue MTM" in mails[0].body or "migration de transit" in mails[0].body


def test_who_is_a_user_already_is_told_and_keeps_name_language_and_password(sent):
    before = user_of("official.ukr")
    nomination = nominated(email=before.email, name="Another name", language="ar")
    with sent() as mails:
        person = accepted(nomination)
    person.refresh_from_db()
    assert person == before
    assert (person.name, person.language, person.password) == (before.name, before.language, before.password)
    assert [mail.to for mail in mails] == [[before.email]]
    assert "/join/" not in mails[0].body
    assert not person.invitations.exists()


def test_a_person_nominated_by_two_partners_stands_for_both():
    person = accepted(nominated(email="official.ukr@imap.example"))
    held = tokens_of(person)
    assert {"partner:ukraine", "partner:morocco", MTM_IRREGULAR, tokens.dialogue("prague-process", IRREGULAR)} <= held
    assert Affiliation.objects.open().filter(user=person).count() == 2


def test_who_comes_back_after_the_end_begins_anew_without_the_former_password():
    person = user_of("official.mar.dev")
    Affiliation.objects.filter(user=person).update(ended_at=timezone.now())
    User.objects.filter(pk=person.pk).update(is_active=False)
    accepted(nominated(email=person.email))
    person.refresh_from_db()
    assert person.is_active
    assert not person.has_usable_password()
    assert invitations.open_of(person).count() == 1
    assert Affiliation.objects.filter(user=person).count() == 2
    assert tokens.dialogue("mtm", DEVELOPMENT) not in tokens_of(person)


def test_an_address_outside_the_domains_waits_for_the_secretariats_approval():
    nomination = nominated(email="salma@mail.example")
    with pytest.raises(ValidationError, match="domains"):
        accepted(nomination)
    assert not User.objects.filter(email="salma@mail.example").exists()
    accepted(nomination, approves_address=True)
    approval = ApprovedAddress.objects.get(email="salma@mail.example")
    assert (approval.partner_id, approval.approved_by) == ("morocco", user_of("editor"))
    accepted(
        nominated({"rabat-process": [DEVELOPMENT]}, email="salma@mail.example"),
        by="secretariat",
        dialogue="rabat-process",
    )


def test_an_observers_person_reads_what_the_secretariat_grants():
    Affiliation.objects.filter(user=user_of("observer.las")).update(may_nominate=True)
    las, paper = "league-of-arab-states", {"by": "observer.las", "partner": "league-of-arab-states"}
    PartnerPolicy.objects.create(partner_id=las, domains=["las.example"])
    without = accepted(nominated(email="one@las.example", **paper))
    granted = accepted(nominated(email="two@las.example", **paper), is_granted=True)
    assert MTM_IRREGULAR not in tokens_of(without)
    assert MTM_IRREGULAR in tokens_of(granted)
    assert "partner:league-of-arab-states" in tokens_of(without)


def test_a_grant_is_not_kept_for_those_who_need_none():
    """Else it would outlast the day on which the state becomes an observer."""
    person = accepted(nominated(), is_granted=True)
    assert not Scope.objects.filter(affiliation__user=person, is_granted=True).exists()


def test_what_was_decided_is_not_decided_again():
    nomination = nominated()
    stale = submission_of(nomination)
    accepted(nomination)
    for action in (nominating.accept, lambda row, by: nominating.decline(row, by, "No.")):
        with pytest.raises(ValidationError, match="already"):
            as_user("editor", action, stale)
    assert submission_of(nomination).state == State.ACCEPTED


def test_a_partner_that_left_meanwhile_gets_no_account():
    nomination = nominated()
    Membership.objects.filter(partner="morocco", dialogue="mtm").update(left=2012)
    with pytest.raises(ValidationError):
        accepted(nomination)


def test_a_refusal_has_a_reason_that_who_nominated_is_told_in_their_language(sent):
    nomination = nominated()
    with pytest.raises(ValidationError):
        as_user("editor", nominating.decline, submission_of(nomination), reason="  ")
    with sent() as mails:
        as_user("editor", nominating.decline, submission_of(nomination), reason="The post is unknown to us.")
    row = submission_of(nomination)
    assert (row.state, row.reason, row.decided_by) == (State.DECLINED, "The post is unknown to us.", user_of("editor"))
    assert [mail.to for mail in mails] == [["focalpoint.mar@imap.example"]]
    assert "The post is unknown to us." in mails[0].body
    assert f"/ar/nominations/{nomination.pk}/" in mails[0].body
    assert not User.objects.filter(email=nomination.email).exists()


def test_the_person_sees_the_nomination_once_there_is_an_account():
    nomination = nominated()
    person = accepted(nomination)
    nomination.refresh_from_db()
    assert tokens.own(person.pk) in nomination.audience
    assert nomination.user == person
    assert list(MandateEvent.objects.filter(nomination=nomination).order_by("pk").values_list("event", flat=True)) == [
        Event.NOMINATED, Event.ACCEPTED, Event.INVITED,
    ]  # fmt: skip


def test_roles_come_with_the_acceptance():
    person = accepted(nominated(is_focal_point=True))
    assert "authority:morocco" in tokens_of(person)
    assert "authority:morocco" not in tokens_of(accepted(nominated(email="other@imap.example")))


# Withdrawn, corrected, sent again -------------------------------------------------------------------------------------


def test_a_nomination_is_withdrawn_where_it_waits():
    nomination = nominated(BOTH)
    as_user("editor", nominating.decline, submission_of(nomination), reason="No.")
    as_user("focalpoint.mar", nominating.withdraw, nomination)
    states = dict(Submission.objects.filter(nomination=nomination).values_list("dialogue_id", "state"))
    assert states == {"mtm": State.DECLINED, "rabat-process": State.WITHDRAWN}
    with pytest.raises(ValidationError, match="already"):
        as_user("focalpoint.mar", nominating.withdraw, nomination)
    for login in ("editor", "official.mar", "official.ukr"):
        with pytest.raises(PermissionDenied):
            as_user(login, nominating.withdraw, nomination)


def test_withdrawn_before_the_person_came_in_the_link_no_longer_works():
    nomination = nominated()
    person = accepted(nomination)
    as_user("focalpoint.mar", nominating.withdraw, nomination)
    person.refresh_from_db()
    assert not person.is_active
    assert not invitations.open_of(person).exists()
    assert tokens_of(person) == {"public", tokens.own(person.pk)}


def test_withdrawing_takes_nothing_from_another_nomination_of_the_same_person():
    first = nominated()
    person = accepted(first)
    accepted(nominated({"rabat-process": [DEVELOPMENT]}), by="secretariat", dialogue="rabat-process")
    as_user("focalpoint.mar", nominating.withdraw, first)
    held = tokens_of(person)
    assert MTM_IRREGULAR not in held
    assert tokens.dialogue("rabat-process", DEVELOPMENT) in held
    assert invitations.open_of(person).exists()


def test_a_mistyped_address_is_corrected_while_the_nomination_waits():
    nomination = nominated(email="selma@imap.example")
    as_user("focalpoint.mar", nominating.correct_address, nomination, email="Salma@imap.example")
    nomination.refresh_from_db()
    assert nomination.email == "salma@imap.example"
    assert not User.objects.filter(email__in=["selma@imap.example", "salma@imap.example"]).exists()


def test_corrected_after_the_acceptance_the_right_person_is_invited_and_the_wrong_link_is_dead(sent):
    nomination = nominated(BOTH, email="selma@imap.example")
    wrong = accepted(nomination)
    with sent() as mails:
        as_user("focalpoint.mar", nominating.correct_address, nomination, email="salma@imap.example")
    nomination.refresh_from_db()
    wrong.refresh_from_db()
    right = nomination.user
    assert (right.email, wrong.is_active, invitations.open_of(wrong).exists()) == ("salma@imap.example", False, False)
    assert MTM_IRREGULAR in tokens_of(right)
    assert tokens_of(wrong) == {"public", tokens.own(wrong.pk)}
    assert tokens.own(wrong.pk) not in nomination.audience
    assert [mail.to for mail in mails] == [["salma@imap.example"]]
    accepted(nomination, by="secretariat", dialogue="rabat-process")
    assert tokens.dialogue("rabat-process", DEVELOPMENT) in tokens_of(right)


def test_corrected_to_the_address_of_a_user_the_mandate_is_theirs():
    nomination = nominated(email="officiel.mar@imap.example")
    accepted(nomination)
    as_user("focalpoint.mar", nominating.correct_address, nomination, email="official.mar.dev@imap.example")
    person = user_of("official.mar.dev")
    assert {MTM_IRREGULAR, tokens.dialogue("mtm", DEVELOPMENT)} <= tokens_of(person)
    assert Affiliation.objects.open().filter(user=person).count() == 1
    assert person.has_usable_password()


def test_an_accepted_nomination_is_not_moved_to_an_address_that_nobody_approved():
    """Else the authority could choose whom the secretariat's word was for."""
    nomination = nominated()
    accepted(nomination)
    with pytest.raises(ValidationError, match="domains"):
        as_user("focalpoint.mar", nominating.correct_address, nomination, email="x@evil.example", approves_address=True)
    as_user("editor", nominating.correct_address, nomination, email="x@mail.example", approves_address=True)
    assert ApprovedAddress.objects.get(email="x@mail.example").approved_by == user_of("editor")


def test_the_address_of_who_has_come_in_is_not_changed_by_others():
    nomination = nominated(email="official.ukr@imap.example")
    accepted(nomination)
    with pytest.raises(ValidationError, match="come in"):
        as_user("focalpoint.mar", nominating.correct_address, nomination, email="x@imap.example")


def test_an_invitation_is_sent_again_by_either_side_and_not_without_end():
    nomination = nominated()
    person = accepted(nomination)
    for login in ("official.mar", "official.ukr", "unhcr"):
        with pytest.raises(PermissionDenied):
            as_user(login, nominating.send_again, nomination)
    as_user("focalpoint.mar", nominating.send_again, nomination)
    for _ in range(3):
        as_user("editor", nominating.send_again, nomination)
    assert invitations.open_of(person).count() == 1
    assert Invitation.objects.filter(user=person).count() == 5
    with pytest.raises(ValidationError, match="tomorrow"):
        as_user("editor", nominating.send_again, nomination)


def test_nothing_is_sent_again_to_who_waits_or_has_come_in():
    waiting, user = nominated(), nominated(email="official.ukr@imap.example")
    accepted(user)
    for nomination in (waiting, user):
        with pytest.raises(ValidationError):
            as_user("focalpoint.mar", nominating.send_again, nomination)


# Handing over ---------------------------------------------------------------------------------------------------------


def mandate_of(login: str) -> Affiliation:
    return Affiliation.objects.get(user=user_of(login))


def test_the_predecessor_leaves_when_the_successor_is_accepted():
    former = mandate_of("official.mar")
    nomination = nominated(succession=Succession(former))
    assert "partner:morocco" in tokens_of(former.user)
    accepted(nomination)
    former.refresh_from_db()
    assert former.ended_at is not None
    assert tokens_of(former.user) == {"public", tokens.own(former.user_id)}
    event = MandateEvent.objects.get(person=former.user, event=Event.HANDED_OVER)
    assert event.by == user_of("editor")


def test_the_predecessor_stays_until_the_day_that_was_agreed():
    former, last_day = mandate_of("official.mar"), timezone.localdate() + timedelta(days=10)
    accepted(nominated(succession=Succession(former, last_day)))
    former.refresh_from_db()
    assert (former.ended_at, former.leaves_on, former.ends_on) == (None, last_day, last_day)
    assert "partner:morocco" in tokens_of(former.user)


def test_a_post_of_another_partner_cannot_be_handed_over():
    for succession in (
        Succession(mandate_of("official.ukr")),
        Succession(mandate_of("official.mar"), timezone.localdate() - timedelta(days=1)),
    ):
        with pytest.raises(ValidationError):
            nominated(succession=succession)


def test_two_people_never_have_one_address_at_a_time():
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="Leave the last day empty"):
        nominated(email="official.mar@imap.example", succession=Succession(mandate_of("official.mar"), tomorrow))


# Who has an account is not told ---------------------------------------------------------------------------------------


def test_nominating_asks_the_database_nothing_about_accounts():
    """Neither in words nor in time is there a difference to be measured."""
    asked = []
    for email in ("official.ukr@imap.example", "nobody.ukr@imap.example"):
        with CaptureQueriesContext(connection) as queries:
            nominated(email=email)
        asked.append([re.sub(r"\d+", "0", query["sql"].split(" VALUES ")[0]) for query in queries])
        assert not any(email in query["sql"] and 'FROM "accounts_user"' in query["sql"] for query in queries)
    assert [sql.replace("official", "nobody") for sql in asked[0]] == asked[1]
