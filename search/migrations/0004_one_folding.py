from pathlib import Path

from django.db import migrations

# As `search.letters_in_sql` wrote it then: what it writes depends on the table of letters and on Python's own of Unicode, and
# a migration makes the same everywhere and for ever.
ONE_FOLDING = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Entries that were made before are made anew by `manage.py rebuild_search`."""

    dependencies = [("search", "0003_newest_of_a_kind")]

    operations = [migrations.RunSQL([ONE_FOLDING], migrations.RunSQL.noop)]
