"""What must always hold of a figure, whatever the plan."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from core.allowance.domain import (
    Plan,
    calculate_amount,
    calculate_figure,
    calculate_pay_calendar,
    calculate_pool,
    find_main_income,
)
from core.tests.unit.builders import figure_of
from core.tests.unit.strategies import amounts, days, decimals, plans


@given(plans(), days, st.integers(-(10**8), 10**8))
def test_spending_the_amount_every_day_leaves_exactly_nothing(plan: Plan, on_date: date, minor_units: int) -> None:
    period = calculate_pay_calendar(items=plan.items).period_containing(on_date)
    pool = calculate_pool(plan=plan, calendar=calculate_pay_calendar(items=plan.items), period=period).amount
    spent = Decimal(minor_units).scaleb(-plan.decimals)
    assume(pool >= spent)

    tomorrow = None
    while on_date < period.end:
        amount = calculate_amount(
            pool=pool, spent_before=spent, days_left=period.days_left(on_date), decimals=plan.decimals
        )
        # A figure at the ends of the stretch, and an amount in between: an annual period has 366 days.
        if tomorrow is None or period.days_left(on_date) <= 3:
            figure = calculate_figure(plan=plan, on_date=on_date, spent_before=spent, spent_today=amount)
            assert (figure.amount, figure.remaining_amount) == (amount, 0)
            assert tomorrow in (None, amount)
            tomorrow = figure.tomorrow if 1 < figure.days_left <= 3 else None
        assert amount >= 0
        spent += amount
        on_date += timedelta(days=1)

    assert pool - spent == 0


@given(st.integers(-(10**15), 10**15), st.integers(-(10**12), 10**12), st.integers(1, 366), decimals)
def test_an_amount_is_the_largest_that_every_day_left_could_have(
    pool_units: int, spent_units: int, days_left: int, places: int
) -> None:
    unit = Decimal(1).scaleb(-places)

    amount = calculate_amount(
        pool=pool_units * unit, spent_before=spent_units * unit, days_left=days_left, decimals=places
    )

    left = max(0, (pool_units - spent_units) * unit)
    assert amount * days_left <= left < (amount + unit) * days_left
    assert amount.as_tuple().exponent == -places


@given(plans(), days, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_were_written_changes_nothing(plan: Plan, on_date: date, random: object) -> None:
    shuffled = list(plan.items)
    random.shuffle(shuffled)

    figure = figure_of(plan, on_date)
    other = figure_of(replace(plan, items=tuple(shuffled)), on_date)

    by_id = {part.item.id: part for part in figure.pool.items}
    assert {part.item.id: part for part in other.pool.items} == by_id
    assert replace(other, pool=replace(other.pool, plan=plan, shares=figure.pool.shares)) == figure


@given(plans(), days, st.integers(0, 4), amounts(2))
def test_a_raise_never_lowers_the_figure(plan: Plan, on_date: date, position: int, raise_by: Fraction) -> None:
    """As long as the same income stays the main one: another one would cut the year into other periods."""
    incomes = [item for item in plan.items if item.type.value == "income"]
    assume(position < len(incomes))
    raised = replace(incomes[position], amount=incomes[position].amount + raise_by)
    other_plan = replace(plan, items=tuple(raised if item.id == raised.id else item for item in plan.items))
    main_income, main_after = find_main_income(items=plan.items), find_main_income(items=other_plan.items)
    assume((main_income and main_income.id) == (main_after and main_after.id))

    figure, other = figure_of(plan, on_date), figure_of(other_plan, on_date)

    assert other.pool.amount >= figure.pool.amount
    assert other.amount >= figure.amount
    assert other.tomorrow >= figure.tomorrow


@given(plans(), days)
def test_a_pool_is_what_its_items_count(plan: Plan, on_date: date) -> None:
    figure = figure_of(plan, on_date)

    pool = figure.pool
    assert pool.income == sum(part.counted for part in pool.items if part.item.type.value == "income")
    assert pool.expenses == sum(part.counted for part in pool.items if part.item.type.value == "expense")
    assert pool.savings == pool.income * Fraction(plan.savings_percent) / 100
    assert all(part.counted >= 0 for part in pool.items)
    exact = pool.income - pool.expenses - pool.savings
    assert 0 <= exact - Fraction(pool.amount) < Fraction(1, 10**plan.decimals)
    assert pool.income_counts is (pool.income > 0)
    assert [part.item for part in pool.items] == list(plan.items)


@given(plans(), days, st.integers(-(10**6), 10**6))
def test_spending_today_lowers_what_remains_and_leaves_the_amount(plan: Plan, on_date: date, units: int) -> None:
    spent_today = Decimal(units).scaleb(-plan.decimals)

    before, after = figure_of(plan, on_date), figure_of(plan, on_date, today=spent_today)

    assert after.amount == before.amount
    assert after.remaining_amount == before.amount - spent_today
    assert after.pool == before.pool
