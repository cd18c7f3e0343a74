"""Saved searches, and digests of them: what each reader may read when the mail is sent, once, and no more after one click."""

import contextlib
import re
import threading
import uuid
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import Affiliation, LogEntry, User
from demo.cast import ALL_FOUR
from newscentre.models import Article, Feed, Mailing, Watch
from newscentre.subscriptions import digests, mailings
from newscentre.subscriptions.tasks import send_digests, send_mailing
from tests.conftest import browser_of, user_of
from tests.newscentre.feeds_of_tests import NOON, article, feed
from tests.readers import body_of

DESK = Viewer.secretariat_of(*ALL_FOUR)
THEME = ["dialogue:mtm:irregular-mixed-migration"]
SATURDAY = datetime(2026, 11, 28, 9, tzinfo=UTC)
STOP = re.compile(r"http://localhost:8000(/\w\w/news/digest/stop/[0-9a-f]{64}/)")


@pytest.fixture
def at(monkeypatch):
    """`at(moment)`: tasks run as if it were that moment."""

    def turn(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    turn(SATURDAY)
    return turn


def wants(login: str, digest: str = "daily", language: str = "en", **searches: str) -> User:
    user = user_of(login)
    User.objects.filter(pk=user.pk).update(news_digest=digest, language=language)
    with viewing(user.viewer):
        for name, query in searches.items():
            Watch.objects.create(owner=user, name=name, query=query)
    return user


def told(title: str, released: datetime = SATURDAY - timedelta(hours=2), of: Feed | None = None, **values) -> Article:
    with viewing(DESK):
        row = article(of or feed(), title=title, **values)
        Article.objects.filter(pk=row.pk).update(released_at=released)
        return row


def restricted() -> Feed:
    with viewing(DESK):
        return feed(audience=THEME)


def sent_to(login: str) -> list[str]:
    return [message.body for message in mail.outbox if message.to == [f"{login}@imap.example"]]


# Keeping --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_reader_keeps_what_they_filtered_and_removes_it_again(reader):
    client = reader("official.mar")
    page = body_of(client.get("/en/news/?category=remittances&language=ar")).decode()
    assert '<input type="hidden" name="query" value="?language=ar&amp;category=remittances">' in page
    client.post("/en/news/searches/keep/", {"query": "?language=ar&category=remittances", "name": "Money"})
    client.post("/en/news/searches/keep/", {"query": "?subject=morocco", "name": ""})
    page = body_of(client.get("/en/news/searches/")).decode()
    assert '<a href="/en/news/?language=ar&amp;category=remittances"><bdi>Money</bdi></a>' in page
    assert '<a href="/en/news/?subject=morocco"><bdi>Morocco</bdi></a>' in page
    client.post("/en/news/searches/keep/", {"query": "?category=remittances&language=ar", "name": "Transfers"})
    page = body_of(client.get("/en/news/searches/")).decode()
    assert "Money" not in page
    assert page.count("<bdi>Transfers</bdi>") == 1
    client.post(re.search(r'action="(/en/news/searches/\d+/remove/)"', page)[1])
    assert body_of(client.get("/en/news/searches/")).decode().count('class="link"') == 1


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?", "?page=2", "x" * 5000])
def test_what_is_no_filter_is_not_kept(reader, query):
    client = reader("official.mar")
    page = body_of(client.post("/en/news/searches/keep/", {"query": query, "name": "x"}, follow=True)).decode()
    assert "Choose a filter first" in page
    assert "You keep none." in body_of(client.get("/en/news/searches/")).decode()


@pytest.mark.django_db
def test_nobody_else_sees_removes_or_adds_a_readers_search(reader):
    owner = wants("official.mar", Money="category=remittances")
    with viewing(owner.viewer):
        [watch] = Watch.objects.all()
    for login in ("editor", "secretariat", "unhcr"):
        assert "Money" not in body_of(reader(login).get("/en/news/searches/")).decode()
        assert reader(login).post(f"/en/news/searches/{watch.pk}/remove/").status_code == 404
        with viewing(user_of(login).viewer):
            assert not Watch.objects.exists()
            with pytest.raises(DatabaseError), transaction.atomic():
                Watch.objects.create(owner=owner, name="put there", query="language=ar")
    assert reader("stranger").get("/en/news/searches/").status_code == 302
    assert "Keep this search" not in body_of(reader("stranger").get("/en/news/?language=ar")).decode()


@pytest.mark.django_db
def test_a_readers_own_data_hold_their_searches(reader):
    wants("official.mar", Money="category=remittances")
    with viewing(user_of("official.mar").viewer):
        from accounts.account_page.personal_data import personal_data_of

        assert (
            personal_data_of(user_of("official.mar"), user_of("official.mar").viewer)["news"]["searches"][0]["name"]
            == "Money"
        )


# Sending --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "subject", "more"),
    [("en", "i-Map: the news of the day", "There is more:"), ("fr", "i-Map\u00a0: les actualités du jour", "Il y en a d’autres\u00a0:"),
     ("ar", "الخريطة التفاعلية: أخبار اليوم", "هناك المزيد:")],
)  # fmt: skip
def test_a_digest_tells_in_the_readers_language_what_is_new_in_each_search(at, language, subject, more):
    wants("official.mar", language=language, Money="category=remittances", Nothing="category=diaspora")
    for number in range(digests.MOST + 1):
        row = told(f"Money {number}", categories=["remittances"])
    told("Of another kind", categories=["data-research"])
    send_digests()
    [message] = mail.outbox
    assert message.subject == subject
    assert message.body.count("\u2068Money ") == digests.MOST + 0
    assert f"http://localhost:8000/{language}/news/{row.address_number}/" in message.body
    assert more in message.body
    assert "Of another kind" not in message.body
    assert "Nothing" not in message.body
    [(html, _kind)] = message.alternatives
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html


