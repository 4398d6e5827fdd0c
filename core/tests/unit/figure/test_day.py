"""Rule 14: what of a pool a day may spend."""

from decimal import Decimal

import pytest

from core.allowance.domain.day import (
    calculate_amount,
    calculate_status,
    check_spending,
    even_out,
    list_weights,
    sum_spending,
)
from core.kernel.errors import FigureOutOfRange
from core.kernel.money import DAY_LIMIT
from core.tests.unit.figure.plans import day, expense, figure_of, income, snapshot_of, spending

SALARY = income(3000, "monthly", "2026-12-01")


@pytest.mark.parametrize(
    ("left", "weights", "decimals", "amount"),
    [
        ("1700.00", (1,) * 9, 2, "188.88"),
        ("100", (1, 1, 1), 0, "33"),
        ("1.000", (1, 1, 1), 3, "0.333"),
        ("280.00", (3, 2, 1, 1), 2, "120.00"),
        ("280.00", (0, 2, 1), 2, "0.00"),
        ("-5.00", (1, 1), 2, "0.00"),
        ("0.05", (1,), 2, "0.05"),
    ],
)
def test_a_day_gets_its_weighted_part_rounded_down(left, weights, decimals, amount):
    assert f"{calculate_amount(left=Decimal(left), weights=weights, decimals=decimals):f}" == amount


def test_weights_follow_the_weekdays():
    weights = list_weights(weekday_weights=(1, 2, 3, 4, 5, 6, 7), start=day("2026-11-28"), end=day("2026-12-02"))

    assert weights == (6, 7, 1, 2)
    assert list_weights(weekday_weights=(1,) * 7, start=day("2026-12-01"), end=day("2026-12-01")) == ()


def test_where_only_zeros_are_left_all_days_are_equal():
    assert (even_out(weights=(0, 0, 0)), even_out(weights=(0, 2, 0))) == ((1, 1, 1), (0, 2, 0))
    weekdays_only = snapshot_of(SALARY, today="2026-11-22", weekday_weights=(1, 1, 1, 1, 1, 0, 0))
    figure = figure_of(spending(weekdays_only, d2027_01_28="2990.00"), "2027-01-30")

    # Saturday and Sunday are left of January.
    assert (figure.weight, figure.weights_left, figure.weights_ahead) == (1, 2, (0,))
    assert (figure.amount, figure.tomorrow) == (5, 10)


def test_spending_is_summed_over_half_open_days():
    spent = {day("2026-11-01"): Decimal(1), day("2026-11-02"): Decimal(2), day("2026-11-03"): Decimal(4)}

    assert sum_spending(spending=spent, start=day("2026-11-01"), end=day("2026-11-03")) == 3
    assert sum_spending(spending=spent, start=day("2026-11-04"), end=day("2026-11-09")) == 0


@pytest.mark.parametrize(
    ("pool", "remaining", "left", "income_counts", "status"),
    [
        (-1, -1, -1, False, "shortfall"),
        (1, -1, 1, True, "overspent"),
        (1, 0, -1, False, "overspent"),
        (1, 1, 1, False, "no_income"),
        (1, 1, 1, True, "ok"),
    ],
)
def test_the_status_is_the_first_that_applies(pool, remaining, left, income_counts, status):
    assert (
        calculate_status(
            pool=Decimal(pool), remaining=Decimal(remaining), left=Decimal(left), income_counts=income_counts
        )
        == status
    )


def test_a_day_knows_what_remains_of_it_and_what_is_left_until_payday():
    figure = figure_of(
        spending(snapshot_of(SALARY, today="2026-11-22"), d2026_11_02="300.00", d2026_11_22="100.00"), "2026-11-22"
    )

    assert (figure.spent_before, figure.spent_today, figure.amount) == (300, 100, 300)
    assert (figure.remaining_amount, figure.left, f"{figure.tomorrow:f}") == (200, 2600, "325.00")
    assert (figure.days_left, figure.weight, figure.weights_left, figure.weights_ahead) == (9, 1, 9, (1,) * 8)


def test_tomorrow_of_a_last_day_is_the_first_day_of_the_next_period():
    plan = snapshot_of(SALARY, expense(1000, "monthly", "2026-12-05"), today="2026-11-22")

    assert f"{figure_of(plan, '2026-11-30').tomorrow:f}" == "64.51"


def test_a_pool_that_cannot_be_kept_exactly_is_refused():
    with pytest.raises(FigureOutOfRange):
        figure_of(snapshot_of(income(10**15, "monthly", "2026-12-01"), today="2026-11-22"), "2026-11-22")


def test_a_day_that_cannot_be_kept_exactly_is_refused():
    check_spending(amount=DAY_LIMIT - Decimal("0.001"))
    with pytest.raises(FigureOutOfRange):
        check_spending(amount=-DAY_LIMIT)
