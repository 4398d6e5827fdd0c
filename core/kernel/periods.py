"""Pay periods: the stretches from one payday up to the next."""

from dataclasses import dataclass
from datetime import date

from core.kernel.frequencies import Frequency
from core.kernel.schedules import ONE_DAY, Schedule


@dataclass(frozen=True, slots=True)
class PayPeriod:
    """The days `[start, end)`: a payday, and the next one that is not part of it."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Length in days, at least 1."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The day before the next payday."""
        return self.end - ONE_DAY

    def days_left(self, on_date: date) -> int:
        """Days from `on_date`, itself included, to the end. At least 1 for a day of the period."""
        return (self.end - on_date).days


@dataclass(frozen=True, slots=True)
class PayCalendar:
    """Every payday, past and future: the dates of a recurring schedule."""

    schedule: Schedule

    @classmethod
    def of_calendar_months(cls) -> "PayCalendar":
        """The calendar of somebody without a recurring income: each month's first day is a payday."""
        return cls(schedule=Schedule(anchor=date(2000, 1, 1), frequency=Frequency.MONTHLY))

    @property
    def frequency(self) -> Frequency:
        """The rhythm that other items' cycles are compared with."""
        return self.schedule.frequency

    def period_containing(self, day: date) -> PayPeriod:
        """The pay period that `day` belongs to; a payday belongs to the period that it starts."""
        index = self.schedule.index_on_or_before(day)
        return PayPeriod(start=self.schedule.date_at(index), end=self.schedule.date_at(index + 1))

    def payday_on_or_before(self, day: date) -> date:
        """The start of the pay period that `day` belongs to."""
        return self.schedule.date_at(self.schedule.index_on_or_before(day))

    def count_paydays(self, first: date, last: date) -> int:
        """How many paydays lie in `[first, last]`, both days included."""
        return self.schedule.count_between(first, last + ONE_DAY)
