"""Rules 6 to 9: the period that a date belongs to, and the shares of bills, incomes and goals."""

from dataclasses import replace
from fractions import Fraction

import pytest

from core.allowance.domain.items import list_counted_items
from core.allowance.domain.results import DayFigure
from core.allowance.domain.values import Adjust, ClosedPeriod, PlanItem, Snapshot
from core.tests.unit.figure.plans import (
    closed_until,
    day,
    expense,
    figure_of,
    income,
    paying,
    percentage,
    snapshot_of,
    target,
)

SALARY = income(3000, "monthly", "2026-12-01")


def expenses_on(snapshot: Snapshot, *days: str) -> list[Fraction]:
    return [figure_of(snapshot, on).pool.own.expenses for on in days]


def incomes_on(snapshot: Snapshot, *days: str) -> list[Fraction]:
    return [figure_of(snapshot, on).pool.own.income for on in days]


def savings_on(snapshot: Snapshot, *days: str) -> list[Fraction]:
    return [figure_of(snapshot, on).pool.own.savings for on in days]


def span_on(snapshot: Snapshot, on: str) -> tuple[str, str]:
    period = figure_of(snapshot, on).pool.period
    return period.start.isoformat(), period.end.isoformat()


def parts_on(snapshot: Snapshot, on: str) -> list[tuple[int, int]]:
    items = list_counted_items(snapshot=snapshot, pool=figure_of(snapshot, on).pool)
    return [(one.part, one.parts) for item in items for one in item.dates]


def counted_by(closed: ClosedPeriod) -> list[tuple[str, Fraction]]:
    return [(line.on_date.isoformat(), line.amount) for line in closed.lines]


def test_a_bill_no_longer_than_the_main_income_counts_in_the_period_of_each_date():
    groceries = expense(70, "weekly", "2026-12-03", pk=2)
    plan = snapshot_of(SALARY, groceries, today="2026-12-01")

    # Five Thursdays in December, four in January and in February.
    assert expenses_on(plan, "2026-12-01", "2027-01-10", "2027-02-28") == [350, 280, 280]


def test_a_longer_bill_is_shared_by_the_periods_after_its_previous_date():
    plan = snapshot_of(SALARY, expense(300, "quarterly", "2027-02-10"), today="2026-11-22")

    assert expenses_on(plan, "2026-11-22", "2026-12-15", "2027-01-15", "2027-02-15", "2027-03-15") == [
        # The period of 2026-11-10 pays for that date alone.
        300,
        100,
        100,
        100,
        100,
    ]


def test_a_bill_that_was_added_late_is_shared_by_the_periods_that_are_left():
    plan = snapshot_of(SALARY, expense(1200, "annual", "2027-01-15"), today="2026-11-22")

    assert expenses_on(plan, "2026-11-22", "2026-12-15", "2027-01-15", "2027-02-15") == [400, 400, 400, 100]
    assert parts_on(closed_until(plan, "2026-12-15"), "2026-12-15") == [(1, 1), (2, 3)]


def test_a_bill_once_is_shared_from_the_period_in_which_it_was_added():
    plan = snapshot_of(SALARY, expense(500, "once", "2027-03-20"), today="2026-11-22")

    assert expenses_on(plan, "2026-11-22", "2027-03-15", "2027-04-15") == [100, 100, 0]


def test_a_bill_that_was_added_after_its_date_costs_nothing():
    plan = snapshot_of(
        SALARY, expense(500, "once", "2026-10-20"), expense(80, "once", "2026-11-05", pk=2), today="2026-11-22"
    )

    # The second falls in the period in which it was added.
    assert expenses_on(plan, "2026-11-22") == [80]


def test_a_bill_that_has_not_begun_costs_nothing_before_its_first_date():
    plan = snapshot_of(SALARY, expense(900, "monthly", "2027-03-01"), today="2026-11-22")

    assert expenses_on(plan, "2026-11-22", "2027-01-15", "2027-03-15") == [0, 0, 900]


def resting(adjust: Adjust, *items: PlanItem) -> Snapshot:
    """A weekly wage in Japan, which rested for ten days in April and May 2019: there two paydays are one."""
    wage = income(100, "weekly", "2019-04-22", "2019-04-01", adjust=adjust)
    return snapshot_of(wage, *items, today="2019-04-22", holiday_calendar="JP")


