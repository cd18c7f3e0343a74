"""Mails: whole sentences in the reader's own language and direction, and no address but the portal's own."""

import re
from html import unescape

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.imap.test_words import SPACES_OF_FRENCH

OFFICIAL = "official.mar@imap.example"
SUBJECTS = {
    "ar": "تعيين كلمة مرور جديدة للخريطة التفاعلية",
    "en": "Set a new password for the i-Map",
    "fr": "Définir un nouveau mot de passe pour l’i-Map",
}
LANGUAGES = ("ar", "en", "fr")


@pytest.fixture
def sent_to(db):
    """Asks for a new password on the page in one language, for a person who reads another; the one mail that was sent."""

    def ask(language: str, page: str = "en", **headers: str) -> mail.EmailMultiAlternatives:
        User.objects.filter(email=OFFICIAL).update(language=language)
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
