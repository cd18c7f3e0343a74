from django.core.management.base import BaseCommand

from search.reindex import rebuild


class Command(BaseCommand):
    help = "Makes the entries of the search table anew."

    def handle(self, *args, **options):
        for kind, number in rebuild().items():
            self.stdout.write(f"{kind}: {number}")
