"""Django's command, for migrations that know tables alone (`imap.schema_state`)."""

from django.core.management.commands import makemigrations

from imap.schema_state import SchemaAutodetector


class Command(makemigrations.Command):
    autodetector = SchemaAutodetector
