from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0029_slow_feeds")]

    operations = [
        migrations.AddField(
            "feed",
            "is_first_hand",
            models.BooleanField(default=False, db_default=False, editable=False, verbose_name="first-hand"),
        ),
        migrations.AddConstraint(
            "feed",
            models.UniqueConstraint(
                fields=["dialogue"],
                condition=Q(is_first_hand=True),
                name="one_feed_of_first_hand_news",
                violation_error_message="A dialogue has one feed of first-hand news.",
            ),
        ),
    ]
