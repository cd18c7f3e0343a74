from django.core.management.base import BaseCommand

from demo.cast import make_cast


class Command(BaseCommand):
    help = "Makes the accounts of the demonstration, or mends them. Production has no such command."

    def handle(self, *args, **options):
        self.stdout.write(f"demo accounts: {len(make_cast())}")
