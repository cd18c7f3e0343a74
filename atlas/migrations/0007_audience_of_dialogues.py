from django.db import migrations

import access.fields
from access.lock import (
    DIALOGUES_FUNCTION,
    IS_PORTAL,
    OVERLAP,
    SECRETARIATS_FUNCTION,
    Lock,
    SecretariatInAudience,
    in_its_dialogue,
)

PARTS = ("dialoguetheme", "outlinesection", "membership", "coverage", "boundaryrule", "basemap")


class Migration(migrations.Migration):
    """Who may know of a dialogue, and with it of what has no audience of its own there."""

    dependencies = [
        ("atlas", "0006_names_that_may_be_said"),
        ("access", "0003_groups_of_the_own_dialogue"),
    ]
    operations = [
        migrations.AddField(
            model_name="dialogue",
            name="audience",
            field=access.fields.AudienceField(default=access.fields.everyone, verbose_name="audience"),
        ),
        SecretariatInAudience("atlas_dialogue", "($1).slug"),
        migrations.RunSQL("UPDATE atlas_dialogue SET audience = audience", migrations.RunSQL.noop),
        migrations.RunSQL(DIALOGUES_FUNCTION, "DROP FUNCTION imap_dialogues()"),
        migrations.RunSQL(SECRETARIATS_FUNCTION, "DROP FUNCTION imap_secretariats()"),
        # The portal's administrators change dialogues and what hangs on them; they hold no token for it.
        Lock("atlas_dialogue", audience="own", parents={}, write=OVERLAP),
        migrations.RunSQL(
            f"ALTER POLICY reading ON atlas_dialogue USING ({OVERLAP} OR {IS_PORTAL})", migrations.RunSQL.noop
        ),
        *(
            Lock(f"atlas_{part}", audience=None, parents={}, of_dialogue="dialogue_id", write=in_its_dialogue())
            for part in PARTS
        ),
    ]
