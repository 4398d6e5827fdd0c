"""The day whose pay period is the first that is kept, of accounts that are older than closed periods."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0020_session_pairs")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="kept_from",
            field=models.DateField(
                editable=False,
                help_text="A day of the first pay period that is kept; null: the one on which the account was made.",
                null=True,
            ),
        ),
    ]
