"""Of accounts that are there the pay periods of the last year close, at their first request or in the next night.

In steps of some thousand rows, each a transaction of its own, so that nobody waits for long. An interrupted run is
repeated from the beginning; it gives the same.
"""

from datetime import UTC, datetime, timedelta

from django.db import migrations

_ROWS = 5000
_KEPT = timedelta(days=365)


def keep_a_year(apps, schema_editor):
    """Set the first day that is kept, of accounts that are older than a year."""
    first_instant = datetime.now(UTC) - _KEPT
    users = apps.get_model("core", "User").objects.filter(date_joined__lt=first_instant, kept_from__isnull=True)
    while ids := list(users.order_by("pk").values_list("pk", flat=True)[:_ROWS]):
        users.filter(pk__in=ids).update(kept_from=first_instant.date())


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("core", "0021_first_kept_day")]

    operations = [migrations.RunPython(keep_a_year, migrations.RunPython.noop)]
