from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0028_label_of_a_watch")]

    operations = [
        migrations.AddField(
            model_name="fetching",
            name="is_slow",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="slow"),
        ),
    ]
