"""Belonging (rule 6): the one pay period that a date belongs to.

A date is read twice: by the period whose unmoved window holds the date, and by the one that holds the day on which it
takes effect. A bill belongs to the earlier of the two, an income to the later: no bill waits for a later period's
money, and no money is spent in a period before it is there.
"""

from datetime import date

from core.allowance.domain.pay_calendar import PayCalendar


def find_bill_period(*, calendar: PayCalendar, on_date: date, effective: date, added_on: date) -> int:
    """Return the index of the period that a date of a bill or a goal belongs to, -1 for one before the calendar's.

    A date that takes effect on or after the day on which the bill was added belongs to no period before that day's.
    """
    index = min(calendar.index_of_window(on_date), calendar.index_of(effective))
    return max(index, calendar.index_of(added_on)) if effective >= added_on else index


def find_income_period(*, calendar: PayCalendar, on_date: date, effective: date) -> int:
    """Return the index of the period that a date of an income belongs to, -1 for one before the calendar's."""
    return max(calendar.index_of_window(on_date), calendar.index_of(effective))
