from django.db import migrations

from access.lock import VIEWER_FUNCTION, VIEWING_AS_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("access", "0001_the_viewer_in_the_database")]
    operations = [
        migrations.RunSQL(VIEWER_FUNCTION, migrations.RunSQL.noop),
        migrations.RunSQL(VIEWING_AS_FUNCTION, migrations.RunSQL.noop),
    ]
