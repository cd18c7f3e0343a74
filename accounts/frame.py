"""What surrounds every page: the language switch that stays on the page, and the reader's own corner."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language

LANGUAGES = [code for code, _ in settings.LANGUAGES]
FORM_TOKEN = "form-token-of-this-answer"


def alternates(path: str) -> list[tuple[str, str]]:
    """(language, the same address in it), for an address that begins with a language; else each language's home."""
    _, first, *rest = path.split("/", 2) if path.startswith("/") else ("", "", "")
    tail = rest[0] if first in LANGUAGES and rest else ""
    return [(code, f"/{code}/{tail}") for code in LANGUAGES]


def frame(path: str) -> dict[str, object]:
    """The context that the base template needs and that is the same for every reader of an address."""
    return {"path": path, "alternates": alternates(path), "page_language": get_language()}


def account_corner(request: HttpRequest) -> str:
    """The corner of the header that differs between readers: sign in, or the name and sign out."""
    user = request.user if hasattr(request, "user") and request.user.is_authenticated else None
    if user is None:
        return strangers_corner(request.path)
    return _corner(get_language(), "", str(user), user.is_staff).replace(FORM_TOKEN, get_token(request))


def strangers_corner(path: str) -> str:
    return _corner(get_language(), path, "", False)


@lru_cache(maxsize=2000)
def _corner(language: str | None, path: str, reader: str, works_in_admin: bool) -> str:
    """In the language that is active, which is named for the cache's sake."""
    context = {"reader": reader, "works_in_admin": works_in_admin, "path": path, "csrf_token": FORM_TOKEN}
    return render_to_string("account_corner.html", context)
