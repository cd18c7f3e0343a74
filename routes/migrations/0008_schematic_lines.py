from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("routes", "0007_constraints_say_why")]

    operations = [
        migrations.AddField(
            "segmentdrawing",
            "is_schematic",
            models.BooleanField(
                default=True,
                help_text="A picture of the way between its ends: nothing is said of the countries that lie between them.",
                verbose_name="schematic",
            ),
        ),
    ]
