import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_groups_stay_in_their_dialogue"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sign_ins_ended",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name="AgencyAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agency", models.CharField(editable=False, max_length=60, verbose_name="agency")),
                ("subject", models.CharField(editable=False, max_length=255, verbose_name="identifier at the agency")),
                (
                    "first_used_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="first used"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agency_accounts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "account at an agency",
                "verbose_name_plural": "accounts at agencies",
                "ordering": ["agency", "user"],
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "subject"), name="one_person_for_an_agency_account"),
                    models.UniqueConstraint(fields=("user", "agency"), name="one_account_at_an_agency"),
                ],
            },
        ),
    ]
