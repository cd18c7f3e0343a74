"""Ends a person's sessions."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

from accounts.models import User


def end_sessions(user: User) -> None:
    """Django's sessions name their user inside their data, so all open sessions are searched."""
    end_sign_ins(user)
    held = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [session.pk for session in held.iterator() if session.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()


def end_sign_ins(user: User) -> None:
    """Every session, every sign-in that waits for a second factor, and every known device of before counts no more."""
    User.objects.filter(pk=user.pk).update(sign_ins_ended=F("sign_ins_ended") + 1)
    user.refresh_from_db(fields=["sign_ins_ended"])
