"""Who asks: the public, and one official, signed in once for each kind of server."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.demo import DOMAIN
from accounts.models import User

STOCK_BACKEND = "django.contrib.auth.backends.ModelBackend"
OFFICIAL = f"official.mar@{DOMAIN}"


def cookie_of(email: str, backend: str = "") -> dict[str, str]:
    """The header of a browser that has signed in; `backend`: of the server it signed in to."""
    user = User.objects.get(email=email)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend or settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}
