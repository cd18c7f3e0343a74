import django.db.models.deletion
from django.db import migrations, models

from access.lock import Lock, secretariat_holds

OF_TEXT = (
    "EXISTS (SELECT 1 FROM profiles_editiontext t JOIN profiles_edition e ON e.id = t.edition_id "
    f"JOIN profiles_profile p ON p.id = e.profile_id WHERE t.id = text_id AND {secretariat_holds('p.dialogue_id')})"
)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0008_search"), ("access", "0002_viewing_as_in_the_database")]

    operations = [
        migrations.CreateModel(
            name="GoneLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.TextField()),
                ("gone_on", models.DateField()),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gone_links",
                        to="profiles.editiontext",
                    ),
                ),
            ],
            options={
                "verbose_name": "link that leads nowhere",
                "verbose_name_plural": "links that lead nowhere",
                "ordering": ["text", "address"],
                "constraints": [
                    models.UniqueConstraint(fields=("text", "address"), name="one_note_of_an_address_in_a_text")
                ],
            },
        ),
        Lock("profiles_gonelink", audience=None, parents={"text_id": "profiles_editiontext"}, write=OF_TEXT),
    ]
