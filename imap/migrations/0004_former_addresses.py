from django.db import migrations, models
from django.db.models import CASCADE

from access.lock import Lock
from imap.former_addresses_sql import KEEP, WRITE, KeepsFormerAddresses


def leading_to(model: str) -> models.ForeignKey:
    return models.ForeignKey(null=True, on_delete=CASCADE, related_name="+", to=model)


class Migration(migrations.Migration):
    dependencies = [
        ("atlas", "0003_names_of_relations"),
        ("imap", "0003_names_that_may_be_said"),
        ("newscentre", "0026_planned_audiences"),
        ("profiles", "0009_gone_links"),
        ("routes", "0005_mark"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dialogue", models.SlugField(blank=True)),
                ("theme", models.SlugField(blank=True)),
                ("kind", models.CharField(blank=True, max_length=20)),
                ("word", models.CharField(max_length=80)),
                ("left_at", models.DateTimeField()),
                ("heading", leading_to("atlas.outlinesection")),
                ("profile", leading_to("profiles.profile")),
                ("review", leading_to("newscentre.review")),
                ("story", leading_to("routes.story")),
                ("subject", leading_to("atlas.subject")),
            ],
            options={
                "verbose_name": "former address",
                "verbose_name_plural": "former addresses",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["word"], name="former_addresses_by_word")],
            },
        ),
        Lock(
            "imap_formeraddress",
            audience=None,
            parents={"profile_id": "profiles_profile", "story_id": "routes_story", "review_id": "newscentre_review"},
            write=WRITE,
        ),
        migrations.RunSQL(KEEP, "DROP FUNCTION imap_keep_former_address()"),
        KeepsFormerAddresses("profiles_profile", "profile_id", "dialogue_id", "theme_id", "", "slug"),
        KeepsFormerAddresses("atlas_outlinesection", "heading_id", "dialogue_id", "theme_id", "kind", "slug"),
        KeepsFormerAddresses("atlas_subject", "subject_id", "", "", "kind", "slug"),
        KeepsFormerAddresses("routes_story", "story_id", "dialogue_id", "", "", "slug"),
        KeepsFormerAddresses("newscentre_review", "review_id", "dialogue_id", "", "", "month"),
    ]
