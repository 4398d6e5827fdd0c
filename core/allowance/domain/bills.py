"""Bills (rule 7): what each date of a bill takes from the pay period that is looked at.

A date of a bill that is no longer than the main income of its period is put aside for in that period alone. A longer
one is put aside for in even shares by the periods after the one that its schedule's previous date belongs to, up to
its own; a bill `once` by those from its first period to its own. None is put aside for before the bill's first
period; where that leaves none, it is in the date's own. So every bill is there in full when it falls due.
"""

from collections.abc import Iterator
from datetime import date

from core.allowance.domain.belonging import find_bill_period
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.pay_calendar import PayCalendar
from core.allowance.domain.plan import OpenPeriod
from core.allowance.domain.shares import Share, calculate_share
from core.allowance.domain.values import DateKey


def find_bill_periods(*, dates: ItemDates, on_date: date, calendar: PayCalendar) -> tuple[int, int] | None:
    """Return the first and the last period that put aside for a date, by index; the last is the date's own.

    None where the date belongs to a period before the bill's first.
    """
    own = _find_own_period(dates, on_date, calendar=calendar)
    first_period = calendar.index_of(dates.item.added_on)
    if own < first_period:
        return None
    frequency = dates.item.frequency
    if not frequency.recurs:
        return first_period, own
    if frequency.rank <= calendar.frequency(own, on_date).rank:
        return own, own
    previous = _find_own_period(dates, dates.previous(on_date), calendar=calendar)
    return min(max(previous + 1, first_period), own), own


def _find_own_period(dates: ItemDates, on_date: date, *, calendar: PayCalendar) -> int:
    return find_bill_period(
        calendar=calendar, on_date=on_date, effective=dates.effective(on_date), added_on=dates.item.added_on
    )


def list_bill_shares(*, dates: ItemDates, open_period: OpenPeriod) -> Iterator[Share]:
    """Return the shares that an open pay period has in the dates of a bill, in order."""
    calendar = open_period.calendar
    for on_date in open_period.list_dates(dates, open_period.earliest):
        periods = find_bill_periods(dates=dates, on_date=on_date, calendar=calendar)
        if periods is None or periods[1] < 0:
            continue
        if periods[0] > 0:
            break
        yield make_bill_share(dates=dates, on_date=on_date, periods=periods, open_period=open_period)


def make_bill_share(*, dates: ItemDates, on_date: date, periods: tuple[int, int], open_period: OpenPeriod) -> Share:
    """Return the share of an open pay period in a date that is put aside for in `periods`."""
    item = dates.item
    key = DateKey(item.type, item.id, on_date)
    return calculate_share(
        key=key,
        name=item.name,
        effective_date=dates.effective(on_date),
        amount=open_period.plan.convert(item.amount, item.currency, key=key, rate_day=open_period.rate_day),
        periods=periods,
        own=periods[1],
        history=open_period.history,
    )
