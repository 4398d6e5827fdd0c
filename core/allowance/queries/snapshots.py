"""Read everything that days are calculated from: the first of the three steps in `core.allowance.domain.snapshots`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from core.allowance.domain import DatedPlan, DayInput, Snapshot, SnapshotScope, SpendingByDay
from core.allowance.queries.days import StoredDay, load_earlier_days, load_stored_days, sum_net_spending
from core.allowance.queries.plans import StoredPlan, date_plan, load_stored_plans
from core.currencies.domain import RateBook
from core.currencies.queries import load_rate_history, load_rates
from core.kernel.errors import DomainError
from core.kernel.schedules import ONE_DAY

_NOTHING = Decimal(0)

DatedPlans = Mapping[date, DatedPlan]
Rows = Mapping[date, StoredDay]


def load_snapshot(*, scope: SnapshotScope, rows: Rows | None = None) -> Snapshot:
    """Return the snapshot of one person. Raises UnknownRate and UnknownCurrency.

    `rows` are the stored days of the scope, where the caller has read them under the same lock.
    """
    known = None if rows is None else {scope.user_id: rows}
    snapshot = load_snapshots(scopes=[scope], rows=known)[scope.user_id]
    if isinstance(snapshot, DomainError):
        raise snapshot
    return snapshot


def load_snapshots(
    *, scopes: Collection[SnapshotScope], rows: Mapping[int, Rows] | None = None
) -> dict[int, Snapshot | DomainError]:
    """Return the snapshots of these people by their ids.

    Where somebody's plan cannot be converted, that error stands in its place, and the others are not held up. The
    number of statements does not depend on how many people and days there are.
    """
    rows = load_stored_days(scopes=scopes) if rows is None else rows
    plans = _load_dated_plans(scopes, rows)
    spent = sum_net_spending(row_ids=[row.id for days in rows.values() for row in days.values()])
    loadable = [(scope, dated) for scope in scopes if not isinstance(dated := plans[scope.user_id], DomainError)]
    starts = {scope.user_id: _list_period_starts(scope, rows[scope.user_id], dated) for scope, dated in loadable}
    earlier = _load_earlier_spending([scope for scope, _dated in loadable], starts)
    snapshots: dict[int, Snapshot | DomainError] = {
        user_id: error for user_id, error in plans.items() if isinstance(error, DomainError)
    }
    for scope, dated in loadable:
        user_id = scope.user_id
        spent_today = {day: spent.get(row.id, _NOTHING) for day, row in rows[user_id].items()}
        # The rows of these days may be out of date: what their transactions add up to takes their place.
        by_day = SpendingByDay({**earlier.get(user_id, {}), **spent_today})
        snapshots[user_id] = Snapshot(
            user_id=user_id,
            currency=scope.currency,
            today=scope.today,
            days={
                day: _build_input(day, rows[user_id].get(day), dated.get(day), starts[user_id].get(day), by_day)
                for day in _list_days(scope, rows[user_id])
            },
        )
    return snapshots


def _list_days(scope: SnapshotScope, rows: Rows) -> list[date]:
    return sorted({*rows, *scope.opened_days})


def _load_dated_plans(
    scopes: Collection[SnapshotScope], rows: Mapping[int, Rows]
) -> dict[int, DatedPlans | DomainError]:
    """Return the plan of each day that is calculated from it, by the id of the owner."""
    plans: dict[int, DatedPlans | DomainError] = {scope.user_id: {} for scope in scopes}
    days = {scope: [day for day in _list_days(scope, rows[scope.user_id]) if scope.uses_plan(day)] for scope in scopes}
    planned = [scope for scope in scopes if days[scope]]
    if not planned:
        return plans
    stored = load_stored_plans(user_ids=[scope.user_id for scope in planned])
    book = _load_book(
        {pair for scope in planned for pair in stored[scope.user_id].list_conversions(into=scope.currency)},
        {day for scope in planned for day in days[scope]},
    )
    for scope in planned:
        try:
            plans[scope.user_id] = _date_plan(stored[scope.user_id], scope.currency, book, days[scope])
        except DomainError as error:
            plans[scope.user_id] = error
    return plans


def _load_book(conversions: Collection[tuple[str, str]], days: Collection[date]) -> RateBook:
    first, last = min(days), max(days)
    if first == last:
        return load_rates(conversions=conversions, on_date=first)
    return load_rate_history(conversions=conversions, first=first, last=last)


def _date_plan(stored: StoredPlan, into: str, book: RateBook, days: Sequence[date]) -> DatedPlans:
    if not stored.list_conversions(into=into):
        # In the owner's own currency the plan is the same on every day.
        return dict.fromkeys(days, date_plan(stored=stored, into=into, book=book, on_date=days[0]))
    return {day: date_plan(stored=stored, into=into, book=book, on_date=day) for day in days}


def _list_period_starts(scope: SnapshotScope, rows: Rows, dated: DatedPlans) -> dict[date, date]:
    """Return the start of the pay period of each day whose earlier days must be added up."""
    starts = {day: plan.calendar.period_containing(day).start for day, plan in dated.items()}
    for day, row in rows.items():
        start = row.values.period_start
        if day >= scope.today and day not in starts and any(start <= named < day for named in scope.named_days):
            starts[day] = start
    return starts


def _load_earlier_spending(
    scopes: Collection[SnapshotScope], starts: Mapping[int, Mapping[date, date]]
) -> dict[int, dict[date, Decimal]]:
    """Return what was spent from the earliest of these starts on, by owner and by date."""
    days = load_earlier_days(
        stretches=[(user_id, min(by_day.values()), max(by_day)) for user_id, by_day in starts.items() if by_day]
    )
    recounted = [scope.user_id for scope in scopes if scope.recounts and scope.user_id in days]
    counted = sum_net_spending(row_ids=[row_id for user_id in recounted for row_id, _spent in days[user_id].values()])
    spending = {user_id: {day: spent for day, (_id, spent) in rows.items()} for user_id, rows in days.items()}
    for user_id in recounted:
        spending[user_id] = {day: counted.get(row_id, _NOTHING) for day, (row_id, _spent) in days[user_id].items()}
    return spending


def _build_input(
    day: date, row: StoredDay | None, dated_plan: DatedPlan | None, period_start: date | None, by_day: SpendingByDay
) -> DayInput:
    stored = None if row is None else row.values
    spent_before = _NOTHING if stored is None else stored.spent_before
    if period_start is not None:
        spent_before = by_day.sum_between(start=period_start, end=day)
    spent_today = by_day.sum_between(start=day, end=day + ONE_DAY)
    return DayInput(stored=stored, dated_plan=dated_plan, spent_before=spent_before, spent_today=spent_today)
