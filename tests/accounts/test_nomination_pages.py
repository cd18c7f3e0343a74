"""The pages of those who nominate: what they do, who may not know that they are there, and what is tried on them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.viewing import viewing
from accounts.models import Affiliation, LogEntry, Nomination, State, Submission, User
from accounts.nominations import nominating
from tests.accounts.conftest import (
    DEVELOPMENT,
    IRREGULAR,
    JPG,
    PDF,
    PNG,
    accepted,
    docx,
    nominated,
    submission_of,
    upload,
)
from tests.conftest import EVERYBODY, STRANGER, user_of
from tests.readers import answer_to, body_of, raw, without_form_tokens

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def everything_seen():
    with viewing(user_of("secretariat").viewer):
        yield


def form(**values) -> dict:
    shared = {
        "name": "Salma Bennani",
        "office": "Directorate of Borders",
        "email": "salma.bennani@imap.example",
        "language": "fr",
        "wanted": [f"mtm:{IRREGULAR}"],
        "reason": "Answers for detections.",
    }
    return {**shared, **values}


def made(email: str = "salma.bennani@imap.example") -> Nomination:
    return Nomination.objects.get(email=email)


# Who may --------------------------------------------------------------------------------------------------------------

PAGES = [
    "nominations/", "nominations/new/", "nominations/people/", "nominations/{pk}/", "nominations/{pk}/address/",
    "nominations/people/{person}/end/", "nominations/new/?successor_to={person}",
]  # fmt: skip
ACTIONS = [
    "nominations/{pk}/withdraw/", "nominations/{pk}/again/", "nominations/{pk}/address/",
    "nominations/people/{person}/confirm/", "nominations/people/{person}/end/", "nominations/new/",
]  # fmt: skip
AUTHORITY = "focalpoint.mar"


def addresses(forms: list[str], nomination: Nomination) -> list[str]:
    person = Affiliation.objects.get(user=user_of("official.mar"))
    return [f"/en/{address}".format(pk=nomination.pk, person=person.pk) for address in forms]


@pytest.mark.parametrize("login", [login for login in EVERYBODY if login != AUTHORITY])
def test_for_everyone_else_these_pages_do_not_exist(reader, login):
    nomination = nominated()
    client = reader(login)
    client.get("/en/maps/")  # the first request of a visit is noted
    for path in addresses(PAGES, nomination):
        assert answer_to(client, path).text.split(b"\r\n")[0] == b"404", path
    for path in addresses(ACTIONS, nomination):
        assert client.post(path, form()).status_code in (404, 405), path
    assert submission_of(nomination).state == State.WAITING
    assert Nomination.objects.filter(email="salma.bennani@imap.example").count() == 1


def test_the_answer_is_that_of_a_page_that_is_not_there(reader):
    client = reader("official.mar")
    client.get("/en/maps/")
    there, missing = "/en/nominations/", "/en/nominatiens/"
    assert answer_to(client, there, "nominations") == answer_to(client, missing, "nominatiens")


def test_another_partners_authority_sees_and_does_nothing(reader):
    Affiliation.objects.filter(user=user_of("official.ukr")).update(may_nominate=True)
    nomination = nominated(letter=upload(PDF))
    client = reader("official.ukr")
    client.get("/en/maps/")
    assert client.get("/en/nominations/").status_code == 200
    assert b"Salma" not in raw(client.get("/en/nominations/"))
    for path in addresses([*PAGES[3:], "nominations/{pk}/letter/", "nominations/new/?partner=morocco"], nomination):
        assert client.get(path).status_code == 404, path
    for path in addresses(ACTIONS[:-1], nomination):
        assert client.post(path, {"email": "x@imap.example"}).status_code == 404, path
    absent = "9" * len(str(nomination.pk))
    for tail in ("", "letter/", "address/"):
        there = answer_to(client, f"/en/nominations/{nomination.pk}/{tail}", f"/{nomination.pk}/")
        assert there == answer_to(client, f"/en/nominations/{absent}/{tail}", f"/{absent}/")


def test_an_authority_whose_own_mandate_is_suspended_nominates_no_more(reader):
    client = reader(AUTHORITY)
    assert client.get("/en/nominations/").status_code == 200
    Affiliation.objects.filter(user=user_of(AUTHORITY)).update(ends_on=TODAY - timedelta(days=1))
    assert client.get("/en/nominations/").status_code == 404
    assert client.post("/en/nominations/new/", form()).status_code == 404


def test_the_way_there_is_shown_to_those_who_may_alone(reader):
    assert b"/en/nominations/" in reader(AUTHORITY).get("/en/").content
    for login in ("official.mar", "editor", STRANGER):
        assert b"/en/nominations/" not in reader(login).get("/en/").content


# Nominating -----------------------------------------------------------------------------------------------------------


def test_the_form_offers_the_partners_own_dialogues_and_themes_and_says_who_will_read(reader):
    page = reader(AUTHORITY).get("/en/nominations/new/").content.decode()
    for value in (f"mtm:{IRREGULAR}", f"mtm:{DEVELOPMENT}", f"rabat-process:{DEVELOPMENT}"):
        assert f'value="{value}"' in page
    assert "budapest-process" not in page
    assert "Who reads this nomination and its letter" in page
    assert "only where the Secretariat grants it" not in page


def test_an_observers_form_says_that_reading_has_to_be_granted(reader):
    Affiliation.objects.filter(user=user_of("observer.las")).update(may_nominate=True)
    page = reader("observer.las").get("/en/nominations/new/").content.decode()
    assert "only where the Secretariat grants it" in page


@pytest.mark.parametrize("content", [PDF, PNG, JPG, docx()], ids=["pdf", "png", "jpg", "docx"])
def test_a_colleague_is_nominated_in_one_step_with_a_letter(reader, content):
    client = reader(AUTHORITY)
    wanted = [f"mtm:{IRREGULAR}", f"rabat-process:{DEVELOPMENT}"]
    answer = client.post("/en/nominations/new/", form(wanted=wanted, letter=upload(content, "anything.txt")))
    nomination = made()
    assert (answer.status_code, answer["Location"]) == (302, f"/en/nominations/{nomination.pk}/")
    assert {row.dialogue_id for row in nomination.submissions.all()} == {"mtm", "rabat-process"}
    page = client.get(answer["Location"]).content.decode()
    assert "Salma Bennani" in page
    assert f"/en/nominations/{nomination.pk}/letter/" in page
    listing = client.get("/en/nominations/").content.decode()
    assert "waiting, for 0 days" in listing


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(reader):
    client = reader(AUTHORITY)
    values = form(email="salma", letter=upload(b"<html>", "x.pdf"), wanted=[])
    page = client.post("/en/nominations/new/", values).content.decode()
    assert "Enter an e-mail address in Latin letters" in page
    assert 'value="Salma Bennani"' in page
    page = client.post("/en/nominations/new/", form(letter=upload(b"<html>", "x.pdf"))).content.decode()
    assert "Attach the letter as PDF" in page
    assert not Nomination.objects.filter(name="Salma Bennani").exists()


def test_waiting_twice_is_refused_kindly(reader):
    client = reader(AUTHORITY)
    for _ in range(2):
        answer = client.post("/en/nominations/new/", form())
    assert answer.status_code == 200
    assert "waits already for: MTM" in answer.content.decode()
    assert Nomination.objects.filter(name="Salma Bennani").count() == 1


def test_fields_that_the_form_does_not_ask_for_are_not_taken(reader):
    crafted = {
        "is_granted": "on", "state": "accepted", "partner": "ukraine", "audience": "public", "nominated_by": "1",
        "user": "1", "decided_by": "1", "received_on": "2001-01-01", "approves_address": "on", "created_at": "2001-01-01",
    }  # fmt: skip
    reader(AUTHORITY).post("/en/nominations/new/", form(**crafted))
    nomination, row = made(), submission_of(made())
    assert (nomination.partner_id, nomination.nominated_by, nomination.user) == ("morocco", user_of(AUTHORITY), None)
    assert nomination.received_on == TODAY
    assert set(nomination.audience) == {"authority:morocco", "secretariat:mtm"}
    assert (row.state, row.decided_by) == (State.WAITING, None)


@pytest.mark.parametrize(
    "wanted", [[f"budapest-process:{IRREGULAR}"], ["mtm:nothing"], ["mtm"], [""], ["mtm:irregular-mixed-migration:x"]]
)
def test_themes_that_are_not_offered_are_not_taken(reader, wanted):
    assert reader(AUTHORITY).post("/en/nominations/new/", form(wanted=wanted)).status_code == 200
    assert not Nomination.objects.filter(name="Salma Bennani").exists()


def test_the_answer_is_the_same_whether_the_address_has_an_account(reader):
    client = reader(AUTHORITY)
    client.get("/en/maps/")
    answers = []
    for email in ("official.ukr@imap.example", "nobody.ukr12@imap.example"):
        answer = client.post("/en/nominations/new/", form(email=email))
        pk = made(email).pk
        page = without_form_tokens(body_of(client.get(answer["Location"]))).decode().partition("<main")[2]
        page = re.sub(r'(name="_(?:state|shown)" value=")[^"]*', r"\1", page)  # of the address, among others
        answers.append((answer.status_code, page.replace(f"/{pk}/", "~").replace(email, "~")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 302


def test_markup_in_what_is_written_stays_text(reader):
    client = reader(AUTHORITY)
    attack = '"><img src=x onerror=alert(1)>'
    client.post("/en/nominations/new/", form(reason=attack))
    pk = made().pk
    for login, path in (
        (AUTHORITY, f"/en/nominations/{pk}/"),
        ("editor", reverse("admin:accounts_submission_change", args=[submission_of(made()).pk])),
    ):
        page = reader(login).get(path).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_the_form_is_refused_without_its_token(db):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user_of(AUTHORITY))
    assert strict.post("/en/nominations/new/", form()).status_code == 403


# The letter -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "status"),
    [
        (AUTHORITY, 200), ("editor", 200), ("secretariat", 200), ("official.mar", 404), ("official.ukr", 404),
        ("translator.ar", 404), ("unhcr", 404), (STRANGER, 404),
    ],
)  # fmt: skip
def test_the_letter_is_handed_out_to_those_whom_the_nomination_is_for(reader, login, status):
    nomination = nominated(letter=upload(PDF))
    answer = reader(login).get(f"/en/nominations/{nomination.pk}/letter/")
    assert answer.status_code == status
    assert (body_of(answer) == PDF) is (status == 200)


def test_the_person_gets_the_letter_once_accepted(reader):
    nomination = nominated(email="official.mar@imap.example", letter=upload(PDF))
    path = f"/en/nominations/{nomination.pk}/letter/"
    assert reader("official.mar").get(path).status_code == 404
    accepted(nomination)
    assert reader("official.mar").get(path).status_code == 200


@pytest.mark.parametrize("name", ["x.html", '"; filename=evil.html', "‮fdp.js", "a\r\nX-Evil: 1.svg"])
def test_it_is_a_file_to_keep_under_our_name_and_nothing_in_it_would_run(reader, name):
    nomination = nominated(letter=upload(PDF, name, "text/html"))
    answer = reader("editor").get(f"/ar/nominations/{nomination.pk}/letter/")
    assert answer["Content-Disposition"] == f'attachment; filename="letter-{nomination.pk}.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert "X-Evil" not in answer.headers


def test_each_download_is_a_line_of_the_log(reader):
    nomination = nominated(letter=upload(PDF))
    for login in ("editor", "official.ukr"):
        body_of(reader(login).get(f"/en/nominations/{nomination.pk}/letter/"))
    [line] = LogEntry.objects.filter(object=f"nominations/{nomination.pk}/letter")
    assert (line.person, line.dialogue_id, line.action) == (user_of("editor"), "mtm", "read")


def test_the_file_has_no_address_of_its_own(reader):
    nomination = nominated(letter=upload(PDF))
    client = reader("secretariat")
    for prefix in ("/", "/files/", "/media/", "/static/", "/static/../files/", "/static/..%2f..%2ffiles/", "/en/"):
        assert client.get(prefix + nomination.letter.name).status_code in (404, 302), prefix
    assert client.post(f"/en/nominations/{nomination.pk}/letter/").status_code == 405


# Changing -------------------------------------------------------------------------------------------------------------


def test_withdrawn_corrected_and_sent_again_from_the_page(reader):
    client = reader(AUTHORITY)
    client.post("/en/nominations/new/", form(email="selma@imap.example"))
    pk = made("selma@imap.example").pk
    assert b"Send the invitation again" not in client.get(f"/en/nominations/{pk}/").content
    client.post(f"/en/nominations/{pk}/address/", {"email": "salma@imap.example"})
    nomination = made("salma@imap.example")
    accepted(nomination)
    assert b"Send the invitation again" in client.get(f"/en/nominations/{pk}/").content
    answer = client.post(f"/en/nominations/{pk}/again/", follow=True)
    assert "A new link was sent" in answer.content.decode()
    shown = client.carried_by(f"/en/nominations/{pk}/withdraw/", {})
    answer = client.post(f"/en/nominations/{pk}/withdraw/", shown, follow=True)
    assert "The nomination is withdrawn." in answer.content.decode()
    assert "ended" in client.get("/en/nominations/").content.decode()
    answer = client.post(f"/en/nominations/{pk}/withdraw/", shown, follow=True)
    assert "now “ended" in answer.content.decode()
    assert "The nomination is withdrawn." not in answer.content.decode()


def test_an_address_that_nobody_approved_is_refused_after_the_acceptance(reader):
    nomination = nominated()
    accepted(nomination)
    path = f"/en/nominations/{nomination.pk}/address/"
    page = reader(AUTHORITY).post(path, {"email": "x@evil-imap.example", "approves_address": "on"})
    assert "outside the partner" in page.content.decode()
    assert not User.objects.filter(email="x@evil-imap.example").exists()


@pytest.mark.parametrize(
    ("state", "words"),
    [("invited", "accepted, invited"), ("lapsed", "invitation has expired"), ("joined", "accepted, has joined"),
     ("suspended", "suspended until re-confirmed"), ("declined", "declined")],
)  # fmt: skip
def test_the_list_says_how_each_nomination_stands(reader, state, words):
    nomination = nominated()
    if state == "declined":
        with viewing(user_of("editor").viewer):
            nominating.decline(submission_of(nomination), user_of("editor"), "No.")
    else:
        person = accepted(nomination)
        if state == "lapsed":
            person.invitations.update(expires_at=timezone.now() - timedelta(days=1))
        if state in ("joined", "suspended"):
            person.set_password("a-long-password-of-2026")
            person.save()
        if state == "suspended":
            person.affiliations.update(ends_on=TODAY - timedelta(days=1))
    assert words in reader(AUTHORITY).get("/en/nominations/").content.decode()


# Our people -----------------------------------------------------------------------------------------------------------


def test_the_list_to_re_confirm_has_one_click_for_each_person(reader):
    client, rows = reader(AUTHORITY), Affiliation.objects.filter(partner="morocco")
    rows.exclude(user=user_of(AUTHORITY)).update(ends_on=TODAY + timedelta(days=5))
    page = client.get("/en/nominations/people/").content.decode()
    for row in rows:
        assert (f"/people/{row.pk}/confirm/" in page) is (row.user != user_of(AUTHORITY))
    row = rows.get(user=user_of("official.mar"))
    answer = client.post(f"/en/nominations/people/{row.pk}/confirm/", follow=True)
    assert "Official of Morocco is re-confirmed." in answer.content.decode()
    row.refresh_from_db()
    assert row.ends_on > TODAY + timedelta(days=300)


def test_no_link_re_confirms_or_ends_by_being_opened(reader):
    client, row = reader(AUTHORITY), Affiliation.objects.get(user=user_of("official.mar"))
    assert client.get(f"/en/nominations/people/{row.pk}/confirm/").status_code == 405
    client.get(f"/en/nominations/people/{row.pk}/end/")
    row.refresh_from_db()
    assert (row.ends_on, row.ended_at) == (None, None)


def test_of_a_person_the_day_of_the_last_sign_in_is_shown_and_nothing_of_what_they_read(reader):
    User.objects.filter(email="official.mar@imap.example").update(last_login="2026-02-03T10:11Z")
    page = reader(AUTHORITY).get("/en/nominations/people/").content.decode()
    assert "last sign-in on 3 February 2026" in page
    assert "10:11" not in page
    assert "Ukraine" not in page


def test_a_person_is_ended_and_a_post_is_handed_over(reader):
    client = reader(AUTHORITY)
    leaving, staying = (Affiliation.objects.get(user=user_of(login)) for login in ("official.mar", "official.mar.dev"))
    client.post(f"/en/nominations/people/{leaving.pk}/end/", {"reason": "Left."})
    leaving.refresh_from_db()
    assert leaving.ended_at is not None
    assert client.post(f"/en/nominations/people/{leaving.pk}/end/").status_code == 404
    page = client.get(f"/en/nominations/new/?successor_to={staying.pk}").content.decode()
    assert "Official of Morocco (development)" in page
    last_day = (TODAY + timedelta(days=3)).isoformat()
    client.post(f"/en/nominations/new/?successor_to={staying.pk}", form(last_day=last_day))
    assert made().successor_to == staying
    accepted(made())
    staying.refresh_from_db()
    assert staying.leaves_on.isoformat() == last_day


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999", "-1", "²"])
def test_the_post_of_nobody_cannot_be_handed_over(reader, pk):
    assert reader(AUTHORITY).get("/en/nominations/new/", {"successor_to": pk}).status_code == 404


def test_who_nominates_for_two_partners_chooses_one_and_sees_both(reader):
    Affiliation.objects.create(user=user_of(AUTHORITY), partner_id="ukraine", may_nominate=True)
    client = reader(AUTHORITY)
    assert b"Official of Ukraine" in client.get("/en/nominations/people/").content
    page = client.get("/en/nominations/new/?partner=ukraine").content.decode()
    assert "prague-process:" in page
    assert "mtm:" not in page
    client.post("/en/nominations/new/?partner=ukraine", form(wanted=[f"prague-process:{IRREGULAR}"]))
    assert made().partner_id == "ukraine"


# Cost -----------------------------------------------------------------------------------------------------------------


def test_lists_ask_the_database_as_often_for_many_as_for_few(reader, django_assert_num_queries):
    client = reader(AUTHORITY)
    client.get("/en/maps/")
    paths = ("/en/nominations/", "/en/nominations/people/")
    few = {path: answer_to(client, path).queries for path in paths}
    for number in range(6):
        accepted(nominated({"mtm": [IRREGULAR, DEVELOPMENT]}, email=f"{number}@imap.example"))
        nominated(email=f"waiting-{number}@imap.example")
    many = {path: answer_to(client, path).queries for path in paths}
    assert all(many[path] <= few[path] + 4 for path in paths), (few, many)
    for number in range(6, 12):
        accepted(nominated({"mtm": [IRREGULAR, DEVELOPMENT]}, email=f"{number}@imap.example"))
    assert {path: answer_to(client, path).queries for path in paths} == many
    assert Submission.objects.filter(state=State.ACCEPTED).count() >= 12
