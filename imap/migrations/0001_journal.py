import django.contrib.postgres.functions
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("of_table", models.TextField()),
                ("key", models.JSONField()),
                ("change", models.JSONField(null=True)),
                ("shipped_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "imap_journal", "ordering": ["at", "id"]},
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(condition=models.Q(("shipped_at", None)), fields=["at"], name="journal_to_be_shipped"),
        ),
    ]
