"""Who asks: the public, and one official, signed in once for each kind of server."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from accounts.models import User
from bench.pages import Reader
from demo.cast import DOMAIN

STOCK_BACKEND = "django.contrib.auth.backends.ModelBackend"
OFFICIAL = f"official.mar@{DOMAIN}"


def headers_of(reader: Reader, backend: str = "") -> dict[str, str]:
    """What their browser sends, in the database that Django speaks to; `backend`: of the server they signed in to."""
    return cookie_of(OFFICIAL, backend) if reader is Reader.OFFICIAL else {}


def cookie_of(email: str, backend: str = "") -> dict[str, str]:
    """The header of a browser that has signed in. The visit has begun, so that no request measured writes it down."""
    user = User.objects.get(email=email)
    User.objects.filter(pk=user.pk).update(visit_began_at=timezone.now(), last_visit_at=None)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend or settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}
