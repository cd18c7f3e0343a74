from django.db import migrations, models


class Migration(migrations.Migration):
    """A saved search without a name of its reader's own is named by what it looks for, when it is shown."""

    dependencies = [("newscentre", "0027_alter_meeting_state")]
    operations = [
        migrations.AlterField("watch", "name", models.CharField(blank=True, max_length=80, verbose_name="name")),
    ]
