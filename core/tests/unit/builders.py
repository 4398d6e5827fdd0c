"""Short ways to write a plan down."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from core.allowance.domain import Figure, ItemType, Plan, PlanItem, calculate_figure
from core.kernel.frequencies import Frequency
from core.kernel.periods import PayCalendar
from core.kernel.schedules import Schedule

RECURRING = [frequency for frequency in Frequency if frequency is not Frequency.ONCE]


def day(text: str) -> date:
    """`day("2026-11-22")`."""
    return date.fromisoformat(text)


def make_item(
    item_type: ItemType,
    amount: object,
    frequency: str,
    anchor: date | str,
    added: date | str = "2026-11-22",
    *,
    scheduled: date | str | None = None,
    pk: int = 1,
) -> PlanItem:
    """An item; it was last scheduled on the day it was added, unless said."""
    return PlanItem(
        type=item_type,
        id=pk,
        name="",
        amount=Fraction(amount),
        frequency=Frequency(frequency),
        anchor=_to_date(anchor),
        added_on=_to_date(added),
        scheduled_on=_to_date(scheduled or added),
    )


def income(amount: object, frequency: str, anchor: date | str, added: date | str = "2026-11-22", **more) -> PlanItem:
    """An income."""
    return make_item(ItemType.INCOME, amount, frequency, anchor, added, **more)


def expense(amount: object, frequency: str, anchor: date | str, added: date | str = "2026-11-22", **more) -> PlanItem:
    """A bill."""
    return make_item(ItemType.EXPENSE, amount, frequency, anchor, added, **more)


def plan_of(*items: PlanItem, savings: object = 0, decimals: int = 2) -> Plan:
    """A plan of these items, in euros unless said."""
    return Plan(decimals=decimals, items=items, savings_percent=Decimal(savings))


def figure_of(plan: Plan, on_date: date | str, *, before: object = 0, today: object = 0) -> Figure:
    """The figure of one day, with what was spent before it in its period and on it."""
    return calculate_figure(
        plan=plan, on_date=_to_date(on_date), spent_before=Decimal(before), spent_today=Decimal(today)
    )


def calendar_of(frequency: str, anchor: date | str) -> PayCalendar:
    """The paydays of a main income."""
    return PayCalendar(schedule=Schedule(anchor=_to_date(anchor), frequency=Frequency(frequency)))


def _to_date(value: date | str) -> date:
    return day(value) if isinstance(value, str) else value
