from django.db import migrations

from access.lock import Keeping

LOCKED = (
    "profiles_profile",
    "profiles_section",
    "profiles_draft",
    "profiles_section_sources",
    "profiles_section_tags",
    "profiles_edition",
    "profiles_editiontext",
    "profiles_citation",
    "profiles_citedfigure",
)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0005_mark")]
    operations = [Keeping(table) for table in LOCKED]
