from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from imap.backups import BackupError
from imap.backups.restore import database_name, restore_backup
from imap.journal import JournalError


class Command(BaseCommand):
    help = "Takes back what `backup` wrote, into an empty database; what it did is said and counted."
    requires_system_checks = ()  # they may ask the database, which is empty

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="the folder of the backup")
        parser.add_argument(
            "--replace", action="store_true", help="replace what the database holds, after its name was typed"
        )

    def handle(self, *args, folder, replace, **options):
        if replace and not self.is_confirmed(database_name()):
            raise CommandError("Nothing was changed: that is not the name of the database.")
        try:
            restore_backup(folder.absolute(), replacing=replace, say=self.stdout.write)
        except (BackupError, JournalError, Error) as error:
            raise CommandError(f"Nothing was restored. {error}") from None

    def is_confirmed(self, name: str) -> bool:
        self.stdout.write(f"Everything in the database {name} will be replaced. Type its name to go on:")
        self.stdout.flush()
        return input().strip() == name
