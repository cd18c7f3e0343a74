"""Django's command, for migrations that know tables alone (`imap.schema.state`)."""

from django.core.management.commands import makemigrations

from imap.schema.state import SchemaAutodetector


class Command(makemigrations.Command):
    autodetector = SchemaAutodetector
