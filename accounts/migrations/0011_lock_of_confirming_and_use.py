from django.db import migrations

from access.lock import Lock, secretariat_holds


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_confirming_and_use")]
    operations = [
        Lock(table, audience=None, parents={}, write=secretariat_holds("dialogue_id"), desk_only=True)
        for table in ("accounts_widening", "accounts_useofquarter")
    ]
