from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_names_that_may_be_said"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="sign_ins_ended",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="times that all sign-ins ended"),
        ),
    ]
