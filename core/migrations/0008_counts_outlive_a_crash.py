"""Counts of wrong guesses hold when PostgreSQL crashes: what is unlogged is emptied then."""

from django.db import migrations


def _keep(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE core_throttlecounter SET LOGGED")


def _forget(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE core_throttlecounter SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [("core", "0007_second_factor")]

    operations = [migrations.RunPython(_keep, _forget)]