@pytest.mark.django_db
def test_without_searches_a_digest_is_of_all_the_news(at):
    wants("official.mar")
    told("Anything")
    send_digests()
    assert "Anything" in sent_to("official.mar")[0]


@pytest.mark.django_db
def test_nothing_is_sent_when_nothing_is_new_and_nothing_is_told_twice(at):
    wants("official.mar")
    told("Older", released=SATURDAY - timedelta(days=3))
    send_digests()
    assert mail.outbox == []
    told("New", released=SATURDAY + timedelta(hours=1))
    at(SATURDAY + timedelta(days=1))
    send_digests()
    send_digests()
    at(SATURDAY + timedelta(days=2))
    send_digests()
    assert len(mail.outbox) == 1
    assert "Older" not in mail.outbox[0].body


@pytest.mark.django_db
def test_a_story_is_not_mailed_again_when_another_version_of_it_comes_in(at):
    wants("official.mar")
    wants("official.mar.dev", language="fr")
    story = uuid.uuid4()
    told("Rescue", story=story)
    send_digests()
    assert [len(sent_to(login)) for login in ("official.mar", "official.mar.dev")] == [1, 1]
    told("Sauvetage", released=SATURDAY + timedelta(hours=1), title_language="fr", story=story)
    for number in range(digests.MOST + 2):  # stories that are new, and older, beside it
        told(f"Older {number}", released=SATURDAY + timedelta(hours=1), published_at=NOON - timedelta(days=1))
    at(SATURDAY + timedelta(days=1))
    send_digests()
    _, english = sent_to("official.mar")
    _, french = sent_to("official.mar.dev")
    assert "Rescue" not in english
    assert "Sauvetage" in french, "who reads French has not had it in French"
    assert english.count("\u2068Older ") == digests.MOST
    assert "There is more" in english


@pytest.mark.django_db
def test_what_was_published_while_a_digest_was_made_is_in_the_next_one(at):
    """A transaction may have been open when the digest looked: its article is of a moment before."""
    wants("official.mar")
    told("First")
    send_digests()
    told("Committed late", released=SATURDAY - timedelta(minutes=5))
    at(SATURDAY + timedelta(days=1))
    send_digests()
    first, second = sent_to("official.mar")
    assert "Committed late" not in first
    assert "Committed late" in second


@pytest.mark.django_db
def test_a_week_is_told_of_on_monday_and_to_those_who_want_it_weekly(at):
    wants("official.mar", "weekly")
    wants("unhcr", "daily")
    wants("frontex", "none")
    told("News")
    monday = datetime(2026, 11, 30, 9, tzinfo=UTC)
    for hours in range(-48, 96, 6):
        at(monday + timedelta(hours=hours))
        send_digests()
    assert [len(sent_to(login)) for login in ("official.mar", "unhcr", "frontex")] == [1, 1, 0]


