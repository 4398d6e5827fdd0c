"""The figure: how much may be spent on a day, as a pure function of a person's rows and the day.

The budget runs from payday to payday. What arrives in the pay period, less the bills that fall in it, less what must
be put aside for larger bills ahead, less savings, is the pool. Each day may spend what is left of the pool divided by
the days that are left.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from core.allowance.domain.carry import is_carrying, is_repaying
from core.allowance.domain.closing import close_until, follow, open_running_period, view_closed
from core.allowance.domain.day import (
    calculate_amount,
    calculate_status,
    check_spending,
    even_out,
    list_weights,
    sum_spending,
)
from core.allowance.domain.pay_calendar import PayCalendar
from core.allowance.domain.period_pool import calculate_pool
from core.allowance.domain.period_view import PeriodView, view_open_period
from core.allowance.domain.plan import OpenPeriod, Plan, prepare_plan
from core.allowance.domain.results import DayFigure, Pool
from core.allowance.domain.values import ClosedPeriod, Snapshot
from core.kernel.pay_periods import ONE_DAY, PayPeriod

_NOTHING = Decimal(0)


def calculate_day(*, snapshot: Snapshot, day: date) -> DayFigure:
    """Return the figure of a day.

    Pay periods that are over and not among the closed ones are taken to close by the plan as it stands; those that run
    again, after the time zone was moved west, are open again. A day in a pay period to come is seen as if the plan
    held until then. Raises FigureOutOfRange where an amount cannot be kept exactly.
    """
    running = open_running_period(plan=prepare_plan(snapshot=snapshot), day=day)
    seen = _see(running, day)
    pool = seen.calculate_pool(day)
    period = pool.period
    decimals = snapshot.settings.decimals
    weekday_weights = snapshot.settings.weekday_weights

    spent_before = sum_spending(spending=snapshot.spending, start=pool.spent_from, end=day)
    spent_today = snapshot.spending.get(day, _NOTHING)
    check_spending(amount=spent_today)
    weights = even_out(weights=list_weights(weekday_weights=weekday_weights, start=day, end=period.end))
    amount = calculate_amount(left=pool.amount - spent_before, weights=weights, decimals=decimals)
    remaining = amount - spent_today
    left = pool.amount - spent_before - spent_today
    tomorrow_left, tomorrow_period = left, period
    if day == period.last_day:
        # The next period follows from the view of this one, where it is open.
        following = running if seen.open_period is None else follow(open_period=seen.open_period, view=seen.view)
        next_pool = _see(following, period.end).calculate_pool(period.end)
        tomorrow_left, tomorrow_period = next_pool.amount, next_pool.period
    tomorrow_weights = list_weights(weekday_weights=weekday_weights, start=day + ONE_DAY, end=tomorrow_period.end)
    return DayFigure(
        on_date=day,
        pool=pool,
        spent_before=spent_before,
        spent_today=spent_today,
        weight=weights[0],
        weights_left=sum(weights),
        weights_ahead=list_weights(weekday_weights=weekday_weights, start=day + ONE_DAY, end=period.end),
        amount=amount,
        remaining_amount=remaining,
        left=left,
        tomorrow=calculate_amount(left=tomorrow_left, weights=even_out(weights=tomorrow_weights), decimals=decimals),
        status=calculate_status(pool=pool.amount, remaining=remaining, left=left, income_counts=pool.income_counts),
        shortfall=max(_NOTHING, -pool.amount),
    )


def calculate_period_pool(*, snapshot: Snapshot, day: date) -> Pool:
    """Return the pool of the pay period that contains a day, as it stands: seen from its last day, or from today.

    For a day up to today. Raises FigureOutOfRange.
    """
    running = open_running_period(plan=prepare_plan(snapshot=snapshot))
    seen_from = min(_see(running, day).view.period.last_day, snapshot.today)
    return _see(running, seen_from).calculate_pool(seen_from)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A pay period, what is in force in it, and the closed one before it. `open_period` is None for a closed one."""

    view: PeriodView
    previous: ClosedPeriod | None
    carries: bool
    repays: bool
    open_period: OpenPeriod | None = None

    def calculate_pool(self, day: date) -> Pool:
        return calculate_pool(view=self.view, day=day, previous=self.previous, carries=self.carries, repays=self.repays)


def _see(running: OpenPeriod, day: date) -> _Seen:
    """Return the pay period that contains a day, as it is seen on it; `running` is the one that runs."""
    closed, settings = running.closed, running.plan.snapshot.settings
    for index, kept in enumerate(closed):
        if kept.period.contains(day):
            view = view_closed(kept=kept, before=closed[:index], running=running)
            return _Seen(view, closed[index - 1] if index else None, carries=kept.carries, repays=kept.repays)
    first_day = closed[0].period.start if closed else running.period.start
    if day < first_day:
        return _Seen(_view_before(running.plan, day, first_day=first_day), None, carries=False, repays=False)
    open_period = replace(close_until(open_period=running, day=day), rate_day=day)
    start = open_period.period.start
    return _Seen(
        view_open_period(open_period=open_period),
        open_period.closed[-1] if open_period.closed else None,
        carries=is_carrying(settings=settings, start=start),
        repays=is_repaying(settings=settings, start=start),
        open_period=open_period,
    )


def _view_before(plan: Plan, day: date, *, first_day: date) -> PeriodView:
    """Return the view of a pay period before the first that is kept: no date counts in it."""
    calendar = PayCalendar.containing(day, main_incomes=plan.main_incomes)
    view = view_open_period(open_period=OpenPeriod.of(plan, calendar, closed=(), history={}, rate_day=day))
    period = PayPeriod(start=view.period.start, end=min(view.period.end, first_day))
    return replace(view, period=period)
