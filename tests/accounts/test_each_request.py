"""What every request of someone signed in asks the database: the session, then the user with what they may see."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.backends import NominatedUserBackend
from accounts.models import User
from accounts.signing_in.session_store import SessionStore
from demo.cast import CAST
from tests.conftest import user_of

pytestmark = pytest.mark.django_db
PASSWORD_CHANGE = "/en/accounts/password/change/"


@pytest.mark.parametrize("login", [member.login for member in CAST])
def test_the_user_of_a_request_is_the_whole_row_with_the_tokens_held_now(login):
    user = user_of(login)
    loaded = NominatedUserBackend().get_user(user.pk)
    for field in User._meta.concrete_fields:
        assert getattr(loaded, field.attname) == getattr(user, field.attname), field.name
    assert loaded.viewer == user.viewer
    assert not loaded._state.adding


def test_who_is_inactive_or_gone_is_not_loaded():
    user = user_of("official.mar")
    user.is_active = False
    user.save()
    assert NominatedUserBackend().get_user(user.pk) is None
    assert NominatedUserBackend().get_user(0) is None


def test_a_session_is_read_until_it_expires_and_not_after(reader):
    official = reader("official.mar")
    assert official.get(PASSWORD_CHANGE).status_code == 200
    held = Session.objects.get(session_key=official.cookies[settings.SESSION_COOKIE_NAME].value)
    held.expire_date = timezone.now() - timedelta(seconds=1)
    held.save()
    assert official.get(PASSWORD_CHANGE).status_code == 302


def test_a_session_that_is_not_there_is_empty_and_never_saved_under_its_key():
    session = SessionStore("abcdefghijklmnopqrstuvwxyz012345")
    assert session.get("anything") is None
    session["something"] = 1
    session.save()
    assert session.session_key != "abcdefghijklmnopqrstuvwxyz012345"
