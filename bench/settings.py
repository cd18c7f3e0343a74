"""The portal's settings with the middleware, sessions and backend that `django-admin startproject` gives: for A and B."""

from imap import settings as portal
from imap.settings import *  # noqa: F403

# Without allauth, which wants its middleware, and the admin, which wants allauth; the accounts without what they do with it.
INSTALLED_APPS = [
    "bench.accounts.BareAccounts" if name == "accounts" else name
    for name in portal.INSTALLED_APPS
    if not name.startswith(("allauth", "imap.apps.SecretariatAdmin"))
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
ROOT_URLCONF = "bench.urls"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"
