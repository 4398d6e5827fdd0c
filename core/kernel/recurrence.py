"""Recurrence: frequencies, and the dates of something that recurs."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction


class Frequency(StrEnum):
    """How often something recurs. Members are ordered by the length of their step; `rank` compares them.

    `step_days` or `step_months` lead from one date to the next; both are 0 for `semi-monthly`, which has two
    days of the month, and for `once`, which does not recur. `per_year` is how many dates a year has (exact, 0
    for `once`). `half_step_days` is how far a date may lie from another one to be taken for it; None: any.
    """

    rank: int
    step_days: int
    step_months: int
    per_year: Fraction
    half_step_days: int | None

    def __new__(
        cls,
        value: str,
        step_days: int = 0,
        step_months: int = 0,
        per_year: Fraction = Fraction(0),
        half_step_days: int | None = None,
    ) -> "Frequency":
        """Make a member; afterwards `Frequency(value)` finds it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.rank = len(cls.__members__)
        member.step_days = step_days
        member.step_months = step_months
        member.per_year = per_year
        member.half_step_days = half_step_days
        return member

    ONCE = "once", 0, 0, Fraction(0), None
    DAILY = "daily", 1, 0, Fraction(365), 0
    WEEKLY = "weekly", 7, 0, Fraction(365, 7), 3
    BI_WEEKLY = "bi-weekly", 14, 0, Fraction(365, 14), 7
    SEMI_MONTHLY = "semi-monthly", 0, 0, Fraction(24), 7
    FOUR_WEEKLY = "four-weekly", 28, 0, Fraction(365, 28), 14
    MONTHLY = "monthly", 0, 1, Fraction(12), 15
    QUARTERLY = "quarterly", 0, 3, Fraction(4), 45
    SEMI_ANNUAL = "semi-annual", 0, 6, Fraction(2), 91
    ANNUAL = "annual", 0, 12, Fraction(1), 182

    @property
    def recurs(self) -> bool:
        """Whether there is more than one date."""
        return self is not Frequency.ONCE


_ONE_DAY = timedelta(days=1)


def get_default_month_days(frequency: Frequency, anchor: date) -> tuple[int, ...]:
    """Return the days of the month that a schedule has by its anchor alone, in ascending order.

    The second day of `semi-monthly` is 15 days after the anchor's (to the 15th), or 15 days before it.
    """
    if frequency.step_months:
        return (anchor.day,)
    if frequency is Frequency.SEMI_MONTHLY:
        return (anchor.day, anchor.day + 15) if anchor.day <= 15 else (anchor.day - 15, anchor.day)
    return ()


def are_days_apart(first: int, second: int) -> bool:
    """Return whether two days of the month, the lower one first, are at least 7 days apart in every month."""
    early, late = min(first, 28), min(second, 28)
    return late - early >= 7 and early + 28 - late >= 7


@dataclass(frozen=True, slots=True)
class Schedule:
    """The dates of something that recurs, without end in both directions; `once` has its anchor alone.

    Dates are found by index, without listing those between. `month_days` are days of the month before clamping:
    two, in ascending order, for `semi-monthly`, one for frequencies with a step of months, else none. A month that
    is shorter has the date on its last day, so that no date drifts: 31 Jan, 28 Feb, 31 Mar.
    """

    frequency: Frequency
    anchor: date
    month_days: tuple[int, ...] = ()

    def date_at(self, index: int) -> date:
        """Return the date with this index. For `once` there is one, at 0."""
        frequency, anchor = self.frequency, self.anchor
        if frequency.step_days:
            return anchor + timedelta(days=index * frequency.step_days)
        if frequency.step_months:
            return _date_of(anchor.year * 12 + anchor.month - 1 + index * frequency.step_months, self.month_days[0])
        if frequency.recurs:
            month, slot = divmod(index, 2)
            return _date_of(month, self.month_days[slot])
        return anchor

    def index_on_or_before(self, day: date) -> int:
        """Return the largest index whose date is on or before the day; -1 for `once` where there is none."""
        frequency, anchor = self.frequency, self.anchor
        if frequency.step_days:
            return (day - anchor).days // frequency.step_days
        if not frequency.recurs:
            return 0 if anchor <= day else -1
        month = day.year * 12 + day.month - 1
        if frequency.step_months:
            index = (month - anchor.year * 12 - anchor.month + 1) // frequency.step_months
            return index if self.date_at(index) <= day else index - 1
        index = month * 2 + 1
        while self.date_at(index) > day:
            index -= 1
        return index

    def index_on_or_after(self, day: date) -> int:
        """Return the smallest index whose date is on or after the day; 1 for `once` where there is none."""
        return self.index_on_or_before(day - _ONE_DAY) + 1

    def includes(self, day: date) -> bool:
        """Return whether the day is one of the dates."""
        index = self.index_on_or_before(day)
        return (self.frequency.recurs or index == 0) and self.date_at(index) == day

    def dates_between(self, start: date, end: date) -> list[date]:
        """Return the dates in `[start, end)`, in order."""
        first, last = self.index_on_or_after(start), self.index_on_or_before(end - _ONE_DAY)
        step_days = self.frequency.step_days
        if step_days and first <= last:
            return [date.fromordinal(n) for n in range(self.date_at(first).toordinal(), end.toordinal(), step_days)]
        return [self.date_at(index) for index in range(first, last + 1)]


def _date_of(month: int, day: int) -> date:
    """Return a day of a month, clamped to the last one; months count from that of year 0."""
    year, month0 = divmod(month, 12)
    # Every month has 28 days: only later ones may have to be clamped.
    if day > 28:
        day = min(day, monthrange(year, month0 + 1)[1])
    return date(year, month0 + 1, day)
