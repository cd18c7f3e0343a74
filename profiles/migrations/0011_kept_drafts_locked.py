from django.db import migrations

from access.lock import Lock, secretariat_holds

OF_PROFILE = (
    f"EXISTS (SELECT 1 FROM profiles_profile p WHERE p.id = profile_id AND {secretariat_holds('p.dialogue_id')})"
)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0010_kept_drafts"), ("access", "0001_the_viewer_in_the_database")]
    operations = [
        Lock(
            "profiles_keptdrafts",
            audience=None,
            parents={"profile_id": "profiles_profile"},
            write=OF_PROFILE,
            desk_only=True,
        ),
        # Nothing says that a State endorsed a text: the words were a free choice, bound to no content.
        migrations.RunSQL(
            "SELECT set_config('imap.keeping', 'on', true); UPDATE profiles_profile SET endorsement = 'with-state' WHERE endorsement IN ('endorsed', 'tacit'); "
            "SELECT set_config('imap.keeping', '', true)",
            migrations.RunSQL.noop,
        ),
    ]
