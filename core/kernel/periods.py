"""Pay periods: the stretches from one payday up to the next."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.kernel.frequencies import Frequency
from core.kernel.schedules import Schedule


@dataclass(frozen=True, slots=True)
class PayPeriod:
    """The days `[start, end)`: a payday, and the next one that is not part of it."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Length in days, at least 1."""
        return (self.end - self.start).days

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

    def count_paydays(self, start: date, end: date) -> int:
        """How many paydays lie in `[start, end)`."""
        return self.schedule.count_between(start, end)

    def count_paydays_after(self, after: date, through: date) -> int:
        """How many paydays lie in `(after, through]`."""
        return self.schedule.count_between(after + timedelta(days=1), through + timedelta(days=1))
