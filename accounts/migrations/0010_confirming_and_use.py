import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import access.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_viewing_as"),
        ("atlas", "0002_revision"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="UseOfQuarter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_on", models.DateField(help_text="its first day", verbose_name="quarter")),
                ("reads", models.PositiveIntegerField(verbose_name="reads")),
                ("readers", models.PositiveIntegerField(verbose_name="readers")),
                ("partners", models.PositiveIntegerField(verbose_name="partners")),
                ("profiles", models.PositiveIntegerField(verbose_name="profiles read")),
            ],
            options={
                "verbose_name": "use in a quarter",
                "verbose_name_plural": "use by quarter",
                "ordering": ["-began_on", "dialogue"],
            },
        ),
        migrations.CreateModel(
            name="Widening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_id", models.PositiveBigIntegerField(editable=False)),
                ("name", models.CharField(help_text="as the log names it", max_length=200, verbose_name="of what")),
                (
                    "held",
                    access.fields.AudienceField(
                        base_field=models.TextField(),
                        blank=True,
                        default=None,
                        editable=False,
                        null=True,
                        size=None,
                        validators=[access.fields.validate_tokens],
                    ),
                ),
                (
                    "wanted",
                    access.fields.AudienceField(
                        base_field=models.TextField(),
                        blank=True,
                        default=None,
                        editable=False,
                        null=True,
                        size=None,
                        validators=[access.fields.validate_tokens],
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
            ],
            options={
                "verbose_name": "wider audience to confirm",
                "verbose_name_plural": "wider audiences to confirm",
                "ordering": ["-asked_at"],
            },
        ),
        migrations.RemoveIndex(
            model_name="logentry",
            name="log_of_a_dialogue",
        ),
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
                    ("viewed-as", "viewed as someone else"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
        migrations.AlterField(
            model_name="logentry",
            name="dialogue",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="atlas.dialogue",
                verbose_name="dialogue",
            ),
        ),
        migrations.AddIndex(
            model_name="logentry",
            index=models.Index(fields=["-at", "-id"], name="log_in_its_order"),
        ),
        migrations.AddField(
            model_name="useofquarter",
            name="dialogue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="atlas.dialogue",
                verbose_name="dialogue",
            ),
        ),
        migrations.AddField(
            model_name="widening",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked by",
            ),
        ),
        migrations.AddField(
            model_name="widening",
            name="content_type",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="contenttypes.contenttype",
            ),
        ),
        migrations.AddField(
            model_name="widening",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="confirmed or refused by",
            ),
        ),
        migrations.AddField(
            model_name="widening",
            name="dialogue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="widenings",
                to="atlas.dialogue",
                verbose_name="dialogue",
            ),
        ),
        migrations.AddConstraint(
            model_name="useofquarter",
            constraint=models.UniqueConstraint(fields=("dialogue", "began_on"), name="one_row_for_a_quarter"),
        ),
        migrations.AddConstraint(
            model_name="widening",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("content_type", "object_id"),
                name="one_widening_of_a_row_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="widening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False), models.Q(("decided_by", models.F("asked_by")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="a_second_person_confirms_a_widening",
            ),
        ),
    ]
