"""Nominations and mandates at a secretariat's desk, each secretariat for its own dialogue."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from access import tokens
from access.viewing import viewing
from accounts.models import (
    Affiliation,
    ApprovedAddress,
    Engagement,
    Event,
    MandateEvent,
    Nomination,
    PartnerPolicy,
    PolicyWidening,
    Scope,
    State,
    Submission,
    User,
)
from tests.access.planting import OTHER_DESK, plant_other_desk
from tests.accounts.conftest import DEVELOPMENT, IRREGULAR, PDF, accepted, nominated, submission_of, tokens_of, upload
from tests.conftest import user_of

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
BOTH = {"mtm": [IRREGULAR], "rabat-process": [DEVELOPMENT]}


@pytest.fixture(autouse=True)
def everything_seen():
    with viewing(user_of("secretariat").viewer):
        yield


def at(model: str, name: str, *args) -> str:
    return reverse(f"admin:accounts_{model}_{name}", args=args)


def decide(client, row: Submission, button: str, **fields):
    return client.post(at("submission", "change", row.pk), {button: "1", **fields})


def paper(**values) -> dict:
    shared = {
        "received_on": (TODAY - timedelta(days=5)).isoformat(), "name": "Karim Alaoui", "office": "Police", "language": "ar",
        "email": "karim@imap.example", "wanted": [f"mtm:{IRREGULAR}"], "reason": "Note verbale of this month.",
    }  # fmt: skip
    return {**shared, **values}


# The queue ------------------------------------------------------------------------------------------------------------


def test_the_queue_shows_what_waits_with_partner_age_address_and_letter(reader):
    nomination = nominated(letter=upload(PDF))
    Nomination.objects.filter(pk=nomination.pk).update(received_on=TODAY - timedelta(days=12))
    nominated(email="outside@mail.example", name="From Outside")
    page = reader("editor").get(at("submission", "changelist")).content.decode()
    for words in (
        "Salma Bennani",
        "Morocco",
        ">12<",
        "in the partner&#x27;s domains",
        "outside the partner&#x27;s domains",
    ):
        assert words in page, words
    assert page.index("Salma Bennani") < page.index("From Outside"), "who waits longest stands first"


def test_what_is_decided_leaves_the_queue_and_is_found_by_its_state(reader):
    nomination = nominated()
    editor = reader("editor")
    decide(editor, submission_of(nomination), "_accept")
    listing = at("submission", "changelist")
    assert b"Salma Bennani is accepted." in editor.get(listing).content
    assert b"Salma Bennani" not in editor.get(listing).content
    for query in ("?state=accepted", "?state=all"):
        assert b"Salma Bennani" in editor.get(listing + query).content


def test_a_secretariat_sees_and_decides_its_own_submission_alone(reader):
    plant_other_desk()
    nomination = nominated(BOTH)
    of_mtm, of_rabat = submission_of(nomination), submission_of(nomination, "rabat-process")
    only_mtm = submission_of(nominated(email="other@imap.example", name="Only MTM"))
    rabat = reader(OTHER_DESK)
    page = rabat.get(at("submission", "changelist")).content.decode()
    assert "Salma Bennani" in page
    assert "Only MTM" not in page
    for row in (of_mtm, only_mtm):
        assert rabat.get(at("submission", "change", row.pk)).status_code == 404
        assert decide(rabat, row, "_accept", approves_address="on", is_granted="on").status_code == 404
    assert decide(rabat, of_rabat, "_accept").status_code == 302
    states = dict(Submission.objects.filter(nomination=nomination).values_list("dialogue_id", "state"))
    assert states == {"mtm": State.WAITING, "rabat-process": State.ACCEPTED}
    page = rabat.get(at("submission", "change", of_rabat.pk)).content.decode()
    assert "Salma Bennani" in page


@pytest.mark.parametrize("login", ["official.mar", "focalpoint.mar", "translator.ar", "stranger"])
def test_nobody_else_comes_near_the_queue(reader, login):
    row = submission_of(nominated())
    client = reader(login)
    for path in (at("submission", "changelist"), at("submission", "change", row.pk), at("submission", "add")):
        assert client.get(path).status_code == 302
    assert decide(client, row, "_accept").status_code == 302
    assert submission_of(row.nomination).state == State.WAITING


def test_the_queue_asks_the_database_as_often_for_many_as_for_few(reader, django_assert_max_num_queries):
    for number in range(12):
        nominated({"mtm": [IRREGULAR, DEVELOPMENT]}, email=f"{number}@imap.example")
    editor = reader("editor")
    editor.get("/secretariat/")
    with django_assert_max_num_queries(22):
        editor.get(at("submission", "changelist"))


# Deciding -------------------------------------------------------------------------------------------------------------


def test_an_address_outside_the_domains_is_approved_with_the_acceptance(reader):
    row = submission_of(nominated(email="salma@mail.example"))
    editor = reader("editor")
    page = editor.get(at("submission", "change", row.pk)).content.decode()
    assert "outside the partner&#x27;s domains" in page
    answer = editor.post(at("submission", "change", row.pk), {"_accept": "1"}, follow=True)
    assert "the Secretariat approves it first" in answer.content.decode()
    decide(editor, row, "_accept", approves_address="on")
    assert ApprovedAddress.objects.get(email="salma@mail.example").approved_by == user_of("editor")
    assert submission_of(row.nomination).state == State.ACCEPTED


def test_a_grant_is_asked_for_where_it_is_needed_and_said_in_a_sentence(reader):
    Affiliation.objects.filter(user=user_of("observer.las")).update(may_nominate=True)
    PartnerPolicy.objects.create(partner_id="league-of-arab-states", domains=["las.example"])
    row = submission_of(nominated(email="a@las.example", by="observer.las", partner="league-of-arab-states"))
    editor = reader("editor")
    assert "Grant reading" in editor.get(at("submission", "change", row.pk)).content.decode()
    decide(editor, row, "_accept", is_granted="on")
    person = User.objects.get(email="a@las.example")
    assert tokens.dialogue("mtm", IRREGULAR) in tokens_of(person)
    assert Event.GRANTED in MandateEvent.objects.filter(person=person).values_list("event", flat=True)
    of_morocco = submission_of(nominated())
    assert "Grant reading" not in editor.get(at("submission", "change", of_morocco.pk)).content.decode()


def test_declining_needs_a_reason(reader):
    row = submission_of(nominated())
    editor = reader("editor")
    decide(editor, row, "_decline", reason=" ")
    assert submission_of(row.nomination).state == State.WAITING
    decide(editor, row, "_decline", reason="Unknown post.")
    assert submission_of(row.nomination).state == State.DECLINED


def test_fields_that_a_decision_does_not_ask_for_are_not_taken(reader):
    row = submission_of(nominated())
    decide(
        reader("editor"), row, "_accept", dialogue="rabat-process", themes=[DEVELOPMENT], state="declined", is_granted="on",
        is_superuser="on", may_nominate="on", decided_by="1", nomination="1",
    )  # fmt: skip
    person = User.objects.get(email="salma.bennani@imap.example")
    scopes = Scope.objects.filter(affiliation__user=person)
    assert [(scope.dialogue_id, scope.theme_id, scope.is_granted) for scope in scopes] == [("mtm", IRREGULAR, False)]
    assert not person.is_superuser
    assert "authority:morocco" not in tokens_of(person)
    assert submission_of(row.nomination).decided_by == user_of("editor")


def test_without_a_button_nothing_is_decided(reader):
    row = submission_of(nominated())
    assert reader("editor").post(at("submission", "change", row.pk), {"reason": "x"}).status_code == 302
    assert submission_of(row.nomination).state == State.WAITING


def test_the_desk_corrects_an_address_and_sends_the_invitation_again(reader):
    nomination = nominated(email="selma@imap.example")
    accepted(nomination)
    row, editor = submission_of(nomination), reader("editor")
    decide(editor, row, "_again")
    decide(editor, row, "_correct", email="salma@mail.example")
    assert not User.objects.filter(email="salma@mail.example").exists()
    decide(editor, row, "_correct", email="salma@mail.example", approves_address="on")
    person = User.objects.get(email="salma@mail.example")
    assert person.invitations.filter(cancelled_at=None).count() == 1
    assert not User.objects.get(email="selma@imap.example").is_active


# On paper -------------------------------------------------------------------------------------------------------------


def test_a_nomination_on_paper_is_recorded_and_waits(reader):
    editor = reader("editor")
    page = editor.get(at("submission", "add")).content.decode()
    assert 'value="morocco"' in page
    assert 'value="ukraine"' not in page, "a partner of other dialogues only"
    address = at("submission", "add") + "?partner=morocco"
    page = editor.get(address).content.decode()
    assert f"mtm:{IRREGULAR}" in page
    assert "rabat-process:" not in page
    editor.post(address, paper(letter=upload(PDF)))
    nomination = Nomination.objects.get(email="karim@imap.example")
    assert (nomination.is_on_paper, nomination.recorded_by) == (True, user_of("editor"))
    assert submission_of(nomination).age_days == 5
    assert "on paper" in editor.get(at("submission", "change", submission_of(nomination).pk)).content.decode()


@pytest.mark.parametrize(
    "values",
    [{"wanted": [f"rabat-process:{IRREGULAR}"]}, {"received_on": "2099-01-01"}, {"letter": upload(b"<svg/>", "a.pdf")}],
    ids=["another dialogue", "the future", "no letter"],
)
def test_what_cannot_be_recorded_is_said_on_the_form(reader, values):
    answer = reader("editor").post(at("submission", "add") + "?partner=morocco", paper(**values))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Nomination.objects.filter(email="karim@imap.example").exists()


def test_for_a_partner_of_other_dialogues_there_is_no_form(reader):
    answer = reader("editor").post(
        at("submission", "add") + "?partner=ukraine", paper(wanted=[f"prague-process:{IRREGULAR}"])
    )
    assert answer.status_code == 200
    assert not Nomination.objects.filter(email="karim@imap.example").exists()


# People ---------------------------------------------------------------------------------------------------------------


def chosen(client, model: str, action: str, row, **more):
    return client.post(at(model, "changelist"), {"action": action, "_selected_action": row.pk, **more}, follow=True)


def test_the_desk_re_confirms_and_ends_people_of_its_dialogue(reader):
    editor = reader("editor")
    row = Affiliation.objects.get(user=user_of("focalpoint.mar"))
    Affiliation.objects.filter(pk=row.pk).update(ends_on=TODAY)
    assert "is re-confirmed" in chosen(editor, "affiliation", "confirm", row).content.decode()
    row.refresh_from_db()
    assert row.ends_on > TODAY
    assert "End" in chosen(editor, "affiliation", "end", row).content.decode()
    row.refresh_from_db()
    assert tokens.dialogue("mtm", IRREGULAR) in tokens_of(row.user), "the reason is asked for first"
    chosen(editor, "affiliation", "end", row, _end="1", reason="Left.")
    held = tokens_of(row.user)
    assert tokens.dialogue("mtm", IRREGULAR) not in held
    assert tokens.dialogue("rabat-process", IRREGULAR) in held


def test_people_of_other_dialogues_are_neither_shown_nor_changed(reader):
    editor, row = reader("editor"), Affiliation.objects.get(user=user_of("official.ukr"))
    Affiliation.objects.filter(pk=row.pk).update(ends_on=TODAY)
    assert b"Official of Ukraine" not in editor.get(at("affiliation", "changelist")).content
    chosen(editor, "affiliation", "confirm", row)
    chosen(editor, "affiliation", "end", row, _end="1")
    row.refresh_from_db()
    assert (row.ends_on, row.ended_at) == (TODAY, None)


def test_a_mandate_is_not_written_by_hand_not_even_by_a_superuser(reader):
    row = Affiliation.objects.get(user=user_of("official.mar.dev"))
    for login in ("editor", "secretariat"):
        client = reader(login)
        assert client.get(at("affiliation", "change", row.pk)).status_code == 200
        for path in (
            at("affiliation", "change", row.pk),
            at("affiliation", "add"),
            at("affiliation", "delete", row.pk),
        ):
            assert client.post(path, {"may_nominate": "on", "post": "yes"}).status_code == 403
    user_page = at("user", "change", row.user_id)
    reader("secretariat").post(user_page, {"affiliations-0-may_nominate": "on", "affiliations-0-id": row.pk})
    row.refresh_from_db()
    assert not row.may_nominate


def test_the_history_is_read_and_never_written(reader):
    nomination = nominated(BOTH)
    with viewing(user_of("secretariat").viewer):
        event = MandateEvent.objects.get(nomination=nomination)
    editor = reader("editor")
    assert b"Salma Bennani" in editor.get(at("mandateevent", "changelist")).content
    assert editor.get(at("mandateevent", "change", event.pk)).status_code == 200
    for path in (
        at("mandateevent", "change", event.pk),
        at("mandateevent", "add"),
        at("mandateevent", "delete", event.pk),
    ):
        assert editor.post(path, {"name": "Other", "post": "yes"}).status_code == 403


def test_a_secretariat_invites_prolongs_and_ends_a_translator(reader):
    editor = reader("editor")
    fields = {
        "name": "Nour Haddad", "email": "nour@translators.example", "language": "ar", "purpose": "Translation",
        "dialogue": "mtm", "ends_on": (TODAY + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    assert editor.post(at("engagement", "add"), {**fields, "dialogue": "rabat-process"}).status_code == 200
    editor.post(at("engagement", "add"), fields)
    row = Engagement.objects.get(user__email="nour@translators.example")
    assert tokens_of(row.user) == {"public", tokens.own(row.user_id), tokens.person("mtm", row.user_id)}
    later = TODAY + timedelta(days=60)
    page = at("engagement", "change", row.pk)
    assert editor.post(page, {"ends_on": "2012-01-01"}).status_code == 200
    editor.post(page, {"ends_on": later.isoformat(), "dialogue": "rabat-process", "user": user_of("editor").pk})
    row.refresh_from_db()
    assert (row.ends_on, row.dialogue_id, row.user.email) == (later, "mtm", "nour@translators.example")
    chosen(editor, "engagement", "send_again", row)
    assert row.user.invitations.count() == 2
    chosen(editor, "engagement", "end", row, _end="1", reason="Done.")
    row.refresh_from_db()
    assert row.ended_at is not None
    assert editor.post(page, {"ends_on": later.isoformat()}).status_code == 403


# Policies -------------------------------------------------------------------------------------------------------------


def test_a_partners_domains_are_kept_as_the_network_knows_them(reader):
    editor = reader("editor")
    fields = {"domains": "IMAP.example, intérieur.example", "months": "6"}
    editor.post(at("partnerpolicy", "change", "morocco"), fields)
    policy = PartnerPolicy.objects.get(pk="morocco")
    assert (policy.domains, policy.months) == (["imap.example"], 6)
    assert PolicyWidening.objects.get().added_domains == ["xn--intrieur-d1a.example"]
    for wrong in ("*.example", "example", "@imap.example", "imap.example/x", "https://imap.example"):
        assert editor.post(at("partnerpolicy", "change", "morocco"), {**fields, "domains": wrong}).status_code == 200
    assert editor.post(at("partnerpolicy", "change", "morocco"), {**fields, "months": "37"}).status_code == 200
    policy.refresh_from_db()
    assert policy.domains == ["imap.example"]
    assert PolicyWidening.objects.count() == 1


def test_policies_and_addresses_of_partners_of_other_dialogues_are_out_of_reach(reader):
    PartnerPolicy.objects.create(partner_id="ukraine", domains=["ukraine.example"])
    editor = reader("editor")
    assert b"ukraine.example" not in editor.get(at("partnerpolicy", "changelist")).content
    editor.post(at("partnerpolicy", "change", "ukraine"), {"domains": "evil.example", "months": "12"})
    assert PartnerPolicy.objects.get(pk="ukraine").domains == ["ukraine.example"]
    editor.post(at("approvedaddress", "add"), {"partner": "ukraine", "email": "x@evil.example"})
    assert not ApprovedAddress.objects.exists()
    editor.post(at("approvedaddress", "add"), {"partner": "morocco", "email": "X@Mail.example", "approved_by": "1"})
    approval = ApprovedAddress.objects.get()
    assert (approval.email, approval.approved_by) == ("x@mail.example", user_of("editor"))
