"""Store days' rows and closed pay periods: the last of the three steps in `core.allowance.domain.days`."""

from collections.abc import Sequence
from dataclasses import fields

from django.db.models import Q

from core.allowance.domain.closed_lines import dump_line
from core.allowance.domain.days import CalculatedDay, CalculatedPeriod, Changes
from core.allowance.queries import PROJECTED
from core.models import DailyAllowance, PayPeriod

_BATCH_ROWS = 500
_PERIOD_COLUMNS = (
    *("end", "currency", "savings_percent", "carries", "repays"),
    *("own_pool", "carried", "repaid", "pool", "spent", "left", "due", "reconciliation", "lines", "updated_at"),
)


def store_changes(*, changes: Changes) -> list[DailyAllowance]:
    """Make or change the rows of days and of closed pay periods, under their owners' locks. Returns the days' rows."""
    _delete_reopened(changes)
    store_periods(periods=changes.periods)
    return store_days(days=changes.days)


def store_days(*, days: Sequence[CalculatedDay]) -> list[DailyAllowance]:
    """Make or change many days' rows, under their owners' locks, and return them in the order given.

    The day is the key: a row that exists is changed, the others are made. `created_at` of the rows returned is only
    right where they are new.
    """
    rows = [
        DailyAllowance(
            user_id=day.user_id,
            date=day.date,
            **{field.name: getattr(day.values, field.name) for field in fields(day.values)},
        )
        for day in days
    ]
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


def store_periods(*, periods: Sequence[CalculatedPeriod]) -> None:
    """Make or change the rows of closed pay periods, under their owners' locks. The first day is the key."""
    rows = [
        PayPeriod(
            user_id=period.user_id,
            start=period.closed.period.start,
            end=period.closed.period.end,
            currency=period.currency,
            savings_percent=period.closed.savings_percent,
            carries=period.closed.carries,
            repays=period.closed.repays,
            own_pool=period.closed.own_pool,
            carried=period.closed.carried,
            repaid=period.closed.repaid,
            pool=period.closed.pool,
            spent=period.closed.spent,
            left=period.closed.left,
            due=period.closed.due,
            reconciliation_id=period.closed.reconciliation_id,
            lines=[dump_line(line=line) for line in period.closed.lines],
        )
        for period in periods
    ]
    PayPeriod.objects.bulk_create(
        rows,
        batch_size=_BATCH_ROWS,
        update_conflicts=True,
        unique_fields=["user", "start"],
        update_fields=_PERIOD_COLUMNS,
    )


def _delete_reopened(changes: Changes) -> None:
    """Delete the rows of pay periods that run again: they close once more, by the plan as it stands then."""
    wanted = Q()
    for user_id, start in changes.reopened:
        wanted |= Q(user_id=user_id, start=start)
    if wanted:
        PayPeriod.objects.filter(wanted).delete()
