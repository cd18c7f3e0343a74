from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("atlas", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE atlas_revision", "DROP SEQUENCE atlas_revision")]
