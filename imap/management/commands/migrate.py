"""Django's command, which refuses a database whose migrations this version of the portal does not have."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from imap.schema.migration_check import refusal, unknown_migrations
from imap.schema.state import SchemaAutodetector


class Command(migrate.Command):
    autodetector = SchemaAutodetector

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := unknown_migrations(options["database"]):
            raise CommandError(refusal(unknown))
        super().handle(*args, **options)
