from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from imap.compile_messages import compile_words
from imap.fonts.subsets import make_fonts, make_print_fonts

STAMP = ".generation"
# Of htmx the pages load one file; the modules beside it name others that are not in the package.
NEVER_LOADED = ["django_htmx/ext/*", "django_htmx/htmax-*", "django_htmx/htmx-4*", "django_htmx/django-htmx.js"]


class Command(BaseCommand):
    help = "Cuts the fonts and collects static files; does nothing when nothing changed since."
    requires_system_checks = ()  # they miss the folder of the fonts, which this makes

    def handle(self, *args, **options):
        made = make_fonts(settings.FONTS_DIR)
        make_print_fonts(settings.PRINT_FONTS_DIR)
        compiled = compile_words(settings.LOCALE_PATHS[0])
        stamp = settings.STATIC_ROOT / STAMP
        if not made and stamp.exists() and stamp.read_text() == settings.STATIC_GENERATION:
            self.stdout.write("static files: unchanged")
            return
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NEVER_LOADED)
        stamp.write_text(settings.STATIC_GENERATION)
        self.stdout.write(f"static files: collected; fonts made: {made}; languages compiled: {compiled}")
