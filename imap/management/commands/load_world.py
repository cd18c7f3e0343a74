from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from atlas.loading import RefusedData
from imap.loading import load_world


class Command(BaseCommand):
    help = "Loads dialogues, subjects, partners, figures and profiles from data/. Loading again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--data", type=Path, default=settings.DATA_DIR, help="the folder of facts, world and texts")

    def handle(self, *args, data, **options):
        try:
            loading = load_world(data)
        except RefusedData as refused:
            raise CommandError(f"Nothing was loaded. {refused}") from None
        for line in loading.lines():
            self.stdout.write(line)
