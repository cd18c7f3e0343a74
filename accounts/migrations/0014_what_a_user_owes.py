from django.db import migrations

from accounts.owed_sql import OWED_BY


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_terms_and_tokens"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunSQL(OWED_BY, "DROP FUNCTION imap_owed_by(bigint, bigint)")]
