from django.db import migrations, models

from access.numbers import RandomNumber

MODELS = ("article", "meeting", "meetingdocument", "publication", "publicationfile", "project")
TABLES = [f"newscentre_{name}" for name in MODELS]
# What stands at an address today stays there. No entry of search and no tag depends on it.
AS_THEY_ARE_CITED: list = [
    "SELECT set_config('imap.keeping', 'on', true)",
    *(
        statement
        for table in TABLES
        for statement in (
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
            f"UPDATE {table} SET address_number = id",
            f"ALTER TABLE {table} ENABLE TRIGGER USER",
        )
    ),
    "SELECT set_config('imap.keeping', '', true)",
]


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0031_names_in_entries")]

    operations = [
        *(
            migrations.AddField(name, "address_number", models.BigIntegerField(null=True, editable=False))
            for name in MODELS
        ),
        migrations.RunSQL(AS_THEY_ARE_CITED, migrations.RunSQL.noop),
        *(
            migrations.AlterField(
                name,
                "address_number",
                models.BigIntegerField(
                    db_default=RandomNumber(), editable=False, unique=True, verbose_name="number in its address"
                ),
            )
            for name in MODELS
        ),
    ]
