"""Items whose date was moved along its own schedule before that made no new schedule of it.

The version before took each change of a date for a new schedule, so that an income whose date was moved on a day early had
not begun. What was entered stands in the audit: it is replayed by the rule that holds now. An item without its events
stays as it is. In steps, each a transaction of its own; an interrupted run is repeated and gives the same.
"""

import calendar
from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations

_ROWS = 1000
_ITEMS = {"Income": ("income", "next_payment_date"), "Expense": ("expense", "due_date")}
_STEP_DAYS = {"daily": 1, "weekly": 7, "bi-weekly": 14, "four-weekly": 28}
_STEP_MONTHS = {"monthly": 1, "quarterly": 3, "semi-annual": 6, "annual": 12}


def _add_months(anchor: date, months: int) -> date:
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))


def _step_back(anchor: date, frequency: str) -> date:
    if frequency in _STEP_DAYS:
        return anchor - timedelta(days=_STEP_DAYS[frequency])
    return _add_months(anchor, -_STEP_MONTHS[frequency])


def _is_on_schedule(day: date, anchor: date, frequency: str) -> bool:
    if frequency in _STEP_DAYS:
        return (day - anchor).days % _STEP_DAYS[frequency] == 0
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    return months % _STEP_MONTHS[frequency] == 0 and _add_months(anchor, months) == day


def replay(events, anchor_field):
    """Return frequency, anchor, first date (None: running) and the day on which the schedule was set.

    `events` are (local day, changes) in order, the first of them when the item was added. None where they say nothing
    of a schedule.
    """
    frequency = anchor = first_date = set_on = None
    for day, changes in events:
        new_frequency = changes.get("frequency", [None, frequency])[1]
        new_anchor = date.fromisoformat(changes[anchor_field][1]) if anchor_field in changes else anchor
        if new_anchor is None or new_frequency not in {**_STEP_DAYS, **_STEP_MONTHS}:
            return None
        if new_frequency != frequency or not _is_on_schedule(new_anchor, anchor, frequency):
            set_on = day
            first_date = None if _step_back(new_anchor, new_frequency) <= day else new_anchor
        elif first_date is not None:
            first_date = min(first_date, new_anchor)
        frequency, anchor = new_frequency, new_anchor
    return frequency, anchor, first_date, set_on


def mend(apps, schema_editor):
    """Set the first date of items whose date was moved since they were added."""
    for name, (object_type, anchor_field) in _ITEMS.items():
        items = apps.get_model("core", name).objects.filter(first_date__isnull=False, start_date__isnull=True)
        items = items.exclude(frequency="once")
        after = 0
        while rows := list(items.filter(pk__gt=after).select_related("user").order_by("pk")[:_ROWS]):
            after = rows[-1].pk
            _mend_rows(apps, rows, object_type, anchor_field)


def _mend_rows(apps, rows, object_type, anchor_field):
    found = apps.get_model("core", "AuditEvent").objects.filter(
        user_id__in={row.user_id for row in rows},
        object_type=object_type,
        object_id__in=[str(row.pk) for row in rows],
        action__in=["created", "updated"],
    )
    events = defaultdict(list)
    zones = {str(row.pk): ZoneInfo(row.user.timezone) for row in rows}
    for object_id, at, changes in found.order_by("pk").values_list("object_id", "at", "changes"):
        events[object_id].append((at.astimezone(zones[object_id]).date(), changes))
    for row in rows:
        replayed = replay(events[str(row.pk)], anchor_field) if events[str(row.pk)] else None
        if replayed is None or replayed[:2] != (row.frequency, getattr(row, anchor_field)):
            continue
        _frequency, _anchor, first_date, set_on = replayed
        if first_date is None or first_date < row.first_date:
            type(row).objects.filter(pk=row.pk).update(first_date=first_date, scheduled_on=set_on)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("core", "0022_kept_year")]

    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
