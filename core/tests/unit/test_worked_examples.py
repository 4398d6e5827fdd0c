"""The contract's worked examples, each number checkable by hand."""

from decimal import Decimal
from fractions import Fraction

from core.allowance.domain import Status, calculate_shortfall, calculate_status
from core.tests.unit.builders import day, expense, figure_of, income, plan_of

SALARY = income(3000, "monthly", "2026-12-01", pk=1)
WAGES = income(800, "weekly", "2026-11-06", "2026-11-01", pk=1)
RENT = expense(1200, "monthly", "2026-12-01", "2026-11-01", pk=1)
INSURANCE = expense(1200, "annual", "2027-01-15", "2026-11-22", pk=2)
BONUS = income(1200, "annual", "2026-12-10", pk=2)


def test_a_monthly_income_a_monthly_bill_and_a_goal() -> None:
    plan = plan_of(SALARY, expense(1000, "monthly", "2026-12-05"), savings=10)

    figure = figure_of(plan, "2026-11-22")

    # 3000 - 1000 - 10 % of 3000 = 1700, over the 9 days to 1 December.
    assert (figure.pool.period.start, figure.pool.period.end) == (day("2026-11-01"), day("2026-12-01"))
    assert (figure.pool.income, figure.pool.expenses, figure.pool.savings) == (3000, 1000, 300)
    assert figure.pool.amount == Decimal("1700.00")
    assert figure.days_left == 9
    assert figure.amount == Decimal("188.88")
    assert figure.remaining_amount == Decimal("188.88")
    # 1700 over 8 days.
    assert figure.tomorrow == Decimal("212.50")


def test_what_was_spent_yesterday_is_not_there_today() -> None:
    plan = plan_of(SALARY, expense(1000, "monthly", "2026-12-05"), savings=10)

    figure = figure_of(plan, "2026-11-23", before="100.00")

    # The 1600 that are left, over 8 days.
    assert figure.pool.amount == Decimal("1700.00")
    assert figure.days_left == 8
    assert figure.amount == Decimal("200.00")


def test_a_quarter_of_the_rent_on_each_of_four_weekly_paydays() -> None:
    figure = figure_of(plan_of(WAGES, RENT), "2026-11-22")

    rent = figure.pool.items[1]
    # Paydays after 1 November up to 1 December: the 6th, 13th, 20th and 27th.
    assert (figure.pool.period.start, figure.pool.period.end) == (day("2026-11-20"), day("2026-11-27"))
    assert (rent.counted, rent.parts, rent.on_date) == (300, 4, day("2026-12-01"))
    assert figure.pool.amount == Decimal("500.00")
    assert figure.days_left == 5
    assert figure.amount == Decimal("100.00")


def test_an_annual_bill_is_put_aside_for_from_the_payday_before_it_was_added() -> None:
    figure = figure_of(plan_of(WAGES, RENT, INSURANCE), "2026-11-22")

    insurance = figure.pool.items[2]
    # From 20 November to 15 January: 2 paydays in November, 4 in December, 3 in January.
    assert (insurance.counted, insurance.parts) == (Fraction(1200, 9), 9)
    # 800 - 300 - 133.33…, rounded down.
    assert figure.pool.amount == Decimal("366.66")
    assert figure.amount == Decimal("73.33")


def test_an_annual_bonus_is_spent_over_the_twelve_periods_after_it() -> None:
    figure = figure_of(plan_of(SALARY, BONUS), "2026-12-10")

    bonus = figure.pool.items[1]
    assert (figure.pool.period.start, figure.pool.period.end) == (day("2026-12-01"), day("2027-01-01"))
    assert (bonus.counted, bonus.parts) == (100, 12)
    assert figure.pool.amount == Decimal("3100.00")
    assert figure.days_left == 22
    assert figure.amount == Decimal("140.90")


def test_without_an_income_the_months_bills_are_a_shortfall() -> None:
    figure = figure_of(plan_of(expense(300, "monthly", "2026-12-05")), "2026-11-22")

    status = calculate_status(
        pool=figure.pool.amount,
        remaining_amount=figure.remaining_amount,
        income_counts=figure.pool.income_counts,
    )
    assert (figure.pool.period.start, figure.pool.period.end) == (day("2026-11-01"), day("2026-12-01"))
    assert figure.pool.amount == Decimal("-300.00")
    assert calculate_shortfall(pool=figure.pool.amount) == Decimal("300.00")
    assert figure.amount == Decimal("0.00")
    assert status is Status.SHORTFALL
