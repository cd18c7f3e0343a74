from django.db import migrations

from access.lock import ReadByTodaysRule


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_keeping"), ("access", "0002_viewing_as_in_the_database")]
    operations = [ReadByTodaysRule.of("indicators.migrations.0002_lock")]
