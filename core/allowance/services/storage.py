"""Store days' rows: the last of the three steps in `core.allowance.domain.snapshots`."""

from collections.abc import Sequence
from dataclasses import asdict

from core.allowance.domain import CalculatedDay
from core.allowance.queries import PROJECTED
from core.models import DailyAllowance

_BATCH_ROWS = 500


def store_days(*, days: Sequence[CalculatedDay]) -> list[DailyAllowance]:
    """Make or change many days' rows, under their owners' locks, and return them in the order given.

    The day is the key: a row that exists is changed, the others are made. `created_at` of the rows returned is only
    right where they are new.
    """
    rows = [DailyAllowance(user_id=day.user_id, date=day.date, **asdict(day.values)) for day in days]
    # An insert that gives way to an update: `bulk_update` builds a CASE of every value and takes thirty times as long.
    DailyAllowance.objects.bulk_create(
        rows,
        batch_size=_BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["user", "date"],
        update_fields=[*PROJECTED, "updated_at"],
    )
    for row in rows:
        row.remember()
    return rows
