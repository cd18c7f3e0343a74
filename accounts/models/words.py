"""Validates names that the portal writes into mails and lists."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Line ends would begin a paragraph of a mail, marks of direction turn a line round, an address would become a link.
refuse_hidden_words = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff<>@]|//",
    _("Write one line of letters, without addresses or hidden characters."),
    inverse_match=True,
)
