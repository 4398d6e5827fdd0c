"""What days are calculated from, and what is calculated of them: plain values on the one road of the figure.

    load_snapshots (allowance.queries)  reads, and is the only one that does
    calculate_day  (here)               is pure: of one snapshot and one day
    store_days     (allowance.services) writes, and is the only one that does

Single writes, the nightly opening, imports, the drift check, `explain` and a change of currency all take it. A
`SnapshotScope` says which days of one person are wanted, a `Snapshot` holds a `DayInput` for each of them, and
`DayValues` are the columns of a day's row that follow from it.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from core.allowance.domain.figures import (
    calculate_amount,
    calculate_figure,
    calculate_remaining,
    calculate_tomorrow,
)
from core.allowance.domain.plans import Plan
from core.kernel.currencies import get_decimals
from core.kernel.periods import PayCalendar


@dataclass(frozen=True, slots=True)
class DayValues:
    """The columns of a day's row that follow from other rows, amounts in `currency`."""

    currency: str
    amount: Decimal
    remaining_amount: Decimal
    pool: Decimal
    spent_before: Decimal
    tomorrow: Decimal
    period_start: date
    period_end: date
    income_counts: bool

    @property
    def spent(self) -> Decimal:
        """The day's net spending."""
        return self.amount - self.remaining_amount


@dataclass(frozen=True, slots=True)
class SnapshotScope:
    """Which days of one person a snapshot holds: those named here, and every row of today and later.

    Transactions of `changed_days` have changed. `opened_days` are calculated from the plan, whether they have a row
    or not. With `plan_changed` so are today's row and later ones; without it their pool stays as it is stored. What
    was spent on earlier days of a pay period is read from their rows; with `recounts` from their transactions.
    """

    user_id: int
    currency: str
    today: date
    changed_days: frozenset[date] = frozenset()
    opened_days: frozenset[date] = frozenset()
    plan_changed: bool = False
    recounts: bool = False

    @property
    def named_days(self) -> frozenset[date]:
        """The days that are wanted whatever day it is."""
        return self.changed_days | self.opened_days

    def uses_plan(self, day: date) -> bool:
        """Return whether a day is calculated from the plan, and not from its stored pool."""
        return day in self.opened_days or (self.plan_changed and day >= self.today)


@dataclass(frozen=True, slots=True)
class ItemSource:
    """An item's amount as it was entered. `rate` and `rate_date` are None in the owner's own currency."""

    amount: Decimal
    currency: str
    rate: Fraction | None = None
    rate_date: date | None = None
    rate_is_old: bool = False


@dataclass(frozen=True, slots=True)
class DatedPlan:
    """A plan at the rates of one day, its calendar of pay periods, and the sources of its items in their order."""

    plan: Plan
    calendar: PayCalendar
    sources: tuple[ItemSource, ...]


@dataclass(frozen=True, slots=True)
class DayInput:
    """What one day is calculated from.

    `stored` is None without a row, `dated_plan` where the stored pool stays. `spent_before` is the net spending of
    the day's pay period before the day, `spent_today` that of the day itself.
    """

    stored: DayValues | None
    dated_plan: DatedPlan | None
    spent_before: Decimal
    spent_today: Decimal


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the days of one person are calculated from, in ascending order of the days."""

    user_id: int
    currency: str
    today: date
    days: Mapping[date, DayInput]


@dataclass(frozen=True, slots=True)
class CalculatedDay:
    """What the row of one person's day must hold."""

    user_id: int
    date: date
    values: DayValues


class SpendingByDay:
    """Net spending of single days, and its sums over any range of them."""

    def __init__(self, by_day: Mapping[date, Decimal]) -> None:
        self._days = sorted(by_day)
        self._totals = list(accumulate((by_day[day] for day in self._days), initial=Decimal(0)))

    def sum_between(self, *, start: date, end: date) -> Decimal:
        """Return the net spending of `[start, end)`."""
        return self._totals[bisect_left(self._days, end)] - self._totals[bisect_left(self._days, start)]


def calculate_day(*, snapshot: Snapshot, on_date: date) -> DayValues:
    """Return what the row of one day of the snapshot must hold. Raises FigureOutOfRange.

    A past day keeps its amount, unless it is opened only now.
    """
    day = snapshot.days[on_date]
    if day.dated_plan is not None:
        return _calculate_from_plan(day, day.dated_plan, snapshot.currency, on_date)
    if day.stored is None:
        raise ValueError("A day without a row is calculated from the plan.")
    if on_date >= snapshot.today:
        return _calculate_from_pool(day, day.stored, on_date)
    remaining = calculate_remaining(amount=day.stored.amount, spent_today=day.spent_today)
    return replace(day.stored, remaining_amount=remaining)


def calculate_changed_days(*, snapshot: Snapshot) -> list[CalculatedDay]:
    """Return the days of a snapshot whose rows must change or be made. Raises FigureOutOfRange."""
    calculated = {day: calculate_day(snapshot=snapshot, on_date=day) for day in snapshot.days}
    return [
        CalculatedDay(user_id=snapshot.user_id, date=day, values=values)
        for day, values in calculated.items()
        if values != snapshot.days[day].stored
    ]


def _calculate_from_plan(day: DayInput, dated: DatedPlan, currency: str, on_date: date) -> DayValues:
    figure = calculate_figure(
        plan=dated.plan,
        calendar=dated.calendar,
        on_date=on_date,
        spent_before=day.spent_before,
        spent_today=day.spent_today,
    )
    return DayValues(
        currency=currency,
        amount=figure.amount,
        remaining_amount=figure.remaining_amount,
        pool=figure.pool.amount,
        spent_before=figure.spent_before,
        tomorrow=figure.tomorrow,
        period_start=figure.pool.period.start,
        period_end=figure.pool.period.end,
        income_counts=figure.pool.income_counts,
    )


def _calculate_from_pool(day: DayInput, stored: DayValues, on_date: date) -> DayValues:
    decimals = get_decimals(stored.currency)
    days_left = (stored.period_end - on_date).days
    amount = calculate_amount(pool=stored.pool, spent_before=day.spent_before, days_left=days_left, decimals=decimals)
    tomorrow = stored.tomorrow
    if days_left > 1:
        tomorrow = calculate_tomorrow(
            pool=stored.pool,
            spent_before=day.spent_before,
            spent_today=day.spent_today,
            days_left=days_left,
            decimals=decimals,
        )
    return replace(
        stored,
        amount=amount,
        remaining_amount=calculate_remaining(amount=amount, spent_today=day.spent_today),
        spent_before=day.spent_before,
        tomorrow=tomorrow,
    )
