"""The rows of one user as plain values: what a figure is computed from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

Key = tuple[str, int, date]
"""A schedule's date: the type of its item (income, expense or savings-goal), the item's id, the unmoved date."""

DECIMALS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
BASE_CURRENCY = "EUR"


class Refused(Exception):  # noqa: N818
    """A write that the product answers with 400."""


@dataclass(frozen=True)
class Schedule:
    """Rule 2: a frequency and its anchor.

    `month_day` is the day of the month that month steps aim at (it stays when the anchor moves to a clamped date);
    `days` are the two days of semi-monthly.
    """

    frequency: str
    anchor: date
    month_day: int
    days: tuple[int, int] | None = None


@dataclass
class Item:
    """An income, a bill, or (made by `World.dated_items`) a goal with a target.

    `set_anchor` is the anchor that the schedule had when it was last set, `first_date` the earliest anchor since.
    `tie` decides between main incomes of equal size.
    """

    kind: str
    id: int
    amount: Fraction
    currency: str
    schedule: Schedule
    start: date | None
    end: date | None
    adjust: str
    added_on: date
    schedule_set_on: date
    set_anchor: date
    first_date: date
    valued_on: date
    tie: int
    deleted: bool = False


@dataclass
class Goal:
    """A savings goal: a percentage of income, or a target amount and its date."""

    id: int
    percentage: Fraction | None
    target_amount: Fraction | None
    target_date: date | None
    added_on: date
    deleted: bool = False


@dataclass
class Transaction:
    """A transaction. Its id is its place in the order of writing; `base_amount` is in the user's currency."""

    id: int
    date: date
    amount: Fraction
    currency: str
    kind: str
    base_amount: Fraction
    item: tuple[str, int] | None = None
    occurrence: date | None = None

    @property
    def key(self) -> Key | None:
        """The date that it names."""
        return (*self.item, self.occurrence) if self.item and self.occurrence else None


@dataclass(frozen=True)
class Patch:
    """Rule 10: what was said about a date beforehand. Without an amount the date is skipped."""

    place: int
    said_on: date
    amount: Fraction | None


@dataclass
class Reconciliation:
    """Rule 12. `place` is its place in the order of writing."""

    place: int
    date: date
    amount: Fraction
    covers: str
    not_yet: frozenset[Key]
    period: tuple[date, date] | None = None
    own_pool_then: Fraction | None = None


@dataclass
class Line:
    """Rule 13: what a date brought to a closed period, as planned.

    `later` is what later periods were to count of it, `parts` how many periods shared that and `brought` (0: this
    period had no share, and the line keeps only `later`, or that the date stood); `own` says whether the date belongs
    to this period.
    """

    brought: Fraction
    later: Fraction
    parts: int
    own: bool
    effective: date


@dataclass
class ClosedPeriod:
    """Rule 13: what a period keeps when it closes. `unmoved_start` is its payday before `adjust`."""

    start: date
    end: date
    unmoved_start: date
    main_frequency: str
    savings_percent: Fraction
    carries: bool
    repays: bool
    lines: dict[Key, Line]


@dataclass
class Settings:
    """The user's settings. The days are those on which a carry setting was chosen."""

    currency: str = "EUR"
    holiday_calendar: str = ""
    leftover: str = "forget"
    leftover_chosen_on: date = date.min
    overspend: str = "forgive"
    overspend_chosen_on: date = date.min
    weights: tuple[int, ...] = (1, 1, 1, 1, 1, 1, 1)


@dataclass
class World:
    """Everything that the product stores of one user.

    `changed_on` is the day of the last write that may have laid the paydays elsewhere (rule 13). `rows` holds the
    `amount` of each day that has a row (rule 15). `version` rises with every write but those of spending.
    """

    made_on: date
    settings: Settings = field(default_factory=Settings)
    items: dict[tuple[str, int], Item] = field(default_factory=dict)
    goals: dict[int, Goal] = field(default_factory=dict)
    transactions: dict[int, Transaction] = field(default_factory=dict)
    patches: dict[Key, Patch] = field(default_factory=dict)
    reconciliations: dict[int, Reconciliation] = field(default_factory=dict)
    closed: list[ClosedPeriod] = field(default_factory=list)
    rates: dict[str, dict[date, Fraction]] = field(default_factory=dict)
    rows: dict[date, Fraction] = field(default_factory=dict)
    changed_on: date = date.min
    version: int = 0
    plan_cache: Any = field(default=None, repr=False, compare=False)
    payday_cache: Any = field(default=None, repr=False, compare=False)

    @property
    def minor_unit(self) -> Fraction:
        """The smallest amount in the user's currency."""
        return Fraction(1, 10 ** DECIMALS[self.settings.currency])

    def incomes(self) -> list[Item]:
        """The incomes that are not deleted."""
        return [item for item in self.items.values() if item.kind == "income" and not item.deleted]

    def dated_items(self) -> Iterator[Item]:
        """Incomes, bills and goals with a target; rule 9: a target is put aside for like a bill `once`."""
        yield from self.items.values()
        for goal in self.goals.values():
            if goal.target_amount is not None and goal.target_date is not None:
                day = goal.target_date
                yield Item(
                    kind="savings-goal",
                    id=goal.id,
                    amount=goal.target_amount,
                    currency=self.settings.currency,
                    schedule=Schedule("once", day, day.day),
                    start=None,
                    end=None,
                    adjust="none",
                    added_on=goal.added_on,
                    schedule_set_on=goal.added_on,
                    set_anchor=day,
                    first_date=day,
                    valued_on=goal.added_on,
                    tie=goal.id,
                    deleted=goal.deleted,
                )

    def savings_percent(self) -> Fraction:
        """Rule 9: the percentages of all goals together."""
        return sum(
            (goal.percentage for goal in self.goals.values() if goal.percentage and not goal.deleted), Fraction()
        )

    def rate(self, currency: str, on_date: date) -> Fraction:
        """Section 5: units of the user's currency for one of `currency`, over the feed's base.

        The latest rate on or before the day; the feed gives units of a currency for one of the base.
        """
        if currency == self.settings.currency:
            return Fraction(1)
        return self._per_base(self.settings.currency, on_date) / self._per_base(currency, on_date)

    def _per_base(self, currency: str, on_date: date) -> Fraction:
        if currency == BASE_CURRENCY:
            return Fraction(1)
        days = [day for day in self.rates.get(currency, {}) if day <= on_date]
        if not days:
            raise Refused("no rate")
        return self.rates[currency][max(days)]


def round_down(amount: Fraction, minor_unit: Fraction) -> Fraction:
    """Round toward minus infinity to the minor unit."""
    return (amount // minor_unit) * minor_unit


def round_half_even(amount: Fraction, minor_unit: Fraction) -> Fraction:
    """Round half even to the minor unit. Python's `round` of a Fraction is half even."""
    return round(amount / minor_unit) * minor_unit
