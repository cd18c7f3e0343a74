"""Personal tokens for machines: shown once, stored as a digest, checked at each use."""

import base64
import secrets
from datetime import timedelta

from django.utils import timezone

from accounts.models import PersonalToken, TokenScope, User
from accounts.secret_digests import digest_of
from accounts.signing_in import pending_steps

PREFIX = "imap_"  # by which people and scanners of code recognise one
SECRET_BYTES = 24  # 192 bits
LONGEST_DAYS = 365


def make_token(user: User, name: str, scope: TokenScope, days: int) -> tuple[PersonalToken, str]:
    """The token and its secret, which nobody can see again. Lasts `days`, at most a year."""
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    expires_on = timezone.localdate() + timedelta(days=min(days, LONGEST_DAYS))
    made = PersonalToken.objects.create(
        user=user, name=name, scope=scope, digest=digest_of(secret), expires_on=expires_on
    )
    return made, secret


def secret_in(header: str) -> str:
    """The secret in the value of an `Authorization` header; empty when there is none.

    After `Bearer`; or after `Basic`, as the password of whatever user name: programs of maps know no other way.
    """
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    return _password_in(rest) if is_basic(header) else ""


def is_basic(header: str) -> bool:
    return header.strip().partition(" ")[0].lower() == "basic"


def _password_in(credentials: str) -> str:
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def person_bearing(secret: str, scope: TokenScope) -> User | None:
    """Whose token this is, if token, person, gate and mandate hold at this moment.

    Someone who stands for nobody any more (only the public's and their own token left) is refused.
    """
    found = PersonalToken.objects.alive().filter(digest=digest_of(secret), scope=scope)
    token = found.only("pk", "user_id", "last_used_on").first()
    person = User.objects.with_tokens().filter(pk=token.user_id, is_active=True).first() if token else None
    if token is None or person is None or pending_steps.next_step(person) or person.viewer.stands_alone:
        return None
    _note_use(token)
    return person


def _note_use(token: PersonalToken) -> None:
    """Writes at most once a day."""
    today = timezone.localdate()
    if token.last_used_on != today:
        PersonalToken.objects.filter(pk=token.pk).update(last_used_on=today)


def revoke(token: PersonalToken) -> None:
    PersonalToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
