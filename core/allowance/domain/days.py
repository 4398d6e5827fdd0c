"""What days are calculated from, and what is calculated of them: plain values on the one road of the figure.

    load_snapshots     (allowance.queries)  reads, and is the only one that does
    calculate_changes  (here)               is pure: of one snapshot
    store_changes      (allowance.services) writes, and is the only one that does

Single writes, the nightly opening, imports, the drift check, `explain` and a change of currency all take it. A
`SnapshotScope` says which days of one person are wanted, a `DaysSnapshot` holds a `DayInput` for each of them, and
`DayValues` are the columns of a day's row that follow from it. Where the plan is needed, `figure` is everything that
the fifteen rules of the figure depend on; pay periods that are over are then closed first.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate

from core.allowance.domain.closing import close_until, open_running_period, recalculate_closed
from core.allowance.domain.day import calculate_amount, check_spending, even_out, list_weights
from core.allowance.domain.figure import calculate_day as calculate_figure
from core.allowance.domain.plan import prepare_plan
from core.allowance.domain.results import DayFigure
from core.allowance.domain.values import ClosedPeriod, Leftover, Overspend, Settings, Snapshot
from core.kernel.pay_periods import ONE_DAY


@dataclass(frozen=True, slots=True)
class DayValues:
    """The columns of a day's row that follow from other rows, amounts in `currency`.

    `spent_from` is the day of the reconciliation that counts, None without one.
    """

    currency: str
    amount: Decimal
    remaining_amount: Decimal
    pool: Decimal
    spent_before: Decimal
    tomorrow: Decimal
    period_start: date
    period_end: date
    own_pool: Decimal | None
    carried: Decimal
    repaid: Decimal
    due: Decimal
    spent_from: date | None
    income_counts: bool

    @property
    def spent(self) -> Decimal:
        """The day's net spending."""
        return self.amount - self.remaining_amount

    @property
    def counts_from(self) -> date:
        """The first day whose spending counts in the pay period."""
        return self.spent_from or self.period_start

    def continues_on(self, day: date) -> bool:
        """Return whether the pool of this row is that of another day too, and says all that the day needs.

        It is where both lie in one pay period, after the same reconciliation if there is one, and no amount is
        converted at the day's rate: whoever changes the plan refreshes the row of their day. The last day of a pay
        period needs the pool of the next one.
        """
        return self.own_pool is not None and self.counts_from <= day and day + ONE_DAY < self.period_end


@dataclass(frozen=True, slots=True)
class SnapshotScope:
    """Which days of one person a snapshot holds: those named here, and every row of today and later.

    Transactions of `changed_days` have changed. `opened_days` are calculated from the plan, whether they have a row
    or not. With `plan_changed` so are today's row and later ones; without it their pool stays as it is stored, unless
    a transaction changed it. What was spent on earlier days of a pay period is read from their rows; with `recounts`
    from their transactions. `paydays_changed_on` is that of `values.Snapshot`.
    """

    user_id: int
    settings: Settings
    today: date
    paydays_changed_on: date | None = None
    changed_days: frozenset[date] = frozenset()
    opened_days: frozenset[date] = frozenset()
    plan_changed: bool = False
    recounts: bool = False

    @property
    def named_days(self) -> frozenset[date]:
        """The days that are wanted whatever day it is."""
        return self.changed_days | self.opened_days

    @property
    def _takes_over(self) -> bool:
        """Whether the next pay period takes over what this one leaves or owes."""
        return self.settings.leftover is Leftover.CARRY or self.settings.overspend is Overspend.REPAY

    def changes_pools(self, rows: Collection[DayValues]) -> bool:
        """Return whether the pools of these rows of today and later may have changed: then the plan is needed.

        A late entry may change what closed pay periods carry into the running one, and an entry of the day of a
        reconciliation what was spent before that. On the last day of a pay period an entry changes what the next one
        takes over, and so tomorrow's amount. A row without an own pool is from before pay periods were closed.
        """
        ends_today = [row for row in rows if row.period_end == self.today + ONE_DAY]
        return (
            self.plan_changed
            or any(row.own_pool is None for row in rows)
            or (self._takes_over and bool(self.changed_days) and bool(ends_today))
            or any(
                changed < row.period_start or changed == row.spent_from for row in rows for changed in self.changed_days
            )
        )

    def needs_plan(self, rows: Collection[DayValues], running: DayValues | None) -> bool:
        """Return whether the plan is needed: for a pool that may have changed, or for a day without its figure.

        `rows` are those of today and later, `running` is the last row, if the days that are opened can take over its
        pool.
        """
        opened = {day for day in self.opened_days if running is None or not running.continues_on(day)}
        return bool(opened) or self.changes_pools([*rows, *([] if running is None else [running])])


