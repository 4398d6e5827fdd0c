"""The product agrees with a brute-force reading of the contract on thousands of random plans."""

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from core.allowance.domain import (
    ItemType,
    Plan,
    PlanItem,
    Reason,
    Status,
    calculate_figure,
    calculate_pay_calendar,
    calculate_pool,
    calculate_shortfall,
    calculate_status,
    find_next_occurrence,
)
from core.kernel.frequencies import Frequency
from core.kernel.schedules import EARLIEST_DATE
from core.tests.unit.builders import RECURRING
from core.tests.unit.reference import Answer, Reference

PLANS_A_BATCH = 1000
BATCHES = 10
FIRST_DAY, LAST_DAY = date(2023, 11, 1), date(2028, 4, 1)
DIFFICULT_DAYS = [
    date(2024, 1, 29),
    date(2024, 1, 30),
    date(2024, 1, 31),
    date(2024, 2, 29),
    date(2024, 12, 31),
    date(2025, 1, 29),
    date(2025, 8, 31),
    date(2026, 2, 28),
    date(2027, 2, 28),
    date(2027, 11, 30),
    date(2028, 2, 29),
]


class Dice:
    """Random plans, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def day(self) -> date:
        if self.random.random() < 0.3:
            return self.random.choice(DIFFICULT_DAYS)
        return FIRST_DAY + timedelta(days=self.random.randrange((LAST_DAY - FIRST_DAY).days))

    def anchor(self) -> date:
        """Mostly near; now and then at the end of the years that a client may name."""
        if self.random.random() < 0.03:
            return self.random.choice([EARLIEST_DATE, date(2008, 2, 29), date(2004, 8, 31), date(2040, 12, 30)])
        return self.day()

    def amount(self, decimals: int) -> Fraction:
        """Whole minor units, or what a conversion at a rate of four decimals makes of them."""
        minor_units = self.random.choice([1, 7, 99, 100, self.random.randrange(1, 10**6)])
        amount = Fraction(minor_units, 10**decimals)
        return amount / Fraction(self.random.randrange(5_000, 20_000), 10_000) if self.random.random() < 0.2 else amount

    def item(self, *, pk: int, item_type: ItemType, decimals: int, on_date: date) -> PlanItem:
        frequency = self.random.choice(RECURRING if self.random.random() < 0.85 else [Frequency.ONCE])
        added_on = self.random.choice([self.day(), on_date, on_date - timedelta(days=self.random.randrange(200))])
        scheduled_on = added_on
        if self.random.random() < 0.5:
            scheduled_on += timedelta(days=self.random.choice([1, 7, 31, self.random.randrange(500)]))
        anchor = self.random.choice([self.anchor(), scheduled_on + timedelta(days=self.random.randrange(-40, 80))])
        return PlanItem(
            type=item_type,
            id=pk,
            name="",
            amount=self.amount(decimals),
            frequency=frequency,
            anchor=anchor,
            added_on=added_on,
            scheduled_on=scheduled_on,
        )

    def plan(self, on_date: date) -> Plan:
        decimals = self.random.choice([0, 2, 2, 3])
        types = [ItemType.INCOME] * self.random.choice([0, 1, 1, 2, 3]) + [ItemType.EXPENSE] * self.random.randrange(5)
        self.random.shuffle(types)
        # Equal amounts and frequencies make ties for the main income: the lowest id is not always the first.
        ids = self.random.sample(range(1, 20), len(types))
        return Plan(
            decimals=decimals,
            items=tuple(
                self.item(pk=pk, item_type=item_type, decimals=decimals, on_date=on_date)
                for pk, item_type in zip(ids, types, strict=True)
            ),
            savings_percent=Decimal(self.random.choice([0, 0, 1000, 3333, 10000])).scaleb(-2),
        )

    def spending(self, decimals: int) -> Decimal:
        """Nothing, some, much; or more refunds than spends."""
        minor_units = self.random.choice([0, 0, 1, self.random.randrange(10**4), -self.random.randrange(10**4), 10**7])
        return Decimal(minor_units).scaleb(-decimals)

    def choose_day(self, reference: Reference, on_date: date) -> date:
        """The day itself, or its period's first or last."""
        start, end = reference.period_of(on_date)
        return self.random.choice([on_date, on_date, start, end - timedelta(days=1)])


def ask_product(plan: Plan, on_date: date, *, spent_before: Decimal, spent_today: Decimal) -> Answer:
    """The product's figure in the reference's words."""
    figure = calculate_figure(plan=plan, on_date=on_date, spent_before=spent_before, spent_today=spent_today)
    return Answer(
        period=(figure.pool.period.start, figure.pool.period.end),
        counted=tuple(part.counted for part in figure.pool.items),
        pool=figure.pool.amount,
        amount=figure.amount,
        remaining_amount=figure.remaining_amount,
        tomorrow=figure.tomorrow,
        status=calculate_status(
            pool=figure.pool.amount,
            remaining_amount=figure.remaining_amount,
            income_counts=figure.pool.income_counts,
        ).value,
        shortfall=calculate_shortfall(pool=figure.pool.amount),
    )


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_product_agrees_with_the_reference_on_random_plans(batch: int) -> None:
    dice = Dice(seed=batch)

    for number in range(PLANS_A_BATCH):
        on_date = dice.day()
        plan = dice.plan(on_date)
        reference = Reference(plan, on_date)
        on_date = dice.choose_day(reference, on_date)
        spending = {"spent_before": dice.spending(plan.decimals), "spent_today": dice.spending(plan.decimals)}

        expected = reference.answer(on_date, **spending)
        answered = ask_product(plan, on_date, **spending)

        assert answered == expected, f"plan {number} of batch {batch} on {on_date}: {plan} {spending}"


def test_the_random_plans_reach_every_rule_and_every_pair_of_rhythms() -> None:
    dice = Dice(seed=0)
    reasons, statuses, pairs = set(), set(), set()

    for _ in range(PLANS_A_BATCH):
        on_date = dice.day()
        plan = dice.plan(on_date)
        answered = ask_product(
            plan,
            on_date,
            spent_before=dice.spending(plan.decimals),
            spent_today=dice.spending(plan.decimals),
        )
        calendar = calculate_pay_calendar(items=plan.items)
        pool = calculate_pool(plan=plan, calendar=calendar, period=calendar.period_containing(on_date))
        reasons |= {(part.item.type, part.reason) for part in pool.items}
        statuses.add(answered.status)
        pairs |= {(calendar.frequency, item.frequency) for item in plan.items}

    assert {reason for _type, reason in reasons} == set(Reason)
    assert statuses == {status.value for status in Status}
    assert pairs == set(product(RECURRING, Frequency))


def test_the_next_occurrence_is_the_first_counting_date_from_today_on() -> None:
    dice = Dice(seed=4711)

    for _ in range(1000):
        today = dice.day()
        # Nobody asks about a day before the item was entered.
        item = dice.item(pk=1, item_type=ItemType.EXPENSE, decimals=2, on_date=today)
        today = max(today, item.scheduled_on)
        reference = Reference(Plan(decimals=2, items=(item,)), today)
        dates = reference.dates_of(item) if item.frequency is Frequency.ONCE else reference.counting_dates(item)

        found = find_next_occurrence(schedule=item.schedule, scheduled_on=item.scheduled_on, today=today)

        assert found == min((day for day in dates if day >= today), default=None), (item, today)