def test_a_longer_bill_whose_previous_date_lies_in_its_own_period_counts_there_whole():
    plan = resting(Adjust.AFTER, expense(10, "bi-weekly", "2019-04-22", "2019-04-01"))

    assert span_on(plan, "2019-04-22") == ("2019-04-22", "2019-05-07")
    # Of the date of 2019-04-22 the second of two shares, and all of that of 2019-05-06.
    assert expenses_on(plan, "2019-04-22") == [15]


def test_a_bill_belongs_to_the_earlier_and_an_income_to_the_later_of_its_two_readings():
    # The salary of Sunday 2026-11-01 is paid on 2026-10-30.
    salary = income(3000, "monthly", "2026-11-01", "2026-10-15", adjust=Adjust.BEFORE)
    rent = expense(1000, "monthly", "2026-10-31", "2026-10-15")
    side = income(40, "monthly", "2026-10-31", "2026-10-15", pk=2)
    plan = snapshot_of(salary, rent, side, today="2026-10-15")

    assert expenses_on(plan, "2026-10-15", "2026-10-30") == [1000, 1000]
    assert incomes_on(plan, "2026-10-15", "2026-10-30") == [3000, 3080]


def test_a_bill_that_takes_effect_after_it_was_added_does_not_belong_to_a_period_before_that():
    # Added on the payday 2026-10-30, whose unmoved window begins on Sunday 2026-11-01.
    salary = income(3000, "monthly", "2026-11-01", "2026-09-15", adjust=Adjust.BEFORE)
    rent = expense(1000, "monthly", "2026-10-31", "2026-10-30")
    plan = snapshot_of(salary, rent, today="2026-10-30")

    # The dates of 2026-10-31 and 2026-11-30.
    assert expenses_on(plan, "2026-10-15", "2026-10-30") == [0, 2000]


def test_a_longer_income_is_spent_up_to_the_period_before_its_next_date():
    plan = snapshot_of(SALARY, income(300, "quarterly", "2026-12-10", pk=2), today="2026-11-22")

    assert incomes_on(plan, "2026-11-22", "2026-12-15", "2027-02-15", "2027-03-15") == [3000, 3100, 3100, 3100]
    assert parts_on(closed_until(plan, "2027-02-15"), "2027-02-15") == [(1, 1), (3, 3)]


def test_a_longer_income_that_arrived_before_it_was_added_is_spent():
    plan = snapshot_of(SALARY, income(1200, "annual", "2027-06-10", pk=2), today="2026-11-22")

    assert incomes_on(plan, "2026-11-22", "2027-05-15", "2027-06-15") == [3000, 3000, 3100]


def test_an_annual_bonus_of_the_period_in_which_it_was_added_is_spent_over_the_year():
    plan = snapshot_of(SALARY, income(1200, "annual", "2026-11-10", pk=2), today="2026-11-22")

    assert incomes_on(plan, "2026-11-22", "2027-10-15", "2027-11-15") == [3100, 3100, 3100]


def test_an_income_once_counts_in_its_period():
    plan = snapshot_of(SALARY, income(500, "once", "2027-01-20", pk=2), today="2026-11-22")

    assert incomes_on(plan, "2026-11-22", "2027-01-15", "2027-02-15") == [3000, 3500, 3000]


def test_an_income_whose_next_date_lies_in_its_own_period_counts_there_whole():
    plan = resting(Adjust.BEFORE, income(10, "bi-weekly", "2019-04-28", "2019-04-01", pk=2))

    assert span_on(plan, "2019-04-26") == ("2019-04-26", "2019-05-13")
    # All of the date of 2019-04-28, and the first of two shares of that of 2019-05-12.
    assert incomes_on(plan, "2019-04-26") == [200 + 10 + 5]


def test_the_date_of_an_income_in_a_closed_period_is_spent_on_also_when_it_was_not_planned_then():
    # In March the bonus becomes annual, and its date is one of February.
    bonus = income(1200, "once", "2027-06-10", pk=2)
    before = closed_until(snapshot_of(SALARY, bonus, today="2026-11-22"), "2027-03-15")
    annual = income(1200, "annual", "2027-02-10", scheduled="2027-03-15", pk=2)

    # Eleven of twelve periods are left.
    assert incomes_on(replace(before, items=(SALARY, annual)), "2027-03-15") == [3000 + Fraction(1200, 11)]


