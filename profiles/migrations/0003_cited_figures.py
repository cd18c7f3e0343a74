import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from access.lock import Lock, secretariat_holds

# A cited figure is its own secretariat's, and stands in an edition of the same profile as its section.
OF_SECTION_IN_EDITION = (
    "EXISTS (SELECT 1 FROM profiles_section s JOIN profiles_profile p ON p.id = s.profile_id "
    "JOIN profiles_edition e ON e.profile_id = p.id "
    f"WHERE s.id = section_id AND e.id = edition_id AND {secretariat_holds('p.dialogue_id')})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0002_lock"),
        ("profiles", "0002_lock"),
    ]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="cited_subjects",
            field=ArrayField(models.BigIntegerField(), default=list, editable=False),
        ),
        migrations.CreateModel(
            name="CitedFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=200)),
                ("value", models.DecimalField(decimal_places=8, max_digits=24)),
                ("known_on", models.CharField(blank=True, max_length=10)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="profiles.edition"
                    ),
                ),
                (
                    "observation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="indicators.observation",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="profiles.section"
                    ),
                ),
            ],
            options={
                "verbose_name": "cited figure",
                "verbose_name_plural": "cited figures",
                "ordering": ["edition", "section", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "section", "reference"), name="one_value_of_a_reference_in_a_section"
                    )
                ],
            },
        ),
        Lock(
            "profiles_citedfigure",
            audience=None,
            parents={
                "edition_id": "profiles_edition",
                "section_id": "profiles_section",
                "observation_id": "indicators_observation",
            },
            write=OF_SECTION_IN_EDITION,
            append_only=True,
        ),
    ]
