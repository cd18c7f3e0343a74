from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds

OF_REVIEW = (
    "EXISTS (SELECT 1 FROM newscentre_review r WHERE r.id = review_id AND " + secretariat_holds("r.dialogue_id") + ")"
)
BOTH = {"review_id": "newscentre_review", "article_id": "newscentre_article"}


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0010_press_reviews")]

    operations = [
        SecretariatInAudience("newscentre_review"),
        Lock("newscentre_review", audience="own", parents={}, write=secretariat_holds("dialogue_id")),
        Lock("newscentre_reviewitem", audience=None, parents=BOTH, write=OF_REVIEW),
    ]
