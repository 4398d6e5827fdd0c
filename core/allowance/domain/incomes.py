"""Incomes (rule 8): what each date of an income brings to the pay period that is looked at.

A date of an income that is no longer than the main income of its period, or `once`, counts in that period. A longer
one is spent after it arrives, in even shares over the periods from its own up to the one before that of its schedule's
next date; where that leaves none, in its own.
"""

from collections.abc import Iterator
from datetime import date

from core.allowance.domain.belonging import find_income_period
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.plan import OpenPeriod
from core.allowance.domain.shares import Share, calculate_share
from core.allowance.domain.values import DateKey


def find_income_periods(*, dates: ItemDates, on_date: date, open_period: OpenPeriod) -> tuple[int, int] | None:
    """Return the first and the last period that spend a date, by index; the first is the date's own.

    None where the date belongs to a period before the income's first.
    """
    calendar = open_period.calendar
    own = _find_own_period(dates, on_date, open_period=open_period)
    if own < calendar.index_of(dates.item.added_on) or _is_before_first_period(dates, on_date, own, open_period):
        return None
    frequency = dates.item.frequency
    if not frequency.recurs or frequency.rank <= calendar.frequency(own, dates.effective(on_date)).rank:
        return own, own
    following = _find_own_period(dates, dates.following(on_date), open_period=open_period)
    return own, max(own, following - 1)


def _find_own_period(dates: ItemDates, on_date: date, *, open_period: OpenPeriod) -> int:
    return find_income_period(calendar=open_period.calendar, on_date=on_date, effective=dates.effective(on_date))


def _is_before_first_period(dates: ItemDates, on_date: date, own: int, open_period: OpenPeriod) -> bool:
    """Return whether a date that belongs to a closed period belongs to one before the income was added."""
    if own >= 0 or DateKey(dates.item.type, dates.item.id, on_date) in open_period.history:
        return False
    return max(on_date, dates.effective(on_date)) < open_period.find_closed_start(dates.item.added_on)


def list_income_shares(*, dates: ItemDates, open_period: OpenPeriod) -> Iterator[Share]:
    """Return the shares that an open pay period has in the dates of an income, in order."""
    # The date before the period's first may still be spent in it.
    before = open_period.earliest
    if dates.item.frequency.recurs:
        before = dates.previous(before)
    for on_date in open_period.list_dates(dates, before):
        periods = find_income_periods(dates=dates, on_date=on_date, open_period=open_period)
        if periods is None or periods[1] < 0:
            continue
        if periods[0] > 0:
            break
        yield make_income_share(dates=dates, on_date=on_date, periods=periods, open_period=open_period)


def make_income_share(*, dates: ItemDates, on_date: date, periods: tuple[int, int], open_period: OpenPeriod) -> Share:
    """Return the share of an open pay period in a date that is spent in `periods`."""
    item = dates.item
    key = DateKey(item.type, item.id, on_date)
    return calculate_share(
        key=key,
        name=item.name,
        effective_date=dates.effective(on_date),
        amount=open_period.plan.convert(item.amount, item.currency, key=key, rate_day=open_period.rate_day),
        periods=periods,
        own=periods[0],
        history=open_period.history,
    )
