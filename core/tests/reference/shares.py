"""Rules 7, 8, 9 and the sharing part of 13: which periods put a date aside or count it, and how much of it."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .marks import mark
from .periods import Calendar
from .schedules import HALF_A_STEP, MONTHS_OF_STEP, find_next, find_previous, is_longer, list_dates
from .world import Item, Key, Line, Transaction, World

Shares = dict[int, Fraction]
"""What each period puts aside (a bill, a target) or counts (an income) of a date: by the period's place."""


class Plan:
    """The plan of a world as it stands: its calendar, its items, and what closed periods keep of each date."""

    def __init__(self, world: World, day: date) -> None:
        """Read the world as it stands on a day."""
        self.world = world
        self.calendar = Calendar(world, day)
        self.items = {(item.kind, item.id): item for item in world.dated_items()}
        self.lines: dict[Key, dict[int, Line]] = {}
        for i, closed in enumerate(world.closed, start=self.calendar.first_closed):
            for key, line in closed.lines.items():
                self.lines.setdefault(key, {})[i] = line
        money = [t for t in world.transactions.values() if t.kind in ("bill", "income")]
        self.bills_and_incomes = sorted(money, key=lambda t: (t.date, t.id))
        self.naming: dict[Key, list[Transaction]] = {}
        for transaction in self.bills_and_incomes:
            if transaction.key is not None:
                self.naming.setdefault(transaction.key, []).append(transaction)
        # What other modules have worked out of this plan.
        self.pools: dict[Any, Any] = {}
        self.closed_results: list[Any] | None = None
        self._stands: dict[Key, bool] = {}
        self._sharing: dict[Key, list[int]] = {}

    def stands(self, key: Key) -> bool:
        """Rule 3: whether the date counts by the plan as it is; of a deleted item only where a transaction names it."""
        if key not in self._stands:
            self._stands[key] = self._find_whether_it_stands(key)
        if self._stands[key] and self.items[key[:2]].deleted:
            return key in self.naming
        return self._stands[key]

    def _find_whether_it_stands(self, key: Key) -> bool:
        item = self.items.get(key[:2])
        if item is None or not list_dates(item.schedule, key[2], key[2]):
            return False
        return self.calendar.counts(item, key[2])

    def is_known(self, key: Key) -> bool:
        """Whether the date counts, by the plan as it is or by what a closed period keeps of it."""
        return key in self.lines or (self.stands(key) and not self.is_passed_by(key))

    def is_passed_by(self, key: Key) -> bool:
        """Rule 13: whether a date lies in a closed period that had no such date when it closed, and counts nowhere."""
        if not self.calendar.periods[self.own_period(key)].is_closed or self.find_kept_parts(key) is not None:
            return False
        return all(self.calendar.periods[i].is_closed for i in self.sharing_periods(key))

    def can_be_named(self, key: Key) -> bool:
        """Rules 10 and 13: of closed periods the dates that they kept, of others those that count by the plan."""
        if key[:2] not in self.items:
            return False
        if self.find_kept_parts(key) is not None:
            return True
        return self.stands(key) and not self.calendar.periods[self.own_period(key)].is_closed

    def own_period(self, key: Key) -> int:
        """Rule 6: the period to which the date belongs."""
        return self.calendar.belongs_to(self.items[key[:2]], key[2])

    def effective_day(self, key: Key) -> date:
        """Rule 4: the day on which the date takes effect."""
        return self.calendar.find_effective(self.items[key[:2]], key[2])

    def sharing_periods(self, key: Key) -> list[int]:
        """Rules 7 to 9: the periods that share a date, whether closed or not."""
        if key not in self._sharing:
            item = self.items[key[:2]]
            if item.kind == "income":
                self._sharing[key] = share_income(self.calendar, item, key[2], self.find_kept_parts(key))
            else:
                self._sharing[key] = share_bill(self.calendar, item, key[2])
        return self._sharing[key]

    def find_kept_parts(self, key: Key) -> int | None:
        """By how many periods a date was shared when its own period closed."""
        line = self.lines.get(key, {}).get(self.own_period(key))
        return line.parts if line and line.own else None

    def planned_shares(self, key: Key, rate_day: date) -> Shares:
        """Rules 7, 8 and 13: what each period brings of a date, as planned.

        Closed periods bring what they keep; the rest is shared evenly by the open ones. `rate_day` is the day at whose
        rate the amount converts.
        """
        shares = {i: line.brought for i, line in self.lines.get(key, {}).items() if line.parts}
        if not self.stands(key):
            return shares
        item = self.items[key[:2]]
        open_periods = [i for i in self.sharing_periods(key) if not self.calendar.periods[i].is_closed]
        rest = item.amount * self.world.rate(item.currency, rate_day) - sum(shares.values(), Fraction())
        last = max(self.lines.get(key, {}), default=None)
        if item.kind == "income" and last is not None and open_periods and self.lines[key][last].later != rest:
            mark("reading 19: an income is edited while it is being spent")
        for i in open_periods:
            shares[i] = rest / len(open_periods)
        return shares

    def keys_near(self, i: int) -> list[Key]:
        """Every date that may bring something to a period: by the plan, by what was written in it, by what it kept."""
        period = self.calendar.periods[i]
        keys = set()
        for item in self.items.values():
            margin = timedelta(days=40)
            if item.schedule.frequency != "once":
                margin += timedelta(days=2 * HALF_A_STEP[item.schedule.frequency] + 2)
            first, last = period.start - margin, period.end + margin
            if item.schedule.frequency == "once":
                first = last = item.schedule.anchor
            dates = list_dates(item.schedule, first, last)
            if item.schedule.frequency == "semi-monthly":
                mark("2: semi-monthly")
            if item.schedule.frequency in MONTHS_OF_STEP and any(day.day < item.schedule.month_day for day in dates):
                mark("2: clamped to the month's last day")
            keys |= {(item.kind, item.id, day) for day in dates}
        in_period = [t for t in self.bills_and_incomes if period.start <= t.date < period.end]
        keys |= {transaction.key for transaction in in_period if transaction.key is not None}
        keys |= {key for key, patch in self.world.patches.items() if period.start <= patch.said_on < period.end}
        keys |= {key for key, lines in self.lines.items() if i in lines}
        return sorted(key for key in keys if self.is_known(key))


