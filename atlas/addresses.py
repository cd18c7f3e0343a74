"""Words that addresses use themselves, which no slug may be; and absolute URLs of the portal."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

RESERVED_WORDS = frozenset(
    [
        "about",
        "by-year",
        "partners",
        "supporters",
        "contact",
        "across",
        "print",
        "editions",
        "routes",
        "stories",
        "embed",
        "maps",
        "countries",
        "news",
        "feed",
        "calendar",
        "links",
        "library",
        "glossary",
        "compare",
        "data",
        "search",
        "dossier",
        "accounts",
        "nominations",
        "terms",
        "privacy",
        "accessibility",
        "secretariat",
        "api",
        "healthz",
        "readyz",
        "static",
        "sitemap",
        "robots",
        "changes",
        "what-changed",
        "method-note",
        "ar",
        "en",
        "fr",
        "ru",
    ]
)


def validate_not_reserved(slug: str) -> None:
    if slug in RESERVED_WORDS:
        raise ValidationError(
            _("“%(slug)s” is a word of the portal's addresses; choose another."), params={"slug": slug}
        )


def absolute_url(path: str) -> str:
    """The whole address of a path. Its host is the configured one, never what a request calls itself."""
    return settings.SITE_ADDRESS.rstrip("/") + path
