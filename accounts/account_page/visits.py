"""Remembers when a reader's last visit was, so that pages can say what is new since then."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.requests import ReaderRequest

A_VISIT_ENDS_AFTER = timedelta(hours=4)


def note_visit(user: User) -> None:
    """Starts a new visit if the last one began more than `A_VISIT_ENDS_AFTER` ago."""
    now = timezone.now()
    if user.visit_began_at and now - user.visit_began_at < A_VISIT_ENDS_AFTER:
        return
    user.last_visit_at, user.visit_began_at = user.visit_began_at, now
    User.objects.filter(pk=user.pk).update(last_visit_at=user.last_visit_at, visit_began_at=now)


def last_visit_of(request: ReaderRequest) -> datetime | None:
    """None for the public, at a first visit, and while viewing as someone else."""
    user = request.user
    return user.last_visit_at if user.is_authenticated and not request.persona else None
