"""What must hold before a process of the portal serves anybody."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from access.roles import why_role_is_unsafe
from accounts.demo import demo_accounts_exist
from imap.journal.replaying import why_not_to_serve


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured when the database role could pass the lock, the journal was not replayed, or demo accounts are in
    production."""
    reasons = [*why_role_is_unsafe(), *why_not_to_serve()]
    if settings.IS_PRODUCTION and demo_accounts_exist():
        reasons.append("The demo accounts exist in this database.")
    if reasons:
        raise ImproperlyConfigured("The i-Map refuses to start: " + " ".join(reasons))
