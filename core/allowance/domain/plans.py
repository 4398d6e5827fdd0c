"""What a figure is made of: incomes, bills and goals, when they fall due, and the paydays between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.kernel.frequencies import Frequency
from core.kernel.periods import PayCalendar
from core.kernel.schedules import Schedule


class ItemType(StrEnum):
    """Which side of the plan an item stands on."""

    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True)
class PlanItem:
    """An income or a bill.

    `amount` is in the person's currency, exact and above 0. `added_on` is the local day the item was
    added, `scheduled_on` the one on which its frequency or date was last changed.
    """

    type: ItemType
    id: int
    name: str
    amount: Fraction
    frequency: Frequency
    anchor: date
    added_on: date
    scheduled_on: date

    @property
    def schedule(self) -> Schedule:
        """The item's dates, without regard to which of them count."""
        return Schedule(anchor=self.anchor, frequency=self.frequency)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a pool depends on: the items and the goals of one person, amounts in one currency.

    `savings_percent` is the sum of the goals' percentages of the income counted, 0 to 100.
    """

    decimals: int
    items: tuple[PlanItem, ...] = ()
    savings_percent: Decimal = Decimal(0)


def find_main_income(*, items: Iterable[PlanItem]) -> PlanItem | None:
    """The recurring income that is largest per year, ties to the lowest id; None without one."""
    main_income, most, parts = None, 0, 1
    for item in items:
        if item.type is ItemType.INCOME and item.frequency.recurs:
            amount, per_year = item.amount, item.frequency.per_year
            # A year's sum as a ratio of whole numbers: two of them compare crosswise without being reduced.
            total = amount.numerator * per_year.numerator
            share = amount.denominator * per_year.denominator
            ahead = total * parts - most * share
            if main_income is None or ahead > 0 or (ahead == 0 and item.id < main_income.id):
                main_income, most, parts = item, total, share
    return main_income


def calculate_pay_calendar(*, items: Iterable[PlanItem]) -> PayCalendar:
    """The paydays of a plan: the main income's dates, or each month's first day without one."""
    main_income = find_main_income(items=items)
    if main_income is None:
        return PayCalendar.of_calendar_months()
    return PayCalendar(schedule=main_income.schedule)


def is_running(*, schedule: Schedule, scheduled_on: date) -> bool:
    """Whether a recurring schedule was under way when it was entered.

    It is where the date one step before the anchor is on or before the day it was last scheduled: then
    its dates before the anchor count too. Always false for `once`.
    """
    if not schedule.frequency.recurs:
        return False
    # The date before the anchor need not be known where the anchor itself lies back.
    return schedule.anchor <= scheduled_on or schedule.date_at(-1) <= scheduled_on


def find_next_occurrence(*, schedule: Schedule, scheduled_on: date, today: date) -> date | None:
    """The first date of a schedule on or after `today` that counts; None when past and `once`."""
    if schedule.anchor >= today and not is_running(schedule=schedule, scheduled_on=scheduled_on):
        return schedule.anchor
    if not schedule.frequency.recurs:
        return None
    return schedule.date_at(schedule.index_on_or_after(today))


def sum_percentages(*, percentages: Sequence[Decimal]) -> Decimal:
    """The goals' percentages together; above 100 they break the rule on goals."""
    return sum(percentages, Decimal(0))
