"""The pool and the day, each number checkable by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from core.allowance.domain import (
    ItemType,
    Status,
    calculate_amount,
    calculate_figure,
    calculate_pay_calendar,
    calculate_pool,
    calculate_remaining,
    calculate_shortfall,
    calculate_status,
    calculate_tomorrow,
    sum_percentages,
)
from core.kernel.errors import FigureOutOfRange
from core.kernel.money import DAY_LIMIT, POOL_LIMIT
from core.kernel.periods import PayPeriod
from core.tests.unit.builders import day, expense, figure_of, income, plan_of

# Rule 9: the pool.


def test_savings_are_a_percentage_of_the_income_counted() -> None:
    gift = income(100, "once", "2027-05-01", pk=2)
    plan = plan_of(income(1000, "monthly", "2026-12-01", pk=1), gift, savings="33.33")

    figure = figure_of(plan, "2026-11-22")

    assert figure.pool.savings == Fraction("333.30")
    assert figure.pool.amount == Decimal("666.70")


@pytest.mark.parametrize(("decimals", "pool"), [(0, "-34"), (2, "-33.34"), (3, "-33.334")])
def test_a_pool_is_rounded_toward_minus_infinity(decimals: int, pool: str) -> None:
    # A third of the bill in each of October, November and December.
    plan = plan_of(expense(100, "once", "2026-12-01", "2026-10-15"), decimals=decimals)

    figure = figure_of(plan, "2026-11-22")

    assert str(figure.pool.amount) == pool
    assert not figure.pool.income_counts


@pytest.mark.parametrize(
    ("item_type", "amount", "savings"),
    [(ItemType.INCOME, POOL_LIMIT, 0), (ItemType.EXPENSE, POOL_LIMIT, 0), (ItemType.INCOME, POOL_LIMIT, 100)],
)
def test_a_pool_beyond_its_limit_is_refused(item_type: ItemType, amount: Decimal, savings: int) -> None:
    build = income if item_type is ItemType.INCOME else expense
    too_much = plan_of(build(amount, "monthly", "2026-12-01"), savings=savings)
    just_fits = plan_of(build(amount - Decimal("0.01"), "monthly", "2026-12-01"), savings=savings)

    with pytest.raises(FigureOutOfRange, match="this plan"):
        figure_of(too_much, "2026-11-22")
    assert abs(figure_of(just_fits, "2026-11-22").pool.amount) < POOL_LIMIT


def test_a_pool_may_be_asked_for_any_period() -> None:
    plan = plan_of(income(1000, "monthly", "2026-12-01", "2026-01-01"))
    calendar = calculate_pay_calendar(items=plan.items)

    pool = calculate_pool(plan=plan, calendar=calendar, period=calendar.period_containing(day("2030-02-10")))

    assert pool.period == PayPeriod(start=day("2030-02-01"), end=day("2030-03-01"))
    assert (pool.amount, pool.income_counts) == (Decimal("1000.00"), True)


def test_an_empty_plan_has_nothing_to_spend() -> None:
    figure = figure_of(plan_of(), "2026-11-22")

    assert (figure.pool.amount, figure.amount, figure.tomorrow) == (0, 0, 0)
    assert figure.pool.items == ()


# Rule 10: the day.


@pytest.mark.parametrize(
    ("pool", "spent", "days_left", "decimals", "amount"),
    [
        ("1700.00", "0", 9, 2, "188.88"),
        ("1700.00", "100", 8, 2, "200.00"),
        ("100", "0", 3, 0, "33"),
        ("100.000", "0", 3, 3, "33.333"),
        ("100.00", "-20.00", 4, 2, "30.00"),
        ("100.00", "100.00", 4, 2, "0.00"),
        ("100.00", "100.01", 4, 2, "0.00"),
        ("-50.00", "0", 4, 2, "0.00"),
        ("-50.00", "-60.00", 4, 2, "2.50"),
        ("0.05", "0", 1, 2, "0.05"),
    ],
)
def test_an_amount_is_an_even_share_of_what_is_left(
    pool: str, spent: str, days_left: int, decimals: int, amount: str
) -> None:
    calculated = calculate_amount(
        pool=Decimal(pool), spent_before=Decimal(spent), days_left=days_left, decimals=decimals
    )

    assert str(calculated) == amount


def test_tomorrow_has_a_day_less_and_what_was_spent_today_less() -> None:
    tomorrow = calculate_tomorrow(
        pool=Decimal("100.00"),
        spent_before=Decimal("10.00"),
        spent_today=Decimal("30.00"),
        days_left=4,
        decimals=2,
    )

    # The 60 that are left, over 3 days.
    assert tomorrow == Decimal("20.00")


@pytest.mark.parametrize(("on_date", "tomorrow"), [("2026-11-29", "1480.00"), ("2026-11-30", "47.74")])
def test_on_the_last_day_tomorrow_begins_a_new_period_with_nothing_spent(on_date: str, tomorrow: str) -> None:
    plan = plan_of(income(1480, "monthly", "2026-12-01", "2026-11-01"))

    figure = figure_of(plan, on_date)

    # The day before last leaves it all for the last; after that 1480 / 31 a day.
    assert figure.tomorrow == Decimal(tomorrow)
    assert figure_of(plan, "2026-11-30", before=900, today=90).tomorrow == Decimal("47.74")


def test_remaining_may_be_negative_and_a_refund_adds_to_it() -> None:
    assert calculate_remaining(amount=Decimal("10.00"), spent_today=Decimal("12.50")) == Decimal("-2.50")
    assert calculate_remaining(amount=Decimal("10.00"), spent_today=Decimal("-5.00")) == Decimal("15.00")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_days_spending_beyond_its_limit_is_refused(sign: int) -> None:
    largest = DAY_LIMIT - Decimal("0.001")

    with pytest.raises(FigureOutOfRange, match="this day"):
        calculate_remaining(amount=Decimal(0), spent_today=sign * DAY_LIMIT)
    assert calculate_remaining(amount=Decimal(0), spent_today=sign * largest) == -sign * largest


def test_a_figure_uses_the_calendar_that_it_is_given() -> None:
    plan = plan_of(income(3000, "monthly", "2026-12-01", "2026-11-01"))
    calendar = calculate_pay_calendar(items=plan.items)

    figure = calculate_figure(
        plan=plan, on_date=day("2026-11-22"), spent_before=Decimal(3), spent_today=Decimal(1), calendar=calendar
    )

    assert figure == figure_of(plan, "2026-11-22", before=3, today=1)
    assert (figure.on_date, figure.spent_before) == (date(2026, 11, 22), Decimal(3))


@pytest.mark.parametrize(("pool", "shortfall"), [("-12.34", "12.34"), ("0.00", "0"), ("5.00", "0")])
def test_a_shortfall_is_the_pool_with_its_sign_turned(pool: str, shortfall: str) -> None:
    assert calculate_shortfall(pool=Decimal(pool)) == Decimal(shortfall)


@pytest.mark.parametrize(
    ("pool", "remaining", "income_counts", "status"),
    [
        ("-0.01", "-5.00", False, Status.SHORTFALL),
        ("-0.01", "0.00", True, Status.SHORTFALL),
        ("0.00", "-0.01", False, Status.OVERSPENT),
        ("100.00", "-0.01", True, Status.OVERSPENT),
        ("0.00", "0.00", False, Status.NO_INCOME),
        ("0.00", "0.00", True, Status.OK),
        ("100.00", "5.00", True, Status.OK),
    ],
)
def test_a_status_is_the_first_that_applies(pool: str, remaining: str, income_counts: bool, status: Status) -> None:
    calculated = calculate_status(pool=Decimal(pool), remaining_amount=Decimal(remaining), income_counts=income_counts)

    assert calculated is status


def test_percentages_add_up_exactly() -> None:
    assert sum_percentages(percentages=[Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]) == Decimal(100)
    assert sum_percentages(percentages=[]) == 0
