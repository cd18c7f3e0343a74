"""Invitations: a link sent to one address, valid for two weeks and one use, stored as a digest."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access.viewing import viewing
from accounts import mail
from accounts.models import Event, Invitation, User
from accounts.nominations import history
from accounts.nominations.mandates import end_what_ran_out, stands_alone
from accounts.secret_digests import digest_of
from accounts.signing_in.credentials import activate, cancel_invitations

GOOD_FOR = timedelta(days=14)
SECRET_BYTES = 32
MOST_IN_A_DAY = 5


class ClosedInvitation(Exception):
    """Raised when a link was used, replaced or withdrawn, is too old, or never existed."""


def account_of(email: str, name: str, language: str) -> User:
    """The account of a kept address; made without a password when there is none.

    One that had ended, or whose last mandate ran out, wakes without anything it was opened by: a role's mailbox may be
    another person's by now, and who comes back is invited as one who is new.
    """
    values = {"name": name, "language": language, "password": make_password(None)}
    user, is_new = User.objects.select_for_update(no_key=True).get_or_create(email=email, defaults=values)
    if not is_new and (not user.is_active or stands_alone(user)):
        end_what_ran_out(user)
        user.name, user.language = name, language
        user.save(update_fields=["name", "language"])
        activate(user)
    return user


def open_of(user: User) -> QuerySet[Invitation]:
    """Invitations neither used nor cancelled, including expired ones."""
    return Invitation.objects.filter(user=user, used_at=None, cancelled_at=None)


def may_come_in(user: User) -> bool:
    """Whether an account that was never used may be entered: not once its invitation has expired or was withdrawn."""
    if user.has_joined:
        return True
    last = user.invitations.order_by("-sent_at", "-pk").first()
    return last is None or last.is_open or last.used_at is not None


def invite(user: User, template: str, context: Mapping[str, object]) -> Invitation:
    """Sends a new link by mail and invalidates earlier ones. Raises ValidationError if sent too often."""
    now = timezone.now()
    if user.invitations.filter(sent_at__gt=now - timedelta(days=1)).count() >= MOST_IN_A_DAY:
        raise ValidationError(_("This person was sent several invitations today. Try again tomorrow."))
    cancel_invitations(user)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    invitation = Invitation.objects.create(
        user=user, email=user.email, digest=digest_of(secret), sent_at=now, expires_at=now + GOOD_FOR
    )
    link = mail.address_of("account_join_by_link", user.language, secret)
    about = {"person": user, "link": link, "expires_at": invitation.expires_at}
    mail.send(template, user.email, user.language, {**about, **context})
    return invitation


def invitation_of(secret: str) -> Invitation:
    """The invitation of a link. Raises ClosedInvitation."""
    return invitation_with(digest_of(secret))


def invitation_with(digest: str) -> Invitation:
    """The invitation of a secret. Raises ClosedInvitation, also if the person's address has changed since it was sent."""
    found = Invitation.objects.select_related("user").filter(digest=digest).first()
    if found is None or not found.is_open or not found.user.is_active or found.user.email != found.email:
        raise ClosedInvitation
    return found


@transaction.atomic
def join(invitation: Invitation, password: str) -> User:
    """Sets the person's password and uses the link up. Raises ClosedInvitation if it was used meanwhile."""
    user = User.objects.hold(invitation.user_id)
    invitation_with(invitation.digest)  # again: another request may have been first
    user.set_password(password)
    user.save(update_fields=["password"])
    use_up(user)
    return user


def use_up(user: User) -> None:
    """Closes the invitations of a person who has signed in, and records in their partners' histories that they joined."""
    if not open_of(user).update(used_at=timezone.now()):
        return
    with viewing(user.viewer):
        for affiliation in user.affiliations.open().select_related("user").prefetch_related("scopes"):
            dialogues = {scope.dialogue_id for scope in affiliation.scopes.all()}
            history.of_affiliation(Event.JOINED, user, affiliation, dialogues)
        for engagement in user.engagements.filter(ended_at=None).select_related("user"):
            history.of_engagement(Event.JOINED, user, engagement)
