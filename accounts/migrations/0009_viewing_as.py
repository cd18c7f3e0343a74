from django.db import migrations

from access.lock import ReadByTodaysRule
from accounts.tokens_sql import TOKENS_OF, TOKENS_OF_PERSONA


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_rule_of_engagements"), ("access", "0002_viewing_as_in_the_database")]
    operations = [
        ReadByTodaysRule.of("accounts.migrations.0004_rule_and_lock"),
        migrations.RunSQL(TOKENS_OF, migrations.RunSQL.noop),
        migrations.RunSQL(TOKENS_OF_PERSONA, "DROP FUNCTION imap_tokens_of_persona(text, text, text, text[], boolean)"),
    ]
