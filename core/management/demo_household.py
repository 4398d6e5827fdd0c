"""The demo household: its plan, and a year of its purchases.

The same seed and day give the same rows, in whole cents.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.kernel.recurrence import Frequency, Schedule, get_default_month_days
from core.ledger.services import TransactionEntry

CURRENCY = "EUR"
TIMEZONE = "Europe/Berlin"

_PERIODS = 13
_DAYS_TO_PAYDAY = 12


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """An income or a bill. Its schedule steps from `offset` days after the household's first day."""

    name: str
    cents: int
    frequency: Frequency
    offset: int
    adjust: str = "none"

    @property
    def amount(self) -> Decimal:
        """In whole units."""
        return Decimal(self.cents).scaleb(-2)

    def anchor(self, *, first_day: datetime.date) -> datetime.date:
        """A date of the schedule."""
        return first_day + datetime.timedelta(days=self.offset)


@dataclass(frozen=True, slots=True)
class Habit:
    """A repeated purchase: on which weekdays (0 is Monday), how likely, for how much."""

    category: str
    descriptions: tuple[str, ...]
    weekdays: tuple[int, ...]
    percent: int
    cents: tuple[int, int]


INCOMES = (
    PlanEntry("Salary", 284_000, Frequency.MONTHLY, 0, adjust="before"),
    PlanEntry("Evening classes", 31_500, Frequency.BI_WEEKLY, 9),
    PlanEntry("Child benefit", 25_500, Frequency.MONTHLY, 12),
    PlanEntry("Dividends", 8_640, Frequency.QUARTERLY, 40),
    PlanEntry("Christmas bonus", 120_000, Frequency.ANNUAL, 100),
    PlanEntry("Tax refund", 61_240, Frequency.ONCE, 251),
)

EXPENSES = (
    PlanEntry("Rent", 104_000, Frequency.MONTHLY, 5, adjust="after"),
    PlanEntry("Electricity", 7_900, Frequency.MONTHLY, 17),
    PlanEntry("Internet and phones", 5_498, Frequency.MONTHLY, 20),
    PlanEntry("Bus fare", 240, Frequency.DAILY, 0),
    PlanEntry("Piano lesson", 2_600, Frequency.WEEKLY, 2),
    PlanEntry("Vegetable box", 2_450, Frequency.BI_WEEKLY, 4),
    PlanEntry("Cleaning", 4_500, Frequency.SEMI_MONTHLY, 6),
    PlanEntry("Gym", 2_990, Frequency.FOUR_WEEKLY, 11),
    PlanEntry("Broadcasting fee", 5_508, Frequency.QUARTERLY, 64),
    PlanEntry("Water", 8_825, Frequency.QUARTERLY, 31),
    PlanEntry("Car insurance", 29_860, Frequency.SEMI_ANNUAL, 90),
    PlanEntry("Car tax", 13_200, Frequency.ANNUAL, 205),
    PlanEntry("Household insurance", 9_470, Frequency.ANNUAL, 300),
    PlanEntry("Class trip", 38_500, Frequency.ONCE, 450),
)

GOALS = (("Rainy days", Decimal("10.00")), ("Holiday by the sea", Decimal("5.00")))
TARGET = PlanEntry("Bicycle", 90_000, Frequency.ONCE, 450)

# The last rents as they left the account: the last one with a charge for heating.
RENTS_PAID = (Decimal("1040.00"), Decimal("1052.40"))

BALANCE = Decimal("2300.00")
"""What is on the account today."""

HABITS = (
    Habit("groceries", ("Corner shop", "Supermarket", "Bakery"), (0, 1, 2, 3, 4), 75, (450, 3_200)),
    Habit("groceries", ("Saturday market", "Supermarket"), (5,), 90, (2_800, 8_900)),
    Habit("eating out", ("Coffee", "Lunch with colleagues", "Falafel"), (0, 1, 2, 3, 4), 55, (280, 1_450)),
    Habit("eating out", ("Pizza night", "Noodle bar", "Ice cream"), (4, 5, 6), 45, (900, 5_600)),
    Habit("transport", ("Fuel",), (0, 5), 32, (3_800, 6_900)),
    Habit("household", ("Pharmacy", "Hardware shop", "Soap and such"), (1, 3, 5), 38, (390, 3_400)),
    Habit("children", ("School things", "Birthday present", "Shoes"), (2, 5), 30, (600, 4_900)),
    Habit("leisure", ("Cinema", "Swimming pool", "Books", "Concert"), (4, 5, 6), 40, (700, 4_200)),
    Habit("clothes", ("Trousers", "Jumper", "Rain jacket"), (5,), 25, (1_900, 7_900)),
)

# How many of a hundred purchases of clothes or household things go back to the shop within the week.
_RETURNED_PERCENT = 18
_RETURNABLE = {"clothes", "household", "children"}


def get_first_day(*, today: datetime.date) -> datetime.date:
    """The payday a year and a month before the next one, which lies twelve days ahead of `today`."""
    next_payday = today + datetime.timedelta(days=_DAYS_TO_PAYDAY)
    month_days = get_default_month_days(Frequency.MONTHLY, next_payday)
    return Schedule(Frequency.MONTHLY, next_payday, month_days).date_at(-_PERIODS)


def list_rent_payments(*, first_day: datetime.date, today: datetime.date) -> Iterator[tuple[datetime.date, Decimal]]:
    """Yield the due dates of the last rents and what was paid on each of them."""
    anchor = next(entry for entry in EXPENSES if entry.name == "Rent").anchor(first_day=first_day)
    schedule = Schedule(Frequency.MONTHLY, anchor, get_default_month_days(Frequency.MONTHLY, anchor))
    last = schedule.index_on_or_before(today)
    for index, amount in zip(range(last - len(RENTS_PAID) + 1, last + 1), RENTS_PAID, strict=True):
        yield schedule.date_at(index), amount


def list_purchases(*, seed: int, first_day: datetime.date, today: datetime.date) -> Iterator[TransactionEntry]:
    """The purchases and refunds of `[first_day, today]`, in the order of their days."""
    # One generator for the whole year: what happens on a day does not depend on how many days there are.
    rng = random.Random(seed)
    returned: dict[datetime.date, list[TransactionEntry]] = {}
    for number in range((today - first_day).days + 1):
        day = first_day + datetime.timedelta(days=number)
        for habit in HABITS:
            # Drawn for every habit and day, so that the calendar does not shift the draws.
            bought = rng.randrange(100) < habit.percent
            cents, description = rng.randint(*habit.cents), rng.choice(habit.descriptions)
            days_to_return, regretted = rng.randint(1, 7), rng.randrange(100) < _RETURNED_PERCENT
            if not bought or day.weekday() not in habit.weekdays:
                continue
            entry = TransactionEntry(
                date=day, amount=Decimal(cents).scaleb(-2), category=habit.category, description=description
            )
            yield entry
            if regretted and habit.category in _RETURNABLE:
                back_on = day + datetime.timedelta(days=days_to_return)
                returned.setdefault(back_on, []).append(entry)
        for entry in returned.pop(day, []):
            yield TransactionEntry(
                date=day,
                amount=entry.amount,
                kind="refund",
                category=entry.category,
                description=f"{entry.description}, taken back",
            )
