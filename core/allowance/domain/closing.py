"""Closed periods (rule 13): what a pay period that is over keeps, and how periods follow each other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.allowance.domain.carry import is_carrying, is_repaying
from core.allowance.domain.day import sum_spending
from core.allowance.domain.item_shares import find_share
from core.allowance.domain.moments import find_settling_payments
from core.allowance.domain.pay_calendar import PayCalendar
from core.allowance.domain.period_pool import calculate_pool
from core.allowance.domain.period_view import PeriodView, view_closed_period, view_open_period
from core.allowance.domain.plan import OpenPeriod, Plan, prepare_plan
from core.allowance.domain.shares import make_closed_line, read_history
from core.allowance.domain.values import ClosedPeriod, Snapshot


def open_running_period(*, plan: Plan, day: date | None = None) -> OpenPeriod:
    """Return the pay period that follows the closed ones; without any, the one in which the account was made.

    What was stated counts as seen from a day, today's unless said.

    A closed one that runs again, after the time zone was moved west, is open again. The running one begins where the
    last closed one ended; where a change laid the paydays elsewhere, it ends at the first payday after that day.
    """
    snapshot = plan.snapshot
    closed = tuple(one for one in snapshot.closed if one.period.end <= snapshot.today)
    if closed:
        calendar = PayCalendar.starting_on(
            closed[-1].period.end,
            main_incomes=plan.main_incomes,
            passed_over_until=snapshot.paydays_changed_on,
        )
    else:
        calendar = PayCalendar.containing(snapshot.settings.joined_on, main_incomes=plan.main_incomes)
    running = OpenPeriod.of(
        plan, calendar, closed=closed, history=read_history(closed=closed), rate_day=calendar.period().last_day
    )
    payments = find_settling_payments(running=running, day=day or snapshot.today)
    return replace(running, plan=replace(plan, payments=payments))


def follow(*, open_period: OpenPeriod, view: PeriodView | None = None) -> OpenPeriod:
    """Return the pay period after an open one, which closes. `view` is its view at its last day, if there is one."""
    closed = close_period(open_period=open_period, view=view)
    lines = {line.key: line for line in closed.lines if line.key is not None}
    calendar = open_period.calendar.following()
    return OpenPeriod.of(
        open_period.plan,
        calendar,
        closed=(*open_period.closed, closed),
        history={**open_period.history, **lines},
        rate_day=calendar.period().last_day,
    )


def close_period(*, open_period: OpenPeriod, view: PeriodView | None = None) -> ClosedPeriod:
    """Return an open pay period as it closes, by the plan as it stands, at the rates of its last day."""
    period = open_period.period
    view = view or view_open_period(open_period=replace(open_period, rate_day=period.last_day))
    settings = open_period.plan.snapshot.settings
    nothing = Decimal(0)
    kept = ClosedPeriod(
        period=period,
        savings_percent=view.savings_percent,
        carries=is_carrying(settings=settings, start=period.start),
        repays=is_repaying(settings=settings, start=period.start),
        own_pool=nothing,
        carried=nothing,
        repaid=nothing,
        pool=nothing,
        spent=nothing,
        left=nothing,
        due=nothing,
        lines=tuple(make_closed_line(share=share) for share in view.shares),
    )
    previous = open_period.closed[-1] if open_period.closed else None
    return _follow_what_happened(kept, view=view, previous=previous)


def _follow_what_happened(kept: ClosedPeriod, *, view: PeriodView, previous: ClosedPeriod | None) -> ClosedPeriod:
    """Return a closed pay period with the amounts that follow from payments, patches, statements and spending."""
    last_day = kept.period.last_day
    pool = calculate_pool(view=view, day=last_day, previous=previous, carries=kept.carries, repays=kept.repays)
    spent = sum_spending(spending=view.plan.snapshot.spending, start=pool.spent_from, end=kept.period.end)
    return replace(
        kept,
        own_pool=pool.own.amount,
        carried=pool.carried,
        repaid=pool.repaid,
        pool=pool.amount,
        spent=spent,
        left=pool.amount - spent,
        due=pool.due,
        reconciliation_id=pool.reconciled.reconciliation_id if pool.reconciled else None,
    )


def close_until(*, open_period: OpenPeriod, day: date) -> OpenPeriod:
    """Return the open pay period that contains a day, after those before it have closed: its `closed`, in order."""
    while open_period.period.end <= day:
        open_period = follow(open_period=open_period)
    return open_period


def recalculate_closed(*, snapshot: Snapshot, first_day: date) -> tuple[ClosedPeriod, ...]:
    """Return the closed pay periods with their amounts as they follow from what happened, from a day's period on.

    What they kept by plan stays. Those before that day are left as they are.
    """
    return tuple(_recalculate(open_running_period(plan=prepare_plan(snapshot=snapshot)), first_day=first_day))


def _recalculate(running: OpenPeriod, *, first_day: date) -> Iterator[ClosedPeriod]:
    previous = None
    for index, kept in enumerate(running.closed):
        if kept.period.end > first_day:
            view = view_closed(kept=kept, before=running.closed[:index], running=running)
            kept = _follow_what_happened(kept, view=view, previous=previous)  # noqa: PLW2901
        previous = kept
        yield kept


def view_closed(*, kept: ClosedPeriod, before: tuple[ClosedPeriod, ...], running: OpenPeriod) -> PeriodView:
    """Return the view of a closed pay period, with those before it and the one that runs."""
    return view_closed_period(
        closed=kept, plan=running.plan, before=before, find_later=lambda key: find_share(key=key, open_period=running)
    )
