from django.db import migrations

from access.lock import Lock, ReadByTodaysRule
from imap.former_addresses_sql import WRITE

NAMED = "(subject_id IS NULL OR subject_id IN (SELECT atlas_subject_sayable_keys()))"


class Migration(migrations.Migration):
    """The former address of a subject is read by those who may be told of the subject, and removed with it by them."""

    dependencies = [("imap", "0005_plans_of_names_are_kept")]
    operations = [
        ReadByTodaysRule(
            Lock(
                "imap_formeraddress",
                audience=None,
                parents={
                    "profile_id": "profiles_profile",
                    "story_id": "routes_story",
                    "review_id": "newscentre_review",
                },
                names={"subject_id": "atlas_subject"},
                write=WRITE,
            )
        ),
        migrations.RunSQL(
            [
                f"ALTER POLICY changing ON imap_formeraddress USING ({WRITE} AND {NAMED}) WITH CHECK ({WRITE} AND {NAMED})",
                f"ALTER POLICY removing ON imap_formeraddress USING ({WRITE} AND {NAMED})",
            ],
            [
                f"ALTER POLICY changing ON imap_formeraddress USING ({WRITE}) WITH CHECK ({WRITE})",
                f"ALTER POLICY removing ON imap_formeraddress USING ({WRITE})",
            ],
        ),
    ]
