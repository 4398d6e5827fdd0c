"""Schedules: the dates of something that recurs, by index, without walking.

A schedule reaches without end into the past and the future from its anchor. Which of its dates
count for money is a rule of the allowance, not of the schedule.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from core.kernel.frequencies import Frequency

EARLIEST_DATE = date(2000, 1, 1)
"""The first day that a schedule, a transaction or a question may name."""

LATEST_DATE = date(2199, 12, 31)
"""The last day that storage accepts for a schedule. Steps from it stay inside `datetime.date`."""

SCHEDULE_HORIZON_YEARS = 20
"""How many years after today a client may place a schedule's date."""


ONE_DAY = timedelta(days=1)

_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def count_days_of_month(*, year: int, month: int) -> int:
    """How many days a month has, 28 to 31. Months count from 1."""
    return 29 if month == 2 and isleap(year) else _MONTH_DAYS[month - 1]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The dates `anchor + n steps` for every whole n. `once` has the anchor alone.

    Month steps count from the anchor itself and clamp to the month's last day (31 Jan, 28 Feb,
    31 Mar), so no date drifts. Each question costs a few integer operations, wherever the anchor lies.
    """

    anchor: date
    frequency: Frequency

    def date_at(self, index: int) -> date:
        """The date `index` steps after the anchor (before it, where negative).

        Raises ValueError for an index other than 0 of `once`, OverflowError or ValueError beyond the calendar.
        """
        anchor, frequency = self.anchor, self.frequency
        if frequency.step_days:
            return anchor + timedelta(days=index * frequency.step_days)
        if frequency.step_months:
            year, month = divmod(anchor.year * 12 + anchor.month - 1 + index * frequency.step_months, 12)
            day = anchor.day
            # Every month has 28 days: only later ones may have to be clamped.
            if day > 28:
                day = min(day, count_days_of_month(year=year, month=month + 1))
            return date(year, month + 1, day)
        if index == 0:
            return anchor
        raise ValueError("a schedule that does not recur has no other date")

    def index_on_or_before(self, day: date) -> int:
        """The largest index whose date is on or before `day`. Only for a recurring schedule."""
        anchor, frequency = self.anchor, self.frequency
        if frequency.step_days:
            return (day - anchor).days // frequency.step_days
        months = (day.year - anchor.year) * 12 + day.month - anchor.month
        index, months_after = divmod(months, frequency.step_months)
        # The date at this index lies in an earlier month than `day`, or in the same one. There it is later than
        # `day` where the anchor's day of the month is, unless clamping has brought it back to the last of the month.
        if months_after == 0 and day.day < anchor.day and day.day < count_days_of_month(year=day.year, month=day.month):
            return index - 1
        return index

    def index_on_or_after(self, day: date) -> int:
        """The smallest index whose date is on or after `day`. Only for a recurring schedule."""
        return self.index_on_or_before(day - ONE_DAY) + 1

    def count_between(self, start: date, end: date) -> int:
        """How many dates lie in `[start, end)`; 0 where end ≤ start. Only for a recurring schedule."""
        if end <= start:
            return 0
        return self.index_on_or_before(end - ONE_DAY) - self.index_on_or_before(start - ONE_DAY)