@pytest.mark.django_db
def test_each_gets_what_they_may_read_when_the_mail_is_sent(at):
    """Between planning and sending a feed is narrowed, and a mandate ends."""
    for login in ("official.mar", "unhcr", "official.ukr", "editor"):
        wants(login)
    open_one, secret = told("Open"), told("Restricted", of=restricted())
    narrowed = told("Narrowed meanwhile")
    digests.plan(SATURDAY)
    with viewing(DESK):
        Feed.objects.filter(pk=narrowed.feed_id).update(audience=[])
        Affiliation.objects.filter(user=user_of("unhcr")).update(ended_at=SATURDAY)
    for pk in mailings.undone(SATURDAY):
        send_mailing(pk)
    for login, reads in {"official.mar": {"Open", "Restricted"}, "unhcr": {"Open"}, "official.ukr": {"Open"}}.items():
        [body] = sent_to(login)
        assert {word for word in ("Open", "Restricted", "Narrowed meanwhile") if word in body} == reads, login
    assert "Narrowed meanwhile" in sent_to("editor")[0]
    with viewing(DESK):
        lines = LogEntry.objects.filter(action="exported", person=user_of("official.mar"))
        assert list(lines.values_list("object", flat=True)) == [f"news/{secret.address_number} by e-mail"]
    assert open_one.pk != secret.pk


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"news_digest": "none"}, {"news_digest": "weekly"}])
def test_who_is_no_recipient_when_the_mail_is_sent_gets_none(at, change):
    user = wants("official.mar")
    told("News")
    digests.plan(SATURDAY)
    User.objects.filter(pk=user.pk).update(**change)
    for pk in mailings.undone(SATURDAY):
        send_mailing(pk)
    assert mail.outbox == []


@pytest.mark.django_db
def test_who_owes_the_terms_of_use_gets_nothing_before_they_accept(at):
    user = wants("official.mar")
    told("News")
    with patch("accounts.signing_in.pending_steps.next_step", return_value="accept_terms"):
        send_digests()
    assert mail.outbox == []
    assert Mailing.objects.get(recipient=user).until is None


@pytest.mark.django_db
def test_a_line_in_a_title_stays_in_its_line(at):
    wants("official.mar")
    told("Two\n\nhttps://evil.example/\n\nlines")
    send_digests()
    assert "\u2068Two https://evil.example/ lines\u2069" in mail.outbox[0].body


# Once, whatever happens -----------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As a worker ends that is killed: nothing after it runs."""


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["before any mail", "while composing", "before handing over", "the server refuses"])
def test_a_worker_killed_on_the_way_neither_loses_nor_doubles_a_mail(at, monkeypatch, where):
    wants("official.mar")
    wants("unhcr")
    told("News")
    places = {
        "before any mail": (mailings, "send", Killed()),
        "while composing": (digests.mail, "compose", Killed()),
        "before handing over": (EmailBackend, "send_messages", Killed()),
        "the server refuses": (EmailBackend, "send_messages", ConnectionRefusedError()),
    }
    owner, name, error = places[where]

    def fail(*arguments, **options):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, fail)
        with contextlib.suppress(Killed):
            send_digests()
    assert mail.outbox == []
    send_digests()
    send_digests()
    assert sorted(message.to[0] for message in mail.outbox) == ["official.mar@imap.example", "unhcr@imap.example"]


def test_two_workers_at_once_send_one_mail(committed_world, at):
    wants("official.mar")
    told("News")
    digests.plan(SATURDAY)
    [pk] = mailings.undone(SATURDAY)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        send_mailing(pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_a_mail_that_goes_once_more_is_known_as_the_same(at):
    """Should the worker die after the mail server's yes: mailboxes tell copies by their Message-ID."""
    user = wants("official.mar")
    told("News")
    send_digests()
    Mailing.objects.filter(recipient=user).update(done_at=None, sent_at=None, until=None)
    send_digests()
    first, second = (message.message() for message in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["List-Unsubscribe"] == second["List-Unsubscribe"]


# One click ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_mail_program_ends_the_digests_by_one_request(at):
    user = wants("official.mar", language="fr")
    told("News")
    send_digests()
    [message] = mail.outbox
    headers = message.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = STOP.search(headers["List-Unsubscribe"])[1]
    assert path in message.body
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == 200
    assert User.objects.get(pk=user.pk).news_digest == "daily"  # looking at it ends nothing
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert User.objects.get(pk=user.pk).news_digest == "none"
    assert client.post(path).status_code == 200


@pytest.mark.django_db
def test_the_secret_of_a_mail_is_not_in_the_database(at):
    wants("official.mar")
    told("News")
    send_digests()
    secret = STOP.search(mail.outbox[0].body)[1].split("/")[-2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM newscentre_mailing")
        assert secret not in str(cursor.fetchall())
    for wrong in (secret[:-1], "0" * 64, secret.upper()):
        assert Client().get(f"/en/news/digest/stop/{wrong}/").status_code == 404
    assert secret not in str(browser_of("editor").get("/en/news/").content)
