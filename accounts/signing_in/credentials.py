"""The credentials of an account, and how all of them are removed when it is activated again."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.signing_in.open_sessions import end_sessions


def activate(user: User) -> None:
    """Reopens a closed account for whoever has its address now, who is invited as if new."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    reset_credentials(user)


def reset_credentials(user: User) -> None:
    """Removes password, links, factors, tokens, agency accounts, sessions, unfinished sign-ins, known devices."""
    user.last_login = None
    user.set_unusable_password()
    user.save(update_fields=["last_login", "password"])
    now = timezone.now()
    cancel_invitations(user)
    Authenticator.objects.filter(user=user).delete()
    user.personal_tokens.filter(revoked_at=None).update(revoked_at=now)
    user.agency_accounts.all().delete()
    end_sessions(user)
    UserSession.objects.filter(user=user).delete()


def cancel_invitations(user: User) -> None:
    """Cancels invitations neither used nor cancelled, including expired ones."""
    Invitation.objects.filter(user=user, used_at=None, cancelled_at=None).update(cancelled_at=timezone.now())
