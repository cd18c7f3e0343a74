import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_what_sign_ins_leave"),
        ("atlas", "0004_constraints_say_why"),
    ]

    operations = [
        migrations.AlterField(
            model_name="logentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("read", "read"),
                    ("exported", "exported"),
                    ("signed-in", "signed in"),
                    ("sign-in-failed", "failed to sign in"),
                    ("nominated", "nominated"),
                    ("audience-changed", "changed an audience"),
                    ("widening-asked", "asked for a wider audience"),
                    ("widening-refused", "refused a wider audience"),
                    ("policy-changed", "changed a partner's policy"),
                    ("policy-asked", "asked for a wider policy of a partner"),
                    ("policy-refused", "refused a wider policy of a partner"),
                    ("viewed-as", "viewed as someone else"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        migrations.CreateModel(
            name="PolicyWidening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "added_domains",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=253),
                        default=list,
                        editable=False,
                        size=None,
                        verbose_name="e-mail domains to add",
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(
                        editable=False, null=True, verbose_name="months until accounts are re-confirmed"
                    ),
                ),
                (
                    "requires_second_factor",
                    models.BooleanField(
                        editable=False, null=True, verbose_name="second factor required of all its people"
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "to be confirmed"),
                            ("confirmed", "confirmed"),
                            ("refused", "refused"),
                            ("overtaken", "overtaken by another change"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed or refused")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed or refused by",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy_widenings",
                        to="atlas.partner",
                        verbose_name="partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "wider policy to confirm",
                "verbose_name_plural": "wider policies to confirm",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("partner",),
                        name="one_widening_of_a_policy_waits",
                        violation_error_message="A wider policy of this partner waits to be confirmed already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_second_person_confirms_a_policy",
                        violation_error_message="A second person confirms a wider policy.",
                    ),
                ],
            },
        ),
    ]
