from django.db import migrations

from atlas.change_counters import COUNT_REFERENCE, DO_NOT_COUNT_REFERENCE, Counted, CountedAsReference


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0014_names_that_may_be_said"),
        ("atlas", "0005_licence_of_maps"),
        ("accounts", "0019_groups_stay_in_their_dialogue"),
        ("indicators", "0009_vintages_are_kept"),
    ]
    operations = [
        migrations.RunSQL(list(COUNT_REFERENCE), list(DO_NOT_COUNT_REFERENCE)),
        *(
            CountedAsReference(table)
            for table in (
                "atlas_theme",
                "atlas_dialogue",
                "atlas_dialoguetheme",
                "atlas_outlinesection",
                "atlas_subject",
                "atlas_subject_members",
                "atlas_formername",
                "atlas_namevariant",
                "atlas_partner",
                "atlas_membership",
                "atlas_coverage",
                "atlas_boundaryrule",
                "indicators_topic",
                "indicators_indicator",
                "indicators_statedefinition",
                "indicators_source",
                "profiles_gonelink",
                "profiles_tag",
                "profiles_section_tags",
                "accounts_readinggroup",
            )
        ),
        Counted("profiles_citedfigure"),
        migrations.RunSQL("DROP SEQUENCE atlas_revision", "CREATE SEQUENCE atlas_revision"),
    ]
