"""The dates of all items in a range of days, by the day on which they take effect."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from core.allowance.domain.bills import find_bill_periods
from core.allowance.domain.closing import open_running_period
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.happened import DateStatus
from core.allowance.domain.item_shares import find_planned_share
from core.allowance.domain.occurrences import Occurrence, list_dates_of_item
from core.allowance.domain.plan import OpenPeriod, prepare_plan
from core.allowance.domain.values import Adjust, DateKey, ItemType, Snapshot
from core.kernel.pay_periods import ONE_DAY, PayPeriod
from core.kernel.working_days import LONGEST_REST_DAYS

_REST = timedelta(days=LONGEST_REST_DAYS)
_ORDER = list(ItemType)


@dataclass(frozen=True, slots=True)
class UpcomingDate:
    """One date of an income or a bill that counts, or of a goal's target.

    `amount` is the whole date in `currency`, as planned or said, `base_amount` the same in the person's currency. Of a
    pay period that has closed they are what it kept, where that is known in that currency. `set_aside` is what is put
    aside up to and with the pay period that runs, for a bill that several put aside for or a target, as long as it is
    planned; None for the others.
    """

    key: DateKey
    name: str
    effective_date: date
    amount: Fraction
    currency: str
    base_amount: Fraction
    status: DateStatus
    payment_id: int | None
    days_until: int
    set_aside: Fraction | None = None


def find_running_period(*, snapshot: Snapshot) -> PayPeriod:
    """Return the pay period that runs today; those before it have closed."""
    return open_running_period(plan=prepare_plan(snapshot=snapshot)).period


def list_upcoming(*, snapshot: Snapshot, since: date, until: date) -> list[UpcomingDate]:
    """Return the dates that take effect from `since` to `until`, both included, in that order.

    Those of one day stand in the plan's order: incomes, bills, goals. Pay periods that are over have closed. Of a
    deleted item only those count that a payment names. Raises as `Rates.convert` does.
    """
    running = open_running_period(plan=prepare_plan(snapshot=snapshot))
    found = [
        one for dates in running.plan.items.values() for one in _list_of_item(running, dates, since=since, until=until)
    ]
    return sorted(found, key=lambda one: (one.effective_date, _ORDER.index(one.key.type), one.key.item_id, one.key))


def _list_of_item(running: OpenPeriod, dates: ItemDates, *, since: date, until: date) -> Iterator[UpcomingDate]:
    # A date that is moved to a working day may lie outside of the days that are asked for.
    rest = timedelta(0) if dates.item.adjust is Adjust.NONE else _REST
    for one in list_dates_of_item(running=running, dates=dates, start=since - rest, end=until + rest + ONE_DAY):
        counts = one.status is DateStatus.PAID or not dates.item.is_deleted
        if counts and since <= one.effective_date <= until:
            yield _describe(running, dates, one)


def _describe(running: OpenPeriod, dates: ItemDates, one: Occurrence) -> UpcomingDate:
    item, plan, key = dates.item, running.plan, dates.key(one.on_date)
    amount = one.amount
    line = running.history.get(key) if one.is_over and key not in plan.patches else None
    if line is None:
        base_amount = plan.convert(amount, item.currency, key=key, rate_day=plan.snapshot.today)
    else:
        base_amount = line.whole
        amount = base_amount if item.currency == plan.snapshot.settings.currency else amount
    return UpcomingDate(
        key=key,
        name=item.name,
        effective_date=one.effective_date,
        amount=amount,
        currency=item.currency,
        base_amount=base_amount,
        status=one.status,
        payment_id=one.payment_id,
        days_until=(one.effective_date - plan.snapshot.today).days,
        set_aside=_find_set_aside(running, dates, one),
    )


def _find_set_aside(running: OpenPeriod, dates: ItemDates, one: Occurrence) -> Fraction | None:
    """Return what is put aside for a date up to and with the running period; None where it is not put aside for."""
    if dates.item.type is ItemType.INCOME or one.is_over or one.status is not DateStatus.PLANNED:
        return None
    share = find_planned_share(key=dates.key(one.on_date), open_period=running)
    periods = find_bill_periods(dates=dates, on_date=one.on_date, open_period=running)
    is_target = dates.item.type is ItemType.SAVINGS_GOAL
    if share is None or periods is None or not (is_target or share.part > 1 or periods[0] < periods[1]):
        return None
    return share.before + share.counted
