from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.activity_log.purging import purge_log


class Command(BaseCommand):
    help = (
        "As the owner's role: removes what is kept for a time only. Run it every day; running it again changes nothing."
    )

    def handle(self, *args, **options):
        self.stdout.write(f"lines of the log older than {settings.LOG_DAYS} days: {purge_log()} removed")
