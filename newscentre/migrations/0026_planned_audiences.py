from django.db import migrations

from access.fields import AudienceField


def planned() -> AudienceField:
    return AudienceField(verbose_name="audience once it is published", null=True, default=None, editable=False)


class Migration(migrations.Migration):
    dependencies = [("newscentre", "0025_reasons_of_what_ended")]

    operations = [
        migrations.AddField("article", "planned_audience", planned()),
        migrations.AddField("review", "planned_audience", planned()),
    ]
