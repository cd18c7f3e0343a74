from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds

OF_FEED = "EXISTS (SELECT 1 FROM newscentre_feed f WHERE f.id = feed_id AND " + secretariat_holds("f.dialogue_id") + ")"
FEED = {"feed_id": "newscentre_feed"}


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0001_initial"), ("access", "0002_viewing_as_in_the_database")]

    operations = [
        SecretariatInAudience("newscentre_feed"),
        SecretariatInAudience(
            "newscentre_article", "(SELECT dialogue_id FROM newscentre_feed WHERE id = ($1).feed_id)"
        ),
        Lock("newscentre_feed", audience="own", parents={}, write=secretariat_holds("dialogue_id")),
        Lock("newscentre_fetching", audience=None, parents=FEED, write=OF_FEED, desk_only=True),
        Lock("newscentre_article", audience="inherits", parents=FEED, write=OF_FEED),
    ]
