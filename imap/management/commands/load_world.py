from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import make_cast
from atlas.loading import RefusedData
from imap.world import load_world


class Command(BaseCommand):
    help = "Loads dialogues, subjects, partners, figures and profiles from data/. Loading again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--data", type=Path, default=settings.DATA_DIR, help="the folder of facts, world and texts")
        parser.add_argument("--with-demo-accounts", action="store_true", help="make the demonstration's accounts too")

    def handle(self, *args, data, with_demo_accounts, **options):
        if with_demo_accounts and settings.IS_PRODUCTION:
            raise CommandError("Demo accounts are not made in production.")
        try:
            loading = load_world(data)
        except RefusedData as refused:
            raise CommandError(f"Nothing was loaded. {refused}") from None
        for line in loading.lines():
            self.stdout.write(line)
        if with_demo_accounts:
            self.stdout.write(f"demo accounts: {len(make_cast())}")