@dataclass(frozen=True, slots=True)
class DayInput:
    """What one day is calculated from: its row as stored (None without one) and its net spending.

    `spent_before` is the net spending of its pay period before it, as far as the pool counts it. `running` is the row
    of another day whose pool a day that is opened takes over, where that is possible.
    """

    stored: DayValues | None
    spent_before: Decimal
    spent_today: Decimal
    running: DayValues | None = None


@dataclass(frozen=True, slots=True)
class DaysSnapshot:
    """Everything that the days of one person are calculated from, in ascending order of the days.

    `figure` is None where no day is calculated from the plan.
    """

    scope: SnapshotScope
    days: Mapping[date, DayInput]
    figure: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class CalculatedDay:
    """What the row of one person's day must hold."""

    user_id: int
    date: date
    values: DayValues


@dataclass(frozen=True, slots=True)
class CalculatedPeriod:
    """What the row of one person's closed pay period must hold."""

    user_id: int
    currency: str
    closed: ClosedPeriod


@dataclass(frozen=True, slots=True)
class Changes:
    """The rows of one or several people that must change or be made. `reopened` are closed periods that run again."""

    days: tuple[CalculatedDay, ...] = ()
    periods: tuple[CalculatedPeriod, ...] = ()
    reopened: tuple[tuple[int, date], ...] = ()

    def __add__(self, other: "Changes") -> "Changes":
        """Return the changes of both."""
        return Changes(self.days + other.days, self.periods + other.periods, self.reopened + other.reopened)


class SpendingByDay:
    """Net spending of single days, and its sums over any range of them."""

    def __init__(self, by_day: Mapping[date, Decimal]) -> None:
        self._days = sorted(by_day)
        self._totals = list(accumulate((by_day[day] for day in self._days), initial=Decimal(0)))

    def sum_between(self, *, start: date, end: date) -> Decimal:
        """Return the net spending of `[start, end)`."""
        return self._totals[bisect_left(self._days, end)] - self._totals[bisect_left(self._days, start)]


def calculate_changes(*, snapshot: DaysSnapshot) -> Changes:
    """Return the rows of a snapshot that must change or be made.

    Pay periods that are over are closed first, and closed ones follow late entries. Raises FigureOutOfRange and, where
    an amount cannot be converted, UnknownRate.
    """
    scope, figure = snapshot.scope, snapshot.figure
    changes = Changes()
    if figure is not None:
        closed = close_periods(figure=figure, changed_days=scope.changed_days)
        changes = _compare_periods(scope, before=figure.closed, after=closed)
        figure = replace(figure, closed=closed)
    calculated = {
        day: _calculate_day(replace(snapshot, figure=figure), day, stored) for day, stored in snapshot.days.items()
    }
    days = [
        CalculatedDay(user_id=scope.user_id, date=day, values=values)
        for day, values in calculated.items()
        if values != snapshot.days[day].stored
    ]
    return changes + Changes(days=tuple(days))


