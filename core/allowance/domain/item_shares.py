"""The shares of an open pay period in the dates of every kind of item, and in any single date."""

from collections.abc import Iterator

from core.allowance.domain.bills import find_bill_periods, list_bill_shares, make_bill_share
from core.allowance.domain.goals import find_target_share
from core.allowance.domain.incomes import find_income_periods, list_income_shares, make_income_share
from core.allowance.domain.plan import OpenPeriod
from core.allowance.domain.shares import Share, read_passed_share
from core.allowance.domain.values import ClosedLine, DateKey, ItemType, Place


def list_open_shares(*, open_period: OpenPeriod) -> Iterator[Share]:
    """Return the shares in all dates that the period shares, and in those that stand for later: in the plan's order.

    A target is always among them, as long as its goal is there.
    """
    listed = set()
    for share in _list_planned_shares(open_period):
        listed.add(share.key)
        yield share
    for key, line in open_period.history.items():
        standing = (
            find_planned_share(key=key, open_period=open_period)
            if key not in listed and _stands_for_later(line)
            else None
        )
        if standing is not None:
            yield standing


def _list_planned_shares(open_period: OpenPeriod) -> Iterator[Share]:
    for dates in open_period.plan.items.values():
        if dates.item.type is ItemType.INCOME:
            yield from list_income_shares(dates=dates, open_period=open_period)
        else:
            yield from list_bill_shares(dates=dates, open_period=open_period)
    for goal in open_period.plan.snapshot.goals:
        share = find_target_share(goal=goal, open_period=open_period)
        if share is not None:
            yield share


def _stands_for_later(line: ClosedLine) -> bool:
    return line.type is not ItemType.SAVINGS_GOAL and (line.belongs is Place.LATER or line.for_later != 0)


def find_planned_share(*, key: DateKey, open_period: OpenPeriod) -> Share | None:
    """Return the share in a date of this period or a later one, None where the plan has no such date."""
    dates = open_period.plan.items.get((key.type, key.item_id))
    if dates is None or not dates.is_counting(key.on_date):
        return None
    if dates.item.is_deleted and key not in open_period.plan.payments:
        return None
    if key.type is ItemType.INCOME:
        periods = find_income_periods(dates=dates, on_date=key.on_date, open_period=open_period)
        make_share = make_income_share
    else:
        periods = find_bill_periods(dates=dates, on_date=key.on_date, calendar=open_period.calendar)
        make_share = make_bill_share
    if periods is None or periods[1] < 0:
        return None
    return make_share(dates=dates, on_date=key.on_date, periods=periods, open_period=open_period)


def find_share(*, key: DateKey, open_period: OpenPeriod) -> Share | None:
    """Return the share in any date, also one that has passed; None for a date that does not count."""
    share = find_planned_share(key=key, open_period=open_period)
    if share is not None:
        return share
    line = open_period.history.get(key)
    return None if line is None else read_passed_share(line=line, key=key)
