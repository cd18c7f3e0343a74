from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0005_lock_knows_viewing_as"),
    ]

    operations = [
        migrations.AlterField(
            model_name="indicator",
            name="unit",
            field=models.CharField(
                choices=[
                    ("persons", "persons"),
                    ("detections", "detections"),
                    ("percent", "per cent"),
                    ("per-1000", "per 1,000"),
                    ("births-per-woman", "births per woman"),
                    ("years", "years"),
                    ("usd-2005", "international dollars of 2005"),
                ],
                max_length=30,
                verbose_name="unit",
            ),
        ),
    ]
