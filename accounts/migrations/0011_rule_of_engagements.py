from importlib import import_module

from django.db import migrations

from accounts.tokens_sql import TOKENS_OF

THE_RULE = import_module("accounts.migrations.0004_rule_and_lock").THE_RULE


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_mandates")]
    operations = [migrations.RunSQL(TOKENS_OF, THE_RULE)]
