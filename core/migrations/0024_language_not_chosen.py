"""Replace the old default `en`, which did not mean a choice, by an empty language.

In steps, each a statement of its own; an interrupted run is repeated and gives the same.
"""

from django.db import migrations, models

_ROWS = 1000


def forget_default(apps, schema_editor):
    """Empty the language of those who have the old default."""
    people = apps.get_model("core", "User").objects
    while ids := list(people.filter(language="en").values_list("pk", flat=True)[:_ROWS]):
        people.filter(pk__in=ids, language="en").update(language="")


def restore_default(apps, schema_editor):
    """The version before takes no empty language."""
    people = apps.get_model("core", "User").objects
    while ids := list(people.filter(language="").values_list("pk", flat=True)[:_ROWS]):
        people.filter(pk__in=ids, language="").update(language="en")


class Migration(migrations.Migration):
    """The language of a profile may be empty."""

    atomic = False
    dependencies = [("core", "0023_dates_moved_along")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True, default="", help_text="Language of messages, such as en; empty: not chosen.", max_length=16
            ),
        ),
        migrations.RunPython(forget_default, restore_default),
    ]
