"""Pay periods as values: the days from one payday up to the next."""

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PayPeriod:
    """The days `[start, end)`: a payday, and the next one, which is not part of it."""

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

    def contains(self, day: date) -> bool:
        """Return whether the day is part of the period."""
        return self.start <= day < self.end

    def days_left(self, on_date: date) -> int:
        """Return the days from `on_date`, itself included, to the end; at least 1 for a day of the period."""
        return (self.end - on_date).days
