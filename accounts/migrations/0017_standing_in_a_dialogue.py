import django.contrib.postgres.fields
from django.db import migrations, models

from accounts.tokens_sql import STANDING


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_constraints_say_why")]
    operations = [
        migrations.AddField(
            model_name="affiliation",
            name="left_dialogues",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                blank=True,
                default=list,
                editable=False,
                size=None,
                verbose_name="ended by the Secretariats of",
            ),
        ),
        migrations.RunSQL(STANDING, "DROP FUNCTION imap_standing(bigint)"),
    ]
