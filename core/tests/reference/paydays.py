"""Rule 5: main incomes and paydays."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .marks import mark
from .schedules import LONGEST_STEP, TIMES_A_YEAR, counts_by_itself, find_first, find_next, is_running, list_dates
from .working_days import find_effective
from .world import Item, World

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Payday:
    """A day on which a period starts, and the same day before `adjust`."""

    day: date
    unmoved: date


@dataclass(frozen=True)
class Candidate:
    """A recurring income, with the day from which it has begun (None: always) and the one on which it has ended."""

    item: Item
    per_year: Fraction
    begins: date | None
    ends: date | None


def list_candidates(world: World) -> list[Candidate]:
    """Rule 5: the recurring incomes, the largest first; ties: the lowest id."""
    candidates = []
    for item in world.incomes():
        if item.schedule.frequency == "once":
            continue
        begins = ends = None
        if not is_running(item):
            first = find_first(item)
            begins = find_effective(first, item.adjust, world.settings.holiday_calendar) if first else date.max
        if item.end is not None:
            after = find_next(item.schedule, item.end)
            assert after
            ends = find_effective(after, item.adjust, world.settings.holiday_calendar)
        per_year = item.amount * TIMES_A_YEAR[item.schedule.frequency] * world.rate(item.currency, item.valued_on)
        candidates.append(Candidate(item, per_year, begins, ends))
    return sorted(candidates, key=lambda candidate: (-candidate.per_year, candidate.item.tie))


def choose_main_income(candidates: list[Candidate], day: date) -> Item | None:
    """Rule 5: the largest of those that have begun and not ended; where none has begun, of all that have not ended."""
    running = [candidate for candidate in candidates if candidate.ends is None or day < candidate.ends]
    begun = [candidate for candidate in running if candidate.begins is None or candidate.begins <= day]
    if running and not begun:
        mark("5: none has begun")
    chosen = begun or running
    return chosen[0].item if chosen else None


def frequency_of(main_income: Item | None) -> str:
    """Rule 5: the length of the periods; calendar months without a main income."""
    return main_income.schedule.frequency if main_income else "monthly"


class PaydayList:
    """Rule 5: the one list of paydays, from `first` to `last`."""

    def __init__(self, world: World, first: date, last: date) -> None:
        """List them day by day."""
        candidates = list_candidates(world)
        # The dates of each income by the day on which they take effect; of two on one day the earlier.
        by_effective: dict[int, dict[date, date]] = {}
        for candidate in candidates:
            item = candidate.item
            dates = by_effective.setdefault(item.id, {})
            for day in list_dates(item.schedule, first - LONGEST_STEP, last + LONGEST_STEP):
                dates.setdefault(find_effective(day, item.adjust, world.settings.holiday_calendar), day)
        self.paydays: list[Payday] = []
        self.main_incomes: dict[date, Item | None] = {}
        before = choose_main_income(candidates, first - ONE_DAY)
        day = first
        while day <= last:
            main = choose_main_income(candidates, day)
            self.main_incomes[day] = main
            if main is None:
                is_date, unmoved = day.day == 1, day
            else:
                is_date, unmoved = day in by_effective[main.id], by_effective[main.id].get(day, day)
                if is_date and day >= world.made_on and not counts_by_itself(main, unmoved):
                    mark("reading 12: a date that does not count lays a payday")
            if is_date or main is not before:
                self.paydays.append(Payday(day, unmoved))
            before = main
            day += ONE_DAY

    def frequency_on(self, day: date) -> str:
        """The frequency of the main income of a day."""
        return frequency_of(self.main_incomes[day])


def lay_paydays(world: World, first: date, last: date) -> PaydayList:
    """The list of paydays; laid anew where what it follows from has changed."""
    incomes = [(repr(item), world.rate(item.currency, item.valued_on)) for item in world.incomes()]
    key = (incomes, world.settings.holiday_calendar, first, last)
    if world.payday_cache is None or world.payday_cache[0] != key:
        world.payday_cache = (key, PaydayList(world, first, last))
    return world.payday_cache[1]
