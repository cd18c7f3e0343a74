from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from imap.backups import BackupError
from imap.backups.manifest import Manifest
from imap.journal.files import trim
from imap.journal.replay import why_not_to_serve

MARGIN = timedelta(days=1)  # between clocks, and for a backup's own length


class Command(BaseCommand):
    help = "Takes out of the journal's file what even the oldest backup that is kept knows already."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="the folder of the oldest backup that is kept")

    def handle(self, *args, folder, **options):
        if settings.JOURNAL_DIR is None:
            raise CommandError("Nothing was trimmed: no journal is kept.")
        try:
            manifest = Manifest.read(folder.absolute())
            manifest.refuse_damage(folder.absolute())
            if reasons := why_not_to_serve():
                raise CommandError(f"Nothing was trimmed. {' '.join(reasons)}")
            gone = trim(settings.JOURNAL_DIR, datetime.fromisoformat(manifest.made_at) - MARGIN)
        except (BackupError, Error, OSError) as error:
            raise CommandError(f"Nothing was trimmed. {error}") from None
        self.stdout.write(f"journal: {gone} entries taken out, of more than a day before {manifest.made_at}")
