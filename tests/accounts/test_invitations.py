"""The link to an account works once, for two weeks, for the one it was sent to; whatever is wrong with it looks alike."""

import json
import logging
import re
from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from access.viewing import viewing
from accounts.models import Affiliation, Event, Invitation, MandateEvent, User
from accounts.nominations import invitations, mandates
from accounts.nominations.invitations import ClosedInvitation
from accounts.signing_in.terms import accept, newest_terms
from imap.logs import JsonFormatter
from tests.accounts.conftest import accepted, link_in, nominated
from tests.conftest import user_of
from tests.readers import answer_to

pytestmark = pytest.mark.django_db

RESTRICTED = "/fr/maps/mtm/irregular-mixed-migration/morocco/"
NEW = "a-long-password-of-2026"
FORM = "/fr/accounts/join/"


@pytest.fixture
def link(sent) -> str:
    """The path in the mail to a person who was accepted: /fr/accounts/join/<secret>/."""
    nomination = nominated()
    with sent() as mails:
        accepted(nomination)
    return link_in(mails[-1])


def person() -> User:
    return User.objects.get(email="salma.bennani@imap.example")


def set_password(client: Client, password: str = NEW, again: str | None = None):
    return client.post(FORM, {"new_password1": password, "new_password2": again or password})


# The way in -----------------------------------------------------------------------------------------------------------


def test_the_link_leads_to_a_password_and_into_what_one_may_read(link, client):
    first = client.get(link)
    assert (first.status_code, first["Location"]) == (302, FORM)
    page = client.get(FORM)
    assert "salma.bennani@imap.example" in page.content.decode()
    answer = set_password(client)
    assert (answer.status_code, answer["Location"]) == (302, "/fr/")
    assert client.get(RESTRICTED)["Location"] == "/fr/accounts/terms/"
    assert client.post("/fr/accounts/terms/", {"version": newest_terms(), "accept": "on"})["Location"] == RESTRICTED
    assert client.get(RESTRICTED).status_code == 200
    assert person().check_password(NEW)
    with viewing(user_of("editor").viewer):
        assert MandateEvent.objects.filter(event=Event.JOINED, person=person()).count() == 1


def test_the_mail_speaks_the_persons_language_and_leads_to_the_portals_own_address(sent):
    for email, language, words in (
        ("one@imap.example", "ar", "الأمانة"),
        ("two@imap.example", "fr", "Secrétariat"),
        ("three@imap.example", "en", "Secretariat"),
    ):
        nomination = nominated(email=email, language=language)
        with sent() as mails:
            accepted(nomination)
        message = mails[-1]
        assert message.to == [email]
        assert words in message.body
        assert f"http://localhost:8000/{language}/accounts/join/" in message.body
        html = message.alternatives[0][0]
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html
        assert link_in(message) in html


def test_opening_the_link_uses_nothing_up(link):
    """Programs that look at links in mails open them first."""
    for _ in range(3):
        assert Client().get(link).status_code == 302
    client = Client()
    client.get(link)
    assert set_password(client).status_code == 302


@pytest.mark.parametrize("password", ["short", "123456789012", "password1234", "salma.bennani@imap.example", ""])
def test_a_weak_password_is_refused_and_the_link_stays_good(link, client, password):
    client.get(link)
    assert set_password(client, password).status_code == 200
    assert not person().has_usable_password()
    assert set_password(client).status_code == 302


def test_two_different_passwords_are_refused(link, client):
    client.get(link)
    assert set_password(client, NEW, "another-password-of-2026").status_code == 200
    assert not person().has_usable_password()


def test_the_form_is_refused_without_its_token(link):
    strict = Client(enforce_csrf_checks=True)
    strict.get(link)
    assert set_password(strict).status_code == 403
    assert not person().has_usable_password()


def test_whoever_was_signed_in_on_this_machine_is_not_any_more(link, reader):
    client = reader("focalpoint.mar")
    client.get(link)
    set_password(client)
    assert client.session["_auth_user_id"] == str(person().pk)
    accept(person(), newest_terms())
    assert client.get("/fr/nominations/").status_code == 404


def test_the_session_has_a_new_key_afterwards(link, client):
    client.get(link)
    before = client.cookies["sessionid"].value
    set_password(client)
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(pk=before).exists()


# A link that does not work --------------------------------------------------------------------------------------------


def used(link):
    client = Client()
    client.get(link)
    set_password(client)


def expired(link):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def replaced(link):
    with viewing(user_of("editor").viewer):
        invitations.invite(person(), "invited-again", {"partner": Affiliation.objects.get(user=person()).partner})


def withdrawn(link):
    focal_point = user_of("focalpoint.mar")
    with viewing(focal_point.viewer):
        mandates.end(Affiliation.objects.get(user=person()), focal_point)


