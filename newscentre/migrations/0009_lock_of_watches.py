from django.db import migrations

from access.lock import Lock

# What somebody looks for is theirs alone.
OWN = "('person:' || owner_id) = ANY ((SELECT imap_viewer())::text[]) AND audience = ARRAY['person:' || owner_id]"


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0008_watches_and_mailings")]

    operations = [Lock("newscentre_watch", audience="own", parents={}, write=OWN)]
