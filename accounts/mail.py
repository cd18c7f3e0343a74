"""Sends the portal's mails: one text in the recipient's language, as plain text and as HTML, right-to-left where needed.

`templates/mail/<name>.txt` holds subject, an empty line, and paragraphs between empty lines. A paragraph that is an
address becomes a link. Addresses are made from the portal's own (`IMAP_SITE_ADDRESS`), never from a request's host.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from untrusted.characters import clean, clean_line

BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")
SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # but those that a French mark wants before it
ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Paragraph:
    text: str

    @property
    def is_address(self) -> bool:
        return ADDRESS.fullmatch(self.text) is not None


def send(name: str, to: str, language: str, context: Mapping[str, object] | None = None) -> None:
    """Sends the mail once what is being done has been written; what is rolled back tells nobody anything.

    When the mail server refuses, what was done stands and the log says so: the one who did it is not shown a failure.
    """
    message = compose(name, to, language, context or {})
    transaction.on_commit(message.send, robust=True)


def compose(name: str, to: str, language: str, context: Mapping[str, object]) -> EmailMultiAlternatives:
    with translation.override(language):
        text = render_to_string(f"mail/{name}.txt", {"site": settings.SITE_ADDRESS, **context}).strip()
        subject, *paragraphs = (part.strip() for part in BETWEEN_PARAGRAPHS.split(text))
        subject, paragraphs = SPACES.sub(" ", clean_line(subject)), [clean(paragraph) for paragraph in paragraphs]
        page = {
            "subject": subject,
            "paragraphs": [Paragraph(paragraph) for paragraph in paragraphs],
            "language": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        html = render_to_string("mail/frame.html", page)
    message = EmailMultiAlternatives(subject, "\n\n".join(paragraphs) + "\n", to=[to])
    message.attach_alternative(html, "text/html")
    return message


def address_of(view: str, language: str, *arguments: object) -> str:
    """The absolute URL of a page in a language."""
    with translation.override(language):
        return settings.SITE_ADDRESS.rstrip("/") + reverse(view, args=arguments)
