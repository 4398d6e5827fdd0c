"""Incomes (rule 8): what each date of an income brings to the pay period that is looked at.

A date of an income that is no longer than the main income of its period, or `once`, counts in that period. A longer
one is spent after it arrives, in even shares over the periods from its own up to the one before that of its schedule's
next date; where that leaves none, in its own.
"""

from datetime import date

from core.allowance.domain.belonging import find_income_period
from core.allowance.domain.dates import ItemDates
from core.allowance.domain.plan import OpenPeriod


def find_income_periods(*, dates: ItemDates, on_date: date, open_period: OpenPeriod) -> tuple[int, int] | None:
    """Return the first and the last period that spend a date, by index; the first is the date's own.

    None where the date belongs to a period before the income's first.
    """
    calendar = open_period.calendar
    own = _find_own_period(dates, on_date, open_period)
    if own < calendar.index_of(dates.item.added_on) or _is_before_first_period(dates, on_date, own, open_period):
        return None
    if not dates.item.frequency.recurs or not _is_shared(dates, on_date, own, open_period):
        return own, own
    following = _find_own_period(dates, dates.following(on_date), open_period)
    return own, max(own, following - 1)


def _is_shared(dates: ItemDates, on_date: date, own: int, open_period: OpenPeriod) -> bool:
    """Return whether a date is spent over several periods: as its own period kept it, if that has closed."""
    kept = open_period.find_kept(dates, on_date)
    if kept is not None:
        return kept.part > 1 or kept.periods_left > 1
    return dates.item.frequency.rank > open_period.calendar.frequency(own, dates.effective(on_date)).rank


def _find_own_period(dates: ItemDates, on_date: date, open_period: OpenPeriod) -> int:
    if open_period.find_kept(dates, on_date) is not None:
        return -1
    return find_income_period(calendar=open_period.calendar, on_date=on_date, effective=dates.effective(on_date))


def _is_before_first_period(dates: ItemDates, on_date: date, own: int, open_period: OpenPeriod) -> bool:
    """Return whether a date that belongs to a closed period belongs to one before the income was added."""
    if own >= 0 or dates.key(on_date) in open_period.history:
        return False
    return max(on_date, dates.effective(on_date)) < open_period.find_closed_start(dates.item.added_on)
