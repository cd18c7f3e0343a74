from django.db import migrations

from routes.shown_maps_sql import MAKE, UNMAKE


class Migration(migrations.Migration):
    """Numbers and dates of maps come from the newest one of which a reader sees something that changed."""

    dependencies = [("routes", "0009_alter_geodataimport_state")]
    operations = [migrations.RunSQL(list(MAKE), list(UNMAKE))]
