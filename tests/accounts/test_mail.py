"""Mails: whole sentences in the reader's own language and direction, and no address but the portal's own."""

import re
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client

from accounts import tasks
from accounts.models import User
from accounts.signing_in.factors import take_away_all
from tests.accounts.conftest import confirm
from tests.conftest import user_of
from tests.imap.test_words import SPACES_OF_FRENCH

pytestmark = pytest.mark.django_db

OFFICIAL = "official.mar@imap.example"
SUBJECTS = {
    "ar": "تعيين كلمة مرور جديدة للخريطة التفاعلية",
    "en": "Set a new password for the i-Map",
    "fr": "Définir un nouveau mot de passe pour l’i-Map",
}
LANGUAGES = ("ar", "en", "fr")


@pytest.fixture
def sent_to(once_committed):
    """Asks for a new password on the page in one language, for a person who reads another; the one mail that was sent."""

    def ask(language: str, page: str = "en", **headers: str) -> mail.EmailMultiAlternatives:
        User.objects.filter(email=OFFICIAL).update(language=language)
        with once_committed():
            Client().post(f"/{page}/accounts/password/reset/", {"email": OFFICIAL}, headers=headers)
        [message] = mail.outbox
        return message

    return ask


def html_of(message: mail.EmailMultiAlternatives) -> str:
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    return html


@pytest.mark.parametrize("page", LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_is_in_the_language_of_its_reader_whatever_page_it_was_asked_on(sent_to, language, page):
    message = sent_to(language, page)
    assert message.subject == SUBJECTS[language]
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html_of(message)
    assert re.search(r"https?://\S+", message.body)[0].split("/")[3] == language
    for other in set(LANGUAGES) - {language}:
        assert SUBJECTS[other] not in message.body + html_of(message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_of_a_mail_say_the_same(sent_to, language):
    message = sent_to(language)
    html = unescape(" ".join(re.sub(r"<[^>]*>", " ", html_of(message)).split()))
    for paragraph in message.body.strip().split("\n\n"):
        assert " ".join(paragraph.split()) in html
    assert OFFICIAL in message.body


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Host": "evil.example"}, {"Host": "127.0.0.1"}])
def test_every_address_in_a_mail_is_on_the_configured_site(sent_to, settings, headers):
    settings.SITE_ADDRESS = "https://maps.example.org"
    message = sent_to("fr", **headers)
    addresses = re.findall(r"https?://[^\s\"<]+", message.body + html_of(message))
    assert len(addresses) >= 2
    assert {address.split("/")[2] for address in addresses} == {"maps.example.org"}
    for foreign in ("evil.example", "127.0.0.1", "testserver", "localhost"):
        assert foreign not in message.subject + message.body + html_of(message)


def test_an_arabic_mail_shows_no_english_word_and_a_french_one_is_well_set(sent_to):
    arabic = sent_to("ar")
    words = re.sub(r"https?://\S+|\S+@\S+", "", arabic.subject + arabic.body)
    assert re.findall(r"[A-Za-z]{2,}", words) == []
    mail.outbox.clear()
    french = sent_to("fr")
    assert not SPACES_OF_FRENCH.search(re.sub(r"https?://\S+", "", french.subject + french.body))


def test_a_link_of_a_mail_opens_the_form_in_the_readers_language(sent_to):
    message = sent_to("ar", page="fr")
    path = re.search(r"https?://[^/]+(/\S+)", message.body)[1]
    form = Client().get(path, follow=True)
    assert '<html lang="ar" dir="rtl">' in form.content.decode()
    assert b'type="password"' in form.content


# What is done with an account -----------------------------------------------------------------------------------------

NEW = "a-new-and-long-password-2026"
FACTORS = "/en/accounts/second-factor/"


def change_the_password(client, user):
    fields = {"oldpassword": "demo-only-2012", "password1": NEW, "password2": NEW}
    client.post("/en/accounts/password/change/", fields)


def make_a_list(client, user):
    client.post(f"{FACTORS}codes/make/")


def remove_the_list(client, user):
    held = RecoveryCodes.activate(user).instance
    client.post(f"{FACTORS}{held.pk}/remove/")


def make_a_token(client, user):
    client.post("/en/accounts/tokens/", {"name": "Robot", "scope": "read", "days": "30"})


def lose_the_factors(client, user):
    take_away_all(user)


OCCASIONS = [change_the_password, make_a_list, remove_the_list, make_a_token, lose_the_factors]


@pytest.fixture
def written(through_the_form, once_committed):
    """`written(make_a_list, "ar")` is the one mail of that occasion, to a person who reads Arabic."""

    def mail_of(occasion, language: str):
        User.objects.filter(email="official.mar@imap.example").update(language=language)
        client = through_the_form("official.mar")
        confirm(client)
        mail.outbox.clear()
        with once_committed():
            occasion(client, user_of("official.mar"))
        [message] = mail.outbox
        return message

    return mail_of


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_each_mail_is_whole_in_the_persons_language(written, occasion, language):
    message = written(occasion, language)
    assert message.to == ["official.mar@imap.example"]
    text, [(html, kind)] = message.body, message.alternatives
    assert kind == "text/html"
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert "Official of Morocco" in text
    for shown in (message.subject, text):
        assert "{" not in shown
        assert "&#" not in shown
        assert bool(re.search("[\u0600-\u06ff]", shown)) is (language == "ar")
    links = re.findall(r"https?://\S+", text)
    *links, site = links
    assert site == "http://localhost:8000"
    assert all(link.startswith(f"http://localhost:8000/{language}/accounts/") for link in links)
    assert all(f'href="{link}"' in html for link in links)
    assert "demo-only-2012" not in text + html


def test_a_factor_that_comes_with_another_is_told_too(through_the_form, once_committed):
    client = through_the_form("official.mar")
    confirm(client)
    Authenticator.objects.create(user=user_of("official.mar"), type="webauthn", data={"name": "Key", "credential": {}})
    with once_committed():
        make_a_list(client, None)
    assert "une liste de codes sur papier" in mail.outbox[-1].body


def test_a_name_with_marks_of_html_stays_a_name(once_committed):
    User.objects.filter(email="official.mar@imap.example").update(name='A & B "<b>C</b>"', language="en")
    with once_committed():
        take_away_all(user_of("official.mar"))
    assert 'Dear A & B "<b>C</b>",' in mail.outbox[0].body
    assert "<b>C</b>" not in mail.outbox[0].alternatives[0].content


@pytest.mark.parametrize("pk", [0, 10**9])
def test_nobody_is_written_to_for_an_account_that_is_not_there(pk, once_committed):
    with once_committed():
        tasks.send_link_for_new_password(pk)
    assert mail.outbox == []
