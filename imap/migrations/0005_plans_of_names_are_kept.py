from django.db import migrations

from access.names import SayableKeys

NAMED_BY_SLUG = (
    "atlas_theme",
    "atlas_partner",
    "accounts_readinggroup",
    "newscentre_category",
    "newscentre_publisher",
    "profiles_tag",
)


class Migration(migrations.Migration):
    dependencies = [("imap", "0004_former_addresses")]

    operations = [SayableKeys("atlas_subject", "bigint"), *(SayableKeys(table, "text") for table in NAMED_BY_SLUG)]
