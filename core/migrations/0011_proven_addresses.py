"""Addresses that are proven by a link. Those of accounts that exist count as proven."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.db.migration_operations import AddCheckNotValid

_KINDS = [
    "registration",
    "email_verification",
    "password_reset",
    "username_reset",
    "password_changed",
    "username_changed",
    "email_changed",
    "2fa_enabled",
    "2fa_disabled",
]

_PROVE_EXISTING = """
INSERT INTO core_provenaddress (user_id, email, email_key, proven_at)
SELECT id, email, email_key, CURRENT_TIMESTAMP FROM core_user WHERE email <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0010_holiday_calendar")]

    operations = [
        migrations.CreateModel(
            name="ProvenAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254)),
                (
                    "email_key",
                    models.CharField(help_text="Folded as the account's own `email_key` is.", max_length=254),
                ),
                ("proven_at", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proven_address",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "proven address",
                "verbose_name_plural": "proven addresses",
                "constraints": [models.UniqueConstraint(fields=["email_key"], name="provenaddress_email_unique_ci")],
            },
        ),
        migrations.RunSQL(_PROVE_EXISTING, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="SentLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient_key", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "sent link",
                "indexes": [models.Index(fields=["recipient_key", "sent_at"], name="sentlink_recipient")],
            },
        ),
        migrations.RemoveConstraint(model_name="outgoingmail", name="outgoingmail_kind_known"),
        migrations.AlterField(
            model_name="outgoingmail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("registration", "Registration"),
                    ("email_verification", "Email Verification"),
                    ("password_reset", "Password Reset"),
                    ("username_reset", "Username Reset"),
                    ("password_changed", "Password Changed"),
                    ("username_changed", "Username Changed"),
                    ("email_changed", "Email Changed"),
                    ("2fa_enabled", "Second Factor Enabled"),
                    ("2fa_disabled", "Second Factor Disabled"),
                ],
                max_length=32,
            ),
        ),
        AddCheckNotValid(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", _KINDS)), name="outgoingmail_kind_known"
            ),
        ),
    ]
