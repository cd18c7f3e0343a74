"""The language switch, which stays on the page, and the account corner of every page's header."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language

from access.viewer import ANYONE

LANGUAGES = [code for code, _ in settings.LANGUAGES]
FORM_TOKEN = "form-token-of-this-answer"


def alternates(path: str) -> list[tuple[str, str]]:
    """(language, the same page in it) for addresses with a language prefix; else each language's home page."""
    _, first, *rest = path.split("/", 2) if path.startswith("/") else ("", "", "")
    tail = rest[0] if first in LANGUAGES and rest else ""
    return [(code, f"/{code}/{tail}") for code in LANGUAGES]


def frame(path: str) -> dict[str, object]:
    """The context of the base template that is the same for every reader of an address."""
    return {"path": path, "alternates": alternates(path), "page_language": get_language()}


def account_corner(request: HttpRequest) -> str:
    """The part of the header that differs between readers: sign-in, or name and sign-out, and the persona."""
    user = request.user if hasattr(request, "user") and request.user.is_authenticated else None
    if user is None:
        return strangers_corner(request.path)
    viewer, persona = getattr(request, "viewer", ANYONE), getattr(request, "persona", None)
    corner = AccountCorner(
        str(user),
        user.is_staff,
        bool(viewer.secretariats),
        bool(viewer.authorities),
        persona.as_sentence() if persona else "",
    )
    return _corner(get_language(), request.path if corner.needs_path else "", corner).replace(
        FORM_TOKEN, get_token(request)
    )


def strangers_corner(path: str) -> str:
    return _corner(get_language(), path, None)


@dataclass(frozen=True)
class AccountCorner:
    """The texts of the corner for a signed-in person."""

    reader: str
    works_in_admin: bool
    may_view_as: bool
    may_nominate: bool
    persona: str

    @property
    def needs_path(self) -> bool:
        return self.may_view_as or bool(self.persona)


@lru_cache(maxsize=2000)
def _corner(language: str | None, path: str, corner: AccountCorner | None) -> str:
    """In the language that is active, which is named for the cache's sake."""
    context = {"corner": corner, "path": path, "csrf_token": FORM_TOKEN}
    return render_to_string("account_corner.html", context)
