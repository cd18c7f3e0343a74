"""What tests of accounts share: a cache of their own, mails once committed, and signing in through the form."""

from functools import partial
from uuid import uuid4

import pytest
from django.test import Client

from accounts.demo import PASSWORD


@pytest.fixture
def own_cache(settings):
    """Limits are counted in the cache, and another worker's tests empty the one they share."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid4().hex}}


@pytest.fixture
def once_committed(django_capture_on_commit_callbacks):
    """`with once_committed():` does at the block's end what waits for the transaction: mails, tasks."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def through_the_form(db, own_cache):
    """`through_the_form("official.mar")` is a browser in which that member of the cast typed their password."""

    def signed_in(login: str, **headers: str) -> Client:
        client = Client(headers=headers or None)
        client.post("/en/accounts/login/", {"login": f"{login}@imap.example", "password": PASSWORD})
        return client

    return signed_in


def confirm(client: Client, password: str = PASSWORD) -> None:
    """As the page before what is sensitive asks for."""
    assert client.post("/en/accounts/reauthenticate/", {"password": password}).status_code == 302
