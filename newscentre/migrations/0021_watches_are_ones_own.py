from django.db import migrations

BEFORE = "('person:' || owner_id) = ANY ((SELECT imap_viewer())::text[]) AND audience = ARRAY['person:' || owner_id]"
OWN = "('self:' || owner_id) = ANY ((SELECT imap_viewer())::text[]) AND audience = ARRAY['self:' || owner_id]"


def writing(condition: str) -> list:
    return [
        f"ALTER POLICY adding ON newscentre_watch WITH CHECK ({condition})",
        f"ALTER POLICY changing ON newscentre_watch USING ({condition}) WITH CHECK ({condition})",
        f"ALTER POLICY removing ON newscentre_watch USING ({condition})",
    ]


RENAME: list = [
    "SET LOCAL imap.keeping = 'on'",
    "UPDATE newscentre_watch SET audience = ARRAY['self:' || owner_id]",
    "SET LOCAL imap.keeping = ''",
]


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0020_constraints_say_why"), ("accounts", "0018_groups_count_with_standing")]
    operations = [
        migrations.RunSQL(RENAME, migrations.RunSQL.noop),
        migrations.RunSQL(writing(OWN), writing(BEFORE)),
    ]
