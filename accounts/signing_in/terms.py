"""The terms of use: the newest version, and that a person accepted it."""

import nh3
from django.utils.translation import get_language

from accounts.models import Acceptance, TermsOfUse, User
from untrusted.markup import shallow

MOST_LEVELS = 30  # of elements within others
TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "bdi"}
ATTRIBUTES = {"a": {"href", "hreflang"}, "bdi": {"lang", "dir"}}


def clean(html: str) -> str:
    """Sanitises the text; sanitising it again changes nothing."""
    return nh3.clean(
        shallow(html, MOST_LEVELS), tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "mailto"}
    ).strip()


def newest_terms() -> TermsOfUse | None:
    return TermsOfUse.objects.first()


def accept(user: User, terms: TermsOfUse) -> None:
    """Records that this person accepted this version, and in which language. Idempotent."""
    Acceptance.objects.get_or_create(user=user, terms=terms, defaults={"language": get_language()})
