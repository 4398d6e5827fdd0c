"""Rules 6 and 13: the list of pay periods, and to which of them a date belongs."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from .marks import mark
from .paydays import lay_paydays
from .schedules import counts_by_itself
from .working_days import find_effective
from .world import Item, Key, World

HORIZON = timedelta(days=1600)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A pay period [start, end); `unmoved_start` is its payday before `adjust`."""

    start: date
    end: date
    unmoved_start: date
    main_frequency: str
    is_closed: bool


class Calendar:
    """All pay periods of a world as it stands. Periods are named by their place in `periods`."""

    def __init__(self, world: World, day: date) -> None:
        """Lay the periods around `day` and everything that the rows name."""
        self.world = world
        named = [day, world.made_on]
        named += [item.schedule.anchor for item in world.dated_items()]
        named += [transaction.date for transaction in world.transactions.values()]
        # Whole years, so that the list of paydays seldom has to be laid anew.
        first, last = date((min(named) - HORIZON).year, 1, 1), date((max(named) + HORIZON).year, 12, 31)
        self.paydays = lay_paydays(world, first, last)
        self.periods = self._lay_periods()
        self.closed_count = len(world.closed)
        self.first_closed = next((i for i, period in enumerate(self.periods) if period.is_closed), 0)
        self._starts = [period.start for period in self.periods]
        # Rule 13: dates of closed periods keep the day on which they took effect and the period they belonged to.
        self._kept: dict[Key, tuple[int, date]] = {}
        for i, closed in enumerate(world.closed, start=self.first_closed):
            for key, line in closed.lines.items():
                if line.own:
                    self._kept[key] = (i, line.effective)
        self._own: dict[Key, int] = {}

    def _lay_periods(self) -> list[Period]:
        """Rule 13: closed periods keep their dates; the running one begins where the last of them ended.

        It ends at the first payday after the day of a change that laid the paydays elsewhere.
        """
        laid = [(payday.day, payday.unmoved) for payday in self.paydays.paydays]
        closed = self.world.closed
        if not closed:
            return self._connect(laid)
        before = [payday for payday in laid if payday[0] < closed[0].start]
        periods = self._connect([*before, (closed[0].start, closed[0].unmoved_start)])
        periods += [Period(p.start, p.end, p.unmoved_start, p.main_frequency, is_closed=True) for p in closed]
        start = closed[-1].end
        passed = max(start, self.world.changed_on)
        after = [payday for payday in laid if payday[0] > passed]
        if any(start < day <= passed for day, _unmoved in laid):
            mark("13: paydays are passed over")
        if start not in dict(laid):
            mark("13: the running period begins on no payday")
            mark("reading 16: the unmoved payday of a period that begins on none")
        return periods + self._connect([(start, dict(laid).get(start, start)), *after])

    def _connect(self, paydays: list[tuple[date, date]]) -> list[Period]:
        """Return the open periods from each payday to the next."""
        periods = []
        for i in range(len(paydays) - 1):
            start, unmoved = paydays[i]
            end = paydays[i + 1][0]
            frequency = self.paydays.frequency_on(end - ONE_DAY)
            if frequency != self.paydays.frequency_on(start):
                mark("reading 14: the main income changes within a period")
            periods.append(Period(start, end, unmoved, frequency, is_closed=False))
        return periods

    def find_period(self, day: date) -> int:
        """The period that contains a day."""
        i = bisect_right(self._starts, day) - 1
        assert i >= 0
        assert self.periods[i].start <= day < self.periods[i].end, f"{day} is outside the calendar"
        return i

    def closed_at(self, i: int) -> int | None:
        """The place of a period in the world's closed ones."""
        return i - self.first_closed if self.periods[i].is_closed else None

    def find_effective(self, item: Item, day: date) -> date:
        """Rule 4: the day on which a date takes effect."""
        key = (item.kind, item.id, day)
        if key in self._kept:
            return self._kept[key][1]
        effective = find_effective(day, item.adjust, self.world.settings.holiday_calendar)
        if effective != day:
            mark("4: moved to a working day")
        return effective

    def belongs_to(self, item: Item, day: date) -> int:
        """Rule 6: the one period to which a date of an item belongs, counting or not."""
        key = (item.kind, item.id, day)
        if key in self._kept:
            return self._kept[key][0]
        if key not in self._own:
            self._own[key] = self._find_own(item, day)
        return self._own[key]

    def _find_own(self, item: Item, day: date) -> int:
        by_unmoved = max((i for i, period in enumerate(self.periods) if period.unmoved_start <= day), default=0)
        effective = self.find_effective(item, day)
        by_effective = self.find_period(effective)
        if by_unmoved != by_effective:
            mark(f"6: two readings of a date ({item.kind})")
        if item.kind == "income":
            return max(by_unmoved, by_effective)
        own = min(by_unmoved, by_effective)
        if effective >= item.added_on and own < self.first_period(item):
            mark("6: not before the period of its day of adding")
            return self.first_period(item)
        return own

    def first_period(self, item: Item) -> int:
        """Rule 3: the period that contains the day on which the item was added."""
        return self.find_period(item.added_on)

    def counts(self, item: Item, day: date) -> bool:
        """Rule 3, for a date of the item's schedule: whether it counts."""
        return counts_by_itself(item, day) and self.belongs_to(item, day) >= self.first_period(item)
