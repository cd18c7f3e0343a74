from django.db import migrations

from access.lock import SECRETARIAT_FUNCTION, VIEWER_FUNCTION, VIEWING_AS_FUNCTION


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(VIEWER_FUNCTION, "DROP FUNCTION imap_viewer()"),
        # The locks of the other apps name it; 0002 makes it where this migration ran before there was one.
        migrations.RunSQL(VIEWING_AS_FUNCTION, "DROP FUNCTION imap_sees_as(text[])"),
        migrations.RunSQL(SECRETARIAT_FUNCTION, "DROP FUNCTION imap_add_secretariat()"),
    ]
