from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from imap.journal import JournalError
from imap.journal.replay import replay


class Command(BaseCommand):
    help = "Does again, as the owner's role, what the journal says ended, was narrowed or withdrawn since a backup."
    requires_system_checks = ()  # they may ask a database that is not ready to serve

    def add_arguments(self, parser):
        parser.add_argument(
            "--without-file",
            action="store_true",
            help="go on although the journal's file lacks entries, and begin it anew",
        )

    def handle(self, *args, without_file, **options):
        try:
            replayed = replay(without_file=without_file)
        except (JournalError, Error) as error:
            raise CommandError(f"Nothing was replayed. {error}") from None
        for line in replayed.as_lines():
            self.stdout.write(line)
