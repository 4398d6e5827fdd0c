"""What items that are there have had so far: their first dates, and the days on which they were added and valued.

In steps of some thousand rows, each a transaction of its own, so that nobody waits for long. An interrupted run is
repeated from the beginning; it gives the same.
"""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.models import F

from core.db.migration_operations import ValidateCheck

_ROWS = 5000
_ANCHORS = {"Income": "next_payment_date", "Expense": "due_date"}
_STEP_DAYS = {"daily": 1, "weekly": 7, "bi-weekly": 14, "four-weekly": 28}
_STEP_MONTHS = {"monthly": 1, "quarterly": 3, "semi-annual": 6, "annual": 12}


def _step_back(anchor: date, frequency: str) -> date:
    if frequency in _STEP_DAYS:
        return anchor - timedelta(days=_STEP_DAYS[frequency])
    year, month = divmod(anchor.year * 12 + anchor.month - 1 - _STEP_MONTHS[frequency], 12)
    return date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))


def _is_running(anchor: date, frequency: str, scheduled_on: date) -> bool:
    """Return whether the date one step before the anchor is on or before the day on which the schedule was set."""
    return frequency != "once" and _step_back(anchor, frequency) <= scheduled_on


def _in_steps(rows):
    after = 0
    while ids := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:_ROWS]):
        yield rows.filter(pk__gt=after, pk__lte=ids[-1])
        after = ids[-1]


def fill(apps, schema_editor):
    """Set the columns of rows that are there."""
    today = datetime.now(UTC).date()
    for name, anchor in _ANCHORS.items():
        items = apps.get_model("core", name).objects
        for rows in _in_steps(items.all()):
            columns = rows.values_list("pk", anchor, "frequency", "scheduled_on")
            first = [pk for pk, day, frequency, set_on in columns if not _is_running(day, frequency, set_on)]
            rows.filter(valued_on__isnull=True).update(valued_on=today)
            items.filter(pk__in=first, first_date__isnull=True).update(first_date=F(anchor))
    for rows in _in_steps(apps.get_model("core", "SavingsGoal").objects.filter(added_on__isnull=True)):
        goals = list(rows.select_related("user"))
        for goal in goals:
            goal.added_on = goal.created_at.astimezone(ZoneInfo(goal.user.timezone)).date()
        apps.get_model("core", "SavingsGoal").objects.bulk_update(goals, ["added_on"], batch_size=500)


_CHECKS = ("frequency_known", "adjust_known", "starts_by_its_date", "ends_from_its_date", "month_days_fit")
_GOAL_CHECKS = ("target_in_bounds", "target_date_in_bounds", "percentage_or_target")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("core", "0015_closed_periods")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(ValidateCheck(model, f"{model}_{check}") for model in ("income", "expense") for check in _CHECKS),
        *(ValidateCheck("savingsgoal", f"savingsgoal_{check}") for check in _GOAL_CHECKS),
    ]
