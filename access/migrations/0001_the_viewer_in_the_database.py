from django.db import migrations

from access.lock import SECRETARIAT_FUNCTION, VIEWER_FUNCTION


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(VIEWER_FUNCTION, "DROP FUNCTION imap_viewer()"),
        migrations.RunSQL(SECRETARIAT_FUNCTION, "DROP FUNCTION imap_add_secretariat()"),
    ]