def calculate_day(*, snapshot: DaysSnapshot, on_date: date) -> DayValues:
    """Return what the row of one day of the snapshot must hold. Raises as `calculate_changes` does.

    A past day keeps its amount, unless it is opened only now.
    """
    return _calculate_day(snapshot, on_date, snapshot.days[on_date])


def close_periods(*, figure: Snapshot, changed_days: frozenset[date]) -> tuple[ClosedPeriod, ...]:
    """Return the closed pay periods as of today: those that were, after late entries, and those that are over now."""
    is_late = figure.closed and changed_days and min(changed_days) < figure.closed[-1].period.end
    if is_late:
        figure = replace(figure, closed=recalculate_closed(snapshot=figure, first_day=min(changed_days)))
    return close_until(open_period=open_running_period(plan=prepare_plan(snapshot=figure)), day=figure.today).closed


def close_running(*, figure: Snapshot) -> Snapshot:
    """Return a snapshot whose pay periods that are over have closed."""
    return replace(figure, closed=close_periods(figure=figure, changed_days=frozenset()))


def _compare_periods(
    scope: SnapshotScope, *, before: tuple[ClosedPeriod, ...], after: tuple[ClosedPeriod, ...]
) -> Changes:
    known = {closed.period.start: closed for closed in before}
    starts = {closed.period.start for closed in after}
    return Changes(
        periods=tuple(
            CalculatedPeriod(user_id=scope.user_id, currency=scope.settings.currency, closed=closed)
            for closed in after
            if known.get(closed.period.start) != closed
        ),
        reopened=tuple((scope.user_id, start) for start in known if start not in starts),
    )


def _calculate_day(snapshot: DaysSnapshot, on_date: date, day: DayInput) -> DayValues:
    scope = snapshot.scope
    is_opened = on_date in scope.opened_days
    if snapshot.figure is not None and (is_opened or on_date >= scope.today):
        figure = calculate_figure(snapshot=snapshot.figure, day=on_date)
        return read_figure(figure=figure, currency=scope.settings.currency)
    check_spending(amount=day.spent_today)
    pool_of = day.running if is_opened else day.stored
    if pool_of is None:
        raise ValueError("A day without a row is calculated from the plan, or from the pool that runs.")
    if is_opened or on_date >= scope.today:
        return _calculate_from_pool(scope.settings, day, pool_of, on_date)
    return replace(pool_of, remaining_amount=pool_of.amount - day.spent_today)


def read_figure(*, figure: DayFigure, currency: str) -> DayValues:
    """Return the columns of a day's row that hold a figure."""
    pool = figure.pool
    return DayValues(
        currency=currency,
        amount=figure.amount,
        remaining_amount=figure.remaining_amount,
        pool=pool.amount,
        spent_before=figure.spent_before,
        tomorrow=figure.tomorrow,
        period_start=pool.period.start,
        period_end=pool.period.end,
        own_pool=pool.own.amount,
        carried=pool.carried,
        repaid=pool.repaid,
        due=pool.due,
        spent_from=pool.spent_from if pool.reconciled else None,
        income_counts=pool.income_counts,
    )


def _calculate_from_pool(settings: Settings, day: DayInput, stored: DayValues, on_date: date) -> DayValues:
    def weigh(start: date) -> tuple[int, ...]:
        days = list_weights(weekday_weights=settings.weekday_weights, start=start, end=stored.period_end)
        return even_out(weights=days)

    left, decimals = stored.pool - day.spent_before, settings.decimals
    amount = calculate_amount(left=left, weights=weigh(on_date), decimals=decimals)
    tomorrow = stored.tomorrow
    if on_date + ONE_DAY < stored.period_end:
        tomorrow = calculate_amount(left=left - day.spent_today, weights=weigh(on_date + ONE_DAY), decimals=decimals)
    return replace(
        stored,
        amount=amount,
        remaining_amount=amount - day.spent_today,
        spent_before=day.spent_before,
        tomorrow=tomorrow,
    )
