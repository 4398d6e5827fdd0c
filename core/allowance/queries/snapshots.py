"""Read everything that days are calculated from: the first of the three steps in `core.allowance.domain.days`."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from core.allowance.domain.days import DayInput, DaysSnapshot, SnapshotScope, SpendingByDay
from core.allowance.queries.days import (
    RunningPool,
    StoredDay,
    load_earlier_days,
    load_running_pools,
    load_stored_days,
    sum_net_spending,
)
from core.allowance.queries.figures import load_figures
from core.kernel.pay_periods import ONE_DAY

_NOTHING = Decimal(0)

Rows = Mapping[date, StoredDay]


def load_snapshot(*, scope: SnapshotScope, rows: Rows | None = None) -> DaysSnapshot:
    """Return the snapshot of one person.

    `rows` are the stored days of the scope, where the caller has read them under the same lock.
    """
    known = None if rows is None else {scope.user_id: rows}
    return load_snapshots(scopes=[scope], rows=known)[scope.user_id]


def load_snapshots(
    *, scopes: Collection[SnapshotScope], rows: Mapping[int, Rows] | None = None
) -> dict[int, DaysSnapshot]:
    """Return the snapshots of these people by their ids.

    The number of statements does not depend on how many people and days there are.
    """
    rows = load_stored_days(scopes=scopes) if rows is None else rows
    sums = sum_net_spending(row_ids=[row.id for days in rows.values() for row in days.values()])
    spent = {user_id: {day: sums.get(row.id, _NOTHING) for day, row in days.items()} for user_id, days in rows.items()}
    current = {
        scope.user_id: [
            row.values
            for day, row in rows[scope.user_id].items()
            if day >= scope.today and day not in scope.opened_days
        ]
        for scope in scopes
    }
    opening = [scope for scope in scopes if scope.opened_days and not scope.changes_pools(current[scope.user_id])]
    pools = load_running_pools(scopes=opening, rows=rows)
    planned = [
        scope
        for scope in scopes
        if scope.needs_plan(current[scope.user_id], pools[scope.user_id].values if scope.user_id in pools else None)
    ]
    figures = load_figures(scopes=planned, spent=spent) if planned else {}
    others = [scope for scope in scopes if scope.user_id not in figures and scope.user_id not in pools]
    earlier = _load_earlier_spending(others, rows)
    snapshots = {}
    for scope in scopes:
        user_id = scope.user_id
        pool = pools.get(user_id)
        # The rows of these days may be out of date: what their transactions add up to takes their place.
        by_day = SpendingByDay({**(pool.spent if pool else {}), **earlier.get(user_id, {}), **spent[user_id]})
        snapshots[user_id] = DaysSnapshot(
            scope=scope,
            days={
                day: _build_input(scope, day, rows[user_id].get(day), by_day, pool)
                for day in sorted({*rows[user_id], *scope.opened_days})
            },
            figure=figures.get(user_id),
        )
    return snapshots


def _counts_anew(scope: SnapshotScope, day: date, row: StoredDay) -> bool:
    """Return whether what was spent before a day may have changed."""
    return day >= scope.today and any(row.values.counts_from <= changed < day for changed in scope.changed_days)


def _load_earlier_spending(
    scopes: Collection[SnapshotScope], rows: Mapping[int, Rows]
) -> dict[int, dict[date, Decimal]]:
    """Return what was spent before the days whose earlier days changed, by owner and by date."""
    stretches = []
    for scope in scopes:
        days = {day: row for day, row in rows[scope.user_id].items() if _counts_anew(scope, day, row)}
        if days:
            stretches.append((scope.user_id, min(row.values.counts_from for row in days.values()), max(days)))
    earlier = load_earlier_days(stretches=stretches)
    recounted = {scope.user_id for scope in scopes if scope.recounts and scope.user_id in earlier}
    sums = sum_net_spending(row_ids=[row_id for user_id in recounted for row_id, _spent in earlier[user_id].values()])
    return {
        user_id: {
            day: sums.get(row_id, _NOTHING) if user_id in recounted else amount
            for day, (row_id, amount) in by_day.items()
        }
        for user_id, by_day in earlier.items()
    }


def _build_input(
    scope: SnapshotScope, day: date, row: StoredDay | None, by_day: SpendingByDay, pool: RunningPool | None
) -> DayInput:
    stored = None if row is None else row.values
    running = pool.values if pool is not None and day in scope.opened_days else None
    spent_before = _NOTHING if stored is None else stored.spent_before
    if running is not None:
        spent_before = by_day.sum_between(start=running.counts_from, end=day)
    elif row is not None and _counts_anew(scope, day, row):
        spent_before = by_day.sum_between(start=row.values.counts_from, end=day)
    return DayInput(
        stored=stored,
        spent_before=spent_before,
        spent_today=by_day.sum_between(start=day, end=day + ONE_DAY),
        running=running,
    )