def test_a_date_in_a_closed_period_before_the_income_was_added_counts_nothing():
    bonus = income(1200, "annual", "2027-02-10", added="2027-03-05", pk=2)
    plan = closed_until(snapshot_of(SALARY, bonus, today="2026-11-22", joined="2026-11-22"), "2027-04-15")

    assert incomes_on(plan, "2027-04-15") == [3000]


def test_without_a_known_first_period_a_date_before_the_day_of_adding_counts_nothing():
    bonus = income(1200, "annual", "2027-02-10", added="2027-02-15", pk=2)
    plan = closed_until(snapshot_of(SALARY, bonus, today="2026-11-22", joined="2026-11-22"), "2027-04-15")

    assert incomes_on(plan, "2027-04-15") == [3100]
    assert incomes_on(replace(plan, closed=plan.closed[-1:]), "2027-04-15") == [3100]
    unknown = replace(plan, closed=(replace(plan.closed[-1], lines=()),))
    assert incomes_on(unknown, "2027-04-15") == [3000]


def test_a_percentage_takes_its_part_of_all_income():
    plan = snapshot_of(SALARY, percentage(10), percentage("2.5", pk=2), today="2026-11-22")

    assert savings_on(plan, "2026-11-22") == [375]
    assert savings_on(paying(plan, SALARY, "3100.00", "2026-11-22", "2026-11-01"), "2026-11-22") == [Fraction(775, 2)]


def test_a_target_is_shared_up_to_its_date():
    plan = snapshot_of(SALARY, target(600, "2027-01-15"), today="2026-11-22")

    assert savings_on(plan, "2026-11-22", "2026-12-15", "2027-01-15", "2027-02-15") == [200, 200, 200, 0]


def test_a_target_that_was_added_later_takes_nothing_before():
    plan = snapshot_of(SALARY, target(600, "2027-01-15", added="2026-12-05"), today="2026-12-15", joined="2026-11-22")

    assert savings_on(plan, "2026-11-22", "2026-12-15") == [0, 300]


def test_what_closed_periods_have_put_aside_stays_when_a_bill_becomes_cheaper():
    insurance = expense(1200, "annual", "2027-01-15")
    before = closed_until(snapshot_of(SALARY, insurance, today="2026-11-22"), "2027-01-10")
    cheaper = replace(before, items=(SALARY, replace(insurance, amount=Fraction(600))))

    # Two periods have put 400 aside each: the last gives 200 back, and puts aside nothing for the next date.
    assert counted_by(before.closed[0]) == [("2026-11-01", 3000), ("2027-01-15", 400)]
    assert expenses_on(cheaper, "2027-01-10") == [-200]


def test_a_reached_target_that_is_lowered_gives_nothing_back():
    goal = target(600, "2027-01-15")
    before = closed_until(snapshot_of(SALARY, goal, today="2026-11-22"), "2027-02-10")

    assert savings_on(replace(before, goals=(replace(goal, target_amount=Fraction(300)),)), "2027-02-10") == [0]


@pytest.mark.parametrize("on", ["2026-09-15", "2026-10-31"])
def test_before_the_account_was_made_nothing_counts(on):
    plan = snapshot_of(SALARY, expense(900, "monthly", "2026-12-05"), target(600, "2027-01-15"), today="2026-11-22")
    figure: DayFigure = figure_of(plan, on)

    assert figure.pool.period.contains(day(on))
    assert (figure.pool.amount, figure.pool.own.income, figure.pool.own.expenses) == (0, 0, 0)
    assert figure.status == "no_income"


def test_foreign_items_convert_at_the_rate_of_the_day_that_is_asked_for():
    class Rising:
        def convert(self, amount: Fraction, currency: str, on_date: object) -> Fraction:
            assert currency == "USD" or currency == "EUR"
            return amount * (2 if on_date >= day("2026-11-23") else 1)

    dollars = replace(expense(100, "monthly", "2026-11-28"), currency="USD")
    plan = replace(snapshot_of(SALARY, dollars, today="2026-11-22"), rates=Rising())

    assert expenses_on(plan, "2026-11-22", "2026-11-23") == [100, 200]
    # A date that has a transaction converts at that transaction's day's rate.
    assert expenses_on(paying(plan, dollars, "90.00", "2026-11-22", "2026-11-28"), "2026-11-23") == [100]
