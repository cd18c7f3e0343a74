"""The page to which a person returns after the pending steps."""

from django.http import HttpRequest

KEY = "after_the_steps"  # in the session


def remember(request: HttpRequest) -> None:
    """Stores the requested page, if a person and not a script requested it."""
    if request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") == "document":
        request.session[KEY] = request.get_full_path()


def return_url(request: HttpRequest) -> str:
    """The stored URL of this portal, or ''."""
    return request.session.get(KEY, "")


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
