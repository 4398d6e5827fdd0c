"""Schedules: the dates of something that recurs, by index, without walking.

A schedule reaches without end into the past and the future from its anchor. Which of its dates
count for money is a rule of the allowance, not of the schedule.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from core.kernel.frequencies import Frequency

EARLIEST_DATE = date(2000, 1, 1)
"""The first day that a schedule, a transaction or a question may name."""

LATEST_DATE = date(2199, 12, 31)
"""The last day that storage accepts for a schedule. Steps from it stay inside `datetime.date`."""

SCHEDULE_HORIZON_YEARS = 20
"""How many years after today a client may place a schedule's date."""


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
        if index == 0:
            return self.anchor
        if self.frequency.step_days:
            return self.anchor + timedelta(days=index * self.frequency.step_days)
        if self.frequency.step_months:
            month_number = self.anchor.year * 12 + self.anchor.month - 1 + index * self.frequency.step_months
            year, month = divmod(month_number, 12)
            return date(year, month + 1, min(self.anchor.day, monthrange(year, month + 1)[1]))
        raise ValueError("a schedule that does not recur has no other date")

    def index_on_or_before(self, day: date) -> int:
        """The largest index whose date is on or before `day`. Only for a recurring schedule."""
        if self.frequency.step_days:
            return (day - self.anchor).days // self.frequency.step_days
        months = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        index = months // self.frequency.step_months
        # The estimate's date lies in `day`'s month or an earlier one; only in the same month can it pass `day`.
        return index - 1 if self.date_at(index) > day else index

    def index_on_or_after(self, day: date) -> int:
        """The smallest index whose date is on or after `day`. Only for a recurring schedule."""
        return self.index_on_or_before(day - timedelta(days=1)) + 1

    def count_between(self, start: date, end: date) -> int:
        """How many dates lie in `[start, end)`; 0 where end ≤ start."""
        if end <= start:
            return 0
        if self.frequency is Frequency.ONCE:
            return 1 if start <= self.anchor < end else 0
        return self.index_on_or_after(end) - self.index_on_or_after(start)
