from django.db import migrations

from accounts.tokens_sql import TOKENS_OF


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("atlas", "0001_initial")]
    operations = [migrations.RunSQL(TOKENS_OF, "DROP FUNCTION imap_tokens_of(bigint)")]
