from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from imap.backups import BackupError
from imap.backups.create import make_backup


class Command(BaseCommand):
    help = "Writes a backup of the database and the uploaded files, as the owner's role. `restore` takes it back."
    requires_system_checks = ()  # a backup is wanted most when something else is wrong

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="the folder to make; it must not exist")

    def handle(self, *args, folder, **options):
        try:
            manifest = make_backup(folder.absolute())
        except (BackupError, Error) as error:
            raise CommandError(f"There is no backup. {error}") from None
        rows = sum(manifest.rows.values())
        self.stdout.write(f"database: {len(manifest.rows)} tables, {rows} rows, {manifest.database.bytes} bytes")
        self.stdout.write(f"files: {len(manifest.files)}")
        self.stdout.write(f"not in it: the rows of {', '.join(manifest.rows_left_out)}")
        self.stdout.write(f"backup: {folder}")
