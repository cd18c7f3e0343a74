from django.db import migrations

from access.lock import Keeping

LOCKED = (
    "indicators_source",
    "indicators_observation",
    "indicators_furthersource",
)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_names_of_relations")]
    operations = [Keeping(table) for table in LOCKED]
