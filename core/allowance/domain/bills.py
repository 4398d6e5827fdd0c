"""Bills (rule 7): what each date of a bill takes from the pay period that is looked at.

A date of a bill that is no longer than the main income of its period is put aside for in that period alone. A longer
one is put aside for in even shares by the periods after the one that its schedule's previous date belongs to, up to
its own; a bill `once` by those from its first period to its own. None is put aside for before the bill's first
period; where that leaves none, it is in the date's own. So every bill is there in full when it falls due. A target of
a goal is put aside for like a bill `once` (rule 9).
"""

from datetime import date

from core.allowance.domain.belonging import find_bill_period
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.plan import OpenPeriod


def find_bill_periods(*, dates: ItemDates, on_date: date, open_period: OpenPeriod) -> tuple[int, int] | None:
    """Return the first and the last period that put aside for a date, by index; the last is the date's own.

    None where the date belongs to a period before the bill's first.
    """
    calendar = open_period.calendar
    own = _find_own_period(dates, on_date, open_period)
    first_period = calendar.index_of(dates.item.added_on)
    if own < first_period:
        return None
    frequency = dates.item.frequency
    if not frequency.recurs:
        return first_period, own
    if frequency.rank <= calendar.frequency(own, on_date).rank:
        return own, own
    previous = _find_own_period(dates, dates.previous(on_date), open_period)
    return min(max(previous + 1, first_period), own), own


def _find_own_period(dates: ItemDates, on_date: date, open_period: OpenPeriod) -> int:
    if open_period.find_kept(dates, on_date) is not None:
        return -1
    return find_bill_period(
        calendar=open_period.calendar,
        on_date=on_date,
        effective=dates.effective(on_date),
        added_on=dates.item.added_on,
    )
