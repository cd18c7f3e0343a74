"""Ends what a person has open."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User


def end_sessions(user: User) -> None:
    """A session names its user inside its data, so all that are open are looked at."""
    held = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [session.pk for session in held.iterator() if session.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()
