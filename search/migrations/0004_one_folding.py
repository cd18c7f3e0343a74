from django.db import migrations

from search.letters_in_sql import functions


class Migration(migrations.Migration):
    """Entries that were made before are made anew by `manage.py rebuild_search`."""

    dependencies = [("search", "0003_newest_of_a_kind")]

    operations = [migrations.RunSQL(list(functions()), migrations.RunSQL.noop)]
