"""Checks that must pass before a process of the portal serves anybody."""

import logging

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from access.installation import why_rules_differ
from access.roles import why_role_is_unsafe
from accounts.models import User
from imap.journal.replay import why_not_to_serve
from untrusted.confinement import PARTS
from untrusted.sandbox import NotParsed, parts_that_hold

logger = logging.getLogger(__name__)


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured when the database role could bypass row-level security, the database's rules are not those of
    the code, the journal was not replayed, or demo accounts are in production."""
    if reasons := [*why_role_is_unsafe(), *why_rules_differ()] or [*why_not_to_serve(), *_why_people_are_unsafe()]:
        raise ImproperlyConfigured("The i-Map refuses to start: " + " ".join(reasons))


def _why_people_are_unsafe() -> list[str]:
    if settings.IS_PRODUCTION and User.objects.filter(email__endswith=f"@{settings.DEMO_DOMAIN}").exists():
        return ["The demo accounts exist in this database."]
    return []


def tell_what_confines() -> None:
    """One line of the log: which parts of the confinement of parsers this system and its container let them have."""
    try:
        holds = parts_that_hold()
    except (NotParsed, OSError) as error:
        logger.warning("A process to parse files cannot be started: %s", error)
        return
    missing = [part for part in PARTS if part not in holds]
    level = logging.WARNING if missing else logging.INFO
    logger.log(
        level, "Parsers are confined by: %s; not by: %s.", ", ".join(holds), ", ".join(missing) or "nothing else"
    )
