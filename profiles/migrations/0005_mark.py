from django.db import migrations

from atlas.change_counters import MAKE, UNMAKE, Counted


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0004_names_of_relations"),
        ("indicators", "0002_lock"),
        ("atlas", "0002_revision"),
    ]
    operations = [
        migrations.RunSQL(list(MAKE), list(UNMAKE)),
        *(
            Counted(table)
            for table in (
                "profiles_profile",
                "profiles_section",
                "profiles_edition",
                "profiles_editiontext",
                "profiles_citation",
                "indicators_observation",
                "indicators_furthersource",
                "indicators_source",
                "atlas_outlinesection",
            )
        ),
    ]
