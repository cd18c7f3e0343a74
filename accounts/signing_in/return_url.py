"""The page to which a person returns after the pending steps."""

from django.http import HttpRequest

KEY = "after_the_steps"  # in the session


def remember(request: HttpRequest) -> None:
    """Keeps the page that was asked for, if a person asked for it and not a page's script."""
    if request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") == "document":
        request.session[KEY] = request.get_full_path()


def return_url(request: HttpRequest) -> str:
    """An address of this portal, or nothing."""
    return request.session.get(KEY, "")


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