def corrected(link):
    User.objects.filter(pk=person().pk).update(email="another@imap.example")


ENDS = [used, expired, replaced, withdrawn, corrected]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_link_that_does_not_work_looks_like_one_that_never_was(link, end):
    end(link)
    secret = link.split("/")[-2]
    never = link.replace(secret, "x" * len(secret))
    there, missing = (answer_to(Client(), path, path.split("/")[-2]) for path in (link, never))
    assert there.text == missing.text
    assert there.text.startswith(b"404")
    assert b"nouveau lien" in there.text


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_form_that_was_open_is_refused_when_its_link_stops_working(link, end):
    client = Client()
    client.get(link)
    end(link)
    password = User.objects.get(name="Salma Bennani").password
    answer = set_password(client, "somebody-elses-password-2026")
    assert answer.status_code == 404
    assert User.objects.get(name="Salma Bennani").password == password
    assert client.get(FORM).status_code == 404


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
def test_without_a_link_there_is_no_form(client, language):
    page = client.get(f"/{language}/accounts/join/")
    assert page.status_code == 404
    assert "sessionid" not in page.cookies


def test_the_link_of_one_sets_the_password_of_no_other(link):
    """A crafted form cannot name somebody."""
    client, before = Client(), user_of("secretariat").password
    client.get(link)
    fields = {
        "new_password1": NEW,
        "new_password2": NEW,
        "email": "secretariat@imap.example",
        "user": user_of("secretariat").pk,
    }
    client.post(FORM, fields)
    assert user_of("secretariat").password == before


def test_an_invitation_is_used_once_however_fast_one_is(link):
    invitation = Invitation.objects.get()
    invitations.join(invitation, NEW)
    with pytest.raises(ClosedInvitation):
        invitations.join(invitation, "another-password-of-2026")
    assert person().check_password(NEW)


def test_who_came_in_by_another_door_needs_the_link_no_more(link, client):
    """By a link for a forgotten password, or single sign-on."""
    user = person()
    user.set_password(NEW)
    user.save()
    client.post("/fr/accounts/login/", {"login": user.email, "password": NEW})
    assert Client().get(link).status_code == 404


# The secret -----------------------------------------------------------------------------------------------------------


def test_of_the_secret_only_a_digest_is_kept(link, client):
    secret = link.split("/")[-2]
    assert len(secret) >= 43  # 256 bits
    invitation = Invitation.objects.get()
    assert invitation.digest == sha256(secret.encode()).hexdigest()
    client.get(link)
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session")
        kept = [Session.objects.get(pk=key).get_decoded() for (key,) in cursor.fetchall()]
    assert secret not in json.dumps(kept)
    assert 13.9 < (invitation.expires_at - invitation.sent_at).total_seconds() / 86400 < 14.1


def test_no_two_links_are_alike(sent):
    links = set()
    for number in range(4):
        nomination = nominated(email=f"{number}@imap.example")
        with sent() as mails:
            accepted(nomination)
        links.add(link_in(mails[-1]))
    assert len(links) == 4


def test_the_secret_is_neither_in_the_form_nor_passed_on(link, client):
    secret = link.split("/")[-2]
    first = client.get(link)
    page = client.get(FORM)
    assert secret not in page.content.decode()
    for answer, policy in ((first, "no-referrer"), (page, "same-origin")):
        assert answer["Referrer-Policy"] == policy
        assert "no-store" in answer["Cache-Control"]
    assert Client().get(link.replace(secret, "x" * 43))["Referrer-Policy"] == "no-referrer"


def test_the_form_of_a_browser_that_names_its_origin_is_taken(link):
    strict = Client(enforce_csrf_checks=True)
    strict.get(link)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(FORM).content.decode())[1]
    fields = {"new_password1": NEW, "new_password2": NEW, "csrfmiddlewaretoken": token}
    assert strict.post(FORM, fields, headers={"Origin": "https://evil.example"}).status_code == 403
    assert strict.post(FORM, fields, headers={"Origin": "http://testserver"}).status_code == 302


@pytest.mark.parametrize(
    "form", ["{link}", "{bare}", "{unknown}", "{tongueless}", "//{link}", "{link}?next=x", "/en{link}"]
)
def test_no_line_of_the_log_holds_the_secret(link, caplog, form):
    """Asked for as it is, without its slash, in a language that is not spoken here, and doubled."""
    caplog.set_level(logging.DEBUG)
    secret = link.split("/")[-2]
    words = {"link": link, "bare": link.rstrip("/"), "unknown": link.replace("/fr/", "/de/")}
    path = form.format(**words, tongueless=link.removeprefix("/fr"))
    Client().get(path)
    Client().post(path)
    lines = [JsonFormatter().format(record) for record in caplog.records if record.name != "django.db.backends"]
    assert any("accounts/join" in line for line in lines)
    assert not [line for line in lines if secret in line]
