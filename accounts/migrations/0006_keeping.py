from django.db import migrations

from access.lock import Keeping

LOCKED = (
    "accounts_nomination",
    "accounts_submission",
    "accounts_submission_themes",
    "accounts_mandateevent",
    "accounts_logentry",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_names_of_relations")]
    operations = [Keeping(table) for table in LOCKED]
