"""When a reader was here before: what is new is new since then."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User

A_VISIT_ENDS_AFTER = timedelta(hours=4)


def note_visit(user: User) -> None:
    """Begins a new visit when the last one began long ago. Writes at most once in `A_VISIT_ENDS_AFTER`."""
    now = timezone.now()
    if user.visit_began_at and now - user.visit_began_at < A_VISIT_ENDS_AFTER:
        return
    user.last_visit_at, user.visit_began_at = user.visit_began_at, now
    User.objects.filter(pk=user.pk).update(last_visit_at=user.last_visit_at, visit_began_at=now)
