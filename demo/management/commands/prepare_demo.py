from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from access.viewing import every_secretariat, viewing
from demo.feeds import fetch_first, load_demo_feeds
from newscentre.tasks import collect_links


class Command(BaseCommand):
    help = "Migrates, loads the world with the demonstration's accounts and feeds, and prepares static files."
    requires_system_checks = ()  # they miss the folder of the fonts, which this makes

    def add_arguments(self, parser):
        parser.add_argument("--news-began", type=Path, help="file of the moment by which the demo's news are dated")

    def handle(self, *args, news_began: Path | None = None, **options):
        call_command("migrate", database="owner", verbosity=0)
        self.stdout.write("database: migrated")
        self.stdout.flush()
        call_command("load_world", stdout=self.stdout)
        call_command("make_cast", stdout=self.stdout)
        self.stdout.flush()
        if news_began and settings.NEWS_ALSO_FROM:
            self.stdout.write(f"news: {self._news(news_began)} articles of the demonstration's own publishers")
            self.stdout.flush()
        collect_links()
        call_command("prepare_static", stdout=self.stdout)

    def _news(self, began: Path) -> int:
        address, port = settings.NEWS_ALSO_FROM[0]
        with viewing(every_secretariat()):
            feeds = load_demo_feeds(f"http://{address}:{port}")
        with suppress(OSError):  # the port is taken: the worker will fetch them once their publishers are there
            return fetch_first(feeds, port, began)
        return 0
