from django.db import migrations

from profiles.shown_editions_sql import MAKE, UNMAKE


class Migration(migrations.Migration):
    """Numbers and dates of profiles come from the newest edition of which a reader sees something that changed."""

    dependencies = [
        ("profiles", "0015_reference_is_counted"),
        ("indicators", "0009_vintages_are_kept"),
    ]
    operations = [migrations.RunSQL(list(MAKE), list(UNMAKE))]