def share_bill(calendar: Calendar, item: Item, day: date) -> list[int]:
    """Rule 7: the periods that put a date of a bill, or of a goal with a target, aside."""
    own = calendar.belongs_to(item, day)
    first = calendar.first_period(item)
    if item.schedule.frequency != "once":
        if not is_longer(item.schedule.frequency, calendar.periods[own].main_frequency):
            return [own]
        previous = find_previous(item.schedule, day)
        assert previous
        first = max(first, calendar.belongs_to(item, previous) + 1)
    sharing = list(range(first, own + 1)) or [own]
    if len(sharing) > 1:
        mark("7: a bill is put aside for by several periods" if item.kind == "expense" else "9: a target by several")
    return sharing


def share_income(calendar: Calendar, item: Item, day: date, kept_parts: int | None) -> list[int]:
    """Rule 8: the periods over which a date of an income is spent.

    Whether it is spent over several is decided by what its own period kept, where that has closed, else by the main
    income of then as the plan is now.
    """
    own = calendar.belongs_to(item, day)
    frequency = item.schedule.frequency
    main_frequency = calendar.periods[own].main_frequency
    if calendar.periods[own].is_closed:
        main_frequency = calendar.paydays.frequency_on(calendar.find_effective(item, day))
    if frequency == "once":
        return [own]
    is_spread = is_longer(frequency, main_frequency) if kept_parts is None else kept_parts > 1
    if not is_spread:
        return [own]
    following = find_next(item.schedule, day)
    assert following
    sharing = list(range(own, calendar.belongs_to(item, following))) or [own]
    if len(sharing) > 1:
        mark("8: an income is spent over several periods")
    return sharing
