"""Dates of an item (rules 2 to 4): its schedule, which of its dates count, and when they take effect."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.allowance.domain.values import Adjust, DateKey, PlanItem
from core.kernel.recurrence import Schedule
from core.kernel.working_days import LONGEST_REST_DAYS, get_working_day_on_or_after, get_working_day_on_or_before

_REST = timedelta(days=LONGEST_REST_DAYS)
_MOVES = {Adjust.BEFORE: get_working_day_on_or_before, Adjust.AFTER: get_working_day_on_or_after}


@dataclass(frozen=True, slots=True)
class ItemDates:
    """The dates of one income or bill: those of `schedule` that are not before `first` or after `last` count.

    Whether a date also belongs to a pay period that counts it is a matter of rules 3 and 6, once paydays are known.
    """

    item: PlanItem
    schedule: Schedule
    first: date
    last: date
    holiday_calendar: str

    @classmethod
    def of(cls, item: PlanItem, *, holiday_calendar: str) -> "ItemDates":
        """Return the dates of an item."""
        return cls(
            item=item,
            schedule=Schedule(item.frequency, item.anchor, item.month_days),
            first=max(item.start_date or date.min, item.first_date or date.min),
            last=item.end_date or date.max,
            holiday_calendar=holiday_calendar,
        )

    def key(self, on_date: date) -> DateKey:
        """Return the key of one of the dates."""
        return DateKey(self.item.type, self.item.id, on_date)

    def is_counting(self, on_date: date) -> bool:
        """Return whether the day is a date of the schedule within its bounds (rule 3)."""
        return self.first <= on_date <= self.last and self.schedule.includes(on_date)

    def counting_between(self, start: date, end: date) -> list[date]:
        """Return the dates in `[start, end)` that count by rule 3, in order."""
        dates = self.schedule.dates_between(max(start, self.first), end)
        return dates if end <= self.last else [on_date for on_date in dates if on_date <= self.last]

    def effective(self, on_date: date) -> date:
        """Return the day on which a date takes effect (rule 4)."""
        adjust = self.item.adjust
        return on_date if adjust is Adjust.NONE else _MOVES[adjust](self.holiday_calendar, on_date)

    def effective_between(self, start: date, end: date) -> list[tuple[date, date]]:
        """Return (effective day, date) of the schedule's dates that take effect in `[start, end)`, counting or not."""
        if self.item.adjust is Adjust.NONE:
            return [(on_date, on_date) for on_date in self.schedule.dates_between(start, end)]
        move = _MOVES[self.item.adjust]
        near = self.schedule.dates_between(start - _REST, end + _REST)
        moved = [(move(self.holiday_calendar, on_date), on_date) for on_date in near]
        return [pair for pair in moved if start <= pair[0] < end]

    def previous(self, on_date: date) -> date:
        """Return the schedule's date before one of its dates, counting or not. Only for what recurs."""
        return self.schedule.date_at(self.schedule.index_on_or_before(on_date) - 1)

    def following(self, on_date: date) -> date:
        """Return the schedule's date after one of its dates, counting or not. Only for what recurs."""
        return self.schedule.date_at(self.schedule.index_on_or_before(on_date) + 1)

    def counting_from(self, day: date) -> Iterator[date]:
        """Return the dates on or after a day that count by rule 3, in order; without end where the item has none."""
        index = self.schedule.index_on_or_after(max(day, self.first))
        on_date = self.schedule.date_at(index)
        if not self.item.frequency.recurs:
            if index <= 0 and on_date <= self.last:
                yield on_date
            return
        while on_date <= self.last:
            yield on_date
            index += 1
            on_date = self.schedule.date_at(index)

    def counting_near(self, day: date) -> Iterator[date]:
        """Return the dates that count by rule 3 from the first that may take effect on or after a day, in order."""
        return self.counting_from(day if self.item.adjust is Adjust.NONE else day - _REST)


def find_next_occurrence(*, dates: ItemDates, today: date) -> date | None:
    """Return the first date of the schedule that counts by rule 3, on or after today; None when there is none."""
    return next(dates.counting_from(today), None)
