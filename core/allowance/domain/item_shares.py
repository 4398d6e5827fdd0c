"""The shares of an open pay period in the dates of every kind of item, and in any single date."""

from collections.abc import Iterable, Iterator
from datetime import date

from core.allowance.domain.bills import find_bill_periods
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.incomes import find_income_periods
from core.allowance.domain.plan import OpenPeriod
from core.allowance.domain.shares import Share, calculate_share, read_passed_share
from core.allowance.domain.values import ClosedLine, DateKey, ItemType, Place


def list_open_shares(*, open_period: OpenPeriod) -> Iterator[Share]:
    """Return the shares in all dates that the period shares, and in those that stand for later: in the plan's order.

    A target is always among them, as long as its goal is there.
    """
    listed = set()
    for dates in open_period.plan.items.values():
        for share in _list_shares(dates, open_period):
            listed.add(share.key)
            yield share
    for key, line in open_period.history.items():
        standing = _find_standing(key, line, open_period) if key not in listed else None
        if standing is not None:
            yield standing


def _list_shares(dates: ItemDates, open_period: OpenPeriod) -> Iterator[Share]:
    """Return the shares in dates of an item that the period shares, in order."""
    for on_date in _list_dates(dates, open_period):
        periods = _find_periods(dates, on_date, open_period)
        if periods is None or periods[1] < 0:
            continue
        if periods[0] > 0:
            break
        yield _make_share(dates, on_date, periods, open_period)


def _list_dates(dates: ItemDates, open_period: OpenPeriod) -> Iterable[date]:
    """Return the dates of an item that count by rule 3 and may have a share, in order.

    None of an item that was added after this period. Of a deleted item only those count that a payment names.
    """
    item, plan = dates.item, open_period.plan
    if item.added_on >= open_period.period.end:
        return ()
    if item.is_deleted:
        named = [key.on_date for key in plan.named if key[:2] == (item.type, item.id)]
        return sorted(on_date for on_date in named if dates.is_counting(on_date))
    if item.type is ItemType.INCOME and item.frequency.recurs:
        # The date before the period's first may still be spent in it.
        return dates.counting_near(dates.previous(open_period.earliest))
    return dates.counting_near(open_period.earliest)


def _find_periods(dates: ItemDates, on_date: date, open_period: OpenPeriod) -> tuple[int, int] | None:
    if dates.item.type is ItemType.INCOME:
        return find_income_periods(dates=dates, on_date=on_date, open_period=open_period)
    return find_bill_periods(dates=dates, on_date=on_date, open_period=open_period)


def _make_share(dates: ItemDates, on_date: date, periods: tuple[int, int], open_period: OpenPeriod) -> Share:
    item, key = dates.item, dates.key(on_date)
    kept = open_period.find_kept(dates, on_date)
    return calculate_share(
        key=key,
        name=item.name,
        effective_date=dates.effective(on_date) if kept is None else kept.effective_date,
        amount=open_period.plan.convert(item.amount, item.currency, key=key, rate_day=open_period.rate_day),
        periods=periods,
        own=periods[0] if item.type is ItemType.INCOME else periods[1],
        line=open_period.history.get(key),
    )


def _find_standing(key: DateKey, line: ClosedLine, open_period: OpenPeriod) -> Share | None:
    """Return the share of 0 in a date that was put aside for, or arrived, and stands for later; None for others."""
    if key.type is ItemType.SAVINGS_GOAL:
        dates = open_period.plan.items.get(key[:2])
        stands = dates is not None and dates.item.anchor == key.on_date
        return read_passed_share(line=line, key=key) if stands else None
    if line.belongs is Place.LATER or line.for_later != 0:
        return find_planned_share(key=key, open_period=open_period)
    return None


def find_planned_share(*, key: DateKey, open_period: OpenPeriod) -> Share | None:
    """Return the share in a date of this period or a later one, None where the plan has no such date."""
    dates = open_period.plan.items.get(key[:2])
    if dates is None or not dates.is_counting(key.on_date):
        return None
    if dates.item.is_deleted and key not in open_period.plan.named:
        return None
    periods = _find_periods(dates, key.on_date, open_period)
    if periods is None or periods[1] < 0:
        return None
    return _make_share(dates, key.on_date, periods, open_period)


def find_share(*, key: DateKey, open_period: OpenPeriod) -> Share | None:
    """Return the share in any date, also one that has passed; None for a date that does not count."""
    share = find_planned_share(key=key, open_period=open_period)
    if share is not None:
        return share
    line = open_period.history.get(key)
    return None if line is None else read_passed_share(line=line, key=key)
