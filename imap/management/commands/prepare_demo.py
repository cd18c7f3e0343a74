from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrates, loads the world with the demonstration's accounts, and prepares static files."
    requires_system_checks = ()  # they miss the folder of the fonts, which this makes

    def handle(self, *args, **options):
        call_command("migrate", database="owner", verbosity=0)
        self.stdout.write("database: migrated")
        self.stdout.flush()
        call_command("load_world", with_demo_accounts=True, stdout=self.stdout)
        self.stdout.flush()
        call_command("prepare_static", stdout=self.stdout)
