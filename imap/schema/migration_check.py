"""Whether a database was migrated by this version of the portal, or by one whose migrations it does not have."""

from collections.abc import Iterable

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from imap.local_apps import ROOMS

WHAT_TO_DO = (
    "Nothing was changed. Use the version of the portal that made it; or, if its contents are not needed, begin with an empty "
    "database (of `make demo`: remove the folder `var`)."
)


def unknown_migrations(using: str) -> list[str]:
    """Migrations of the portal that the database has and this version has not, such as `atlas.0001_initial`."""
    loader = MigrationLoader(connections[using], ignore_no_migrations=True)
    return unknown_among(loader.applied_migrations)


def unknown_among(applied: Iterable[tuple[str, str]]) -> list[str]:
    """The same, among those that were applied: label of the application and name of each."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return sorted(f"{label}.{name}" for label, name in applied if label in ROOMS and (label, name) not in known)


def refusal(unknown: list[str], what: str = "This database") -> str:
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return f"{what} was made by another version of the portal: migration {unknown[0]}{more} is not known here. {WHAT_TO_DO}"
