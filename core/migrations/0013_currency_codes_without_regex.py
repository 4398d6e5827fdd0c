"""Checks of currency codes by functions that every engine has: SQLite's own tools know no REGEXP.

The rows that are there passed the stricter checks before: they need no validation.
"""

from django.db import migrations, models
from django.db.models.functions import Length, Upper
from django.db.models.lookups import Exact

from core.db.migration_operations import AddCheckNotValid


class Migration(migrations.Migration):
    dependencies = [("core", "0012_ownerless_events")]

    operations = [
        migrations.RemoveConstraint(model_name="exchangerate", name="exchangerate_codes"),
        migrations.RemoveConstraint(model_name="user", name="user_currency_code"),
        AddCheckNotValid(
            model_name="exchangerate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    Exact(Length("base"), 3),
                    Exact(models.F("base"), Upper("base")),
                    Exact(Length("quote"), 3),
                    Exact(models.F("quote"), Upper("quote")),
                ),
                name="exchangerate_codes",
            ),
        ),
        AddCheckNotValid(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(Exact(Length("currency"), 3), Exact(models.F("currency"), Upper("currency"))),
                name="user_currency_code",
            ),
        ),
    ]
