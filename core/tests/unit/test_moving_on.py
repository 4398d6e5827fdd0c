"""A client may move a date on after each payday, and nothing changes.

The one exception is a day of the month that is clamped: the schedule of the 31st that is moved on to
28 February is from then on the schedule of the 28th, and nobody can tell that it was once another.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.allowance.domain import Plan, PlanItem, calculate_counted, find_next_occurrence, is_running
from core.kernel.frequencies import Frequency
from core.kernel.periods import PayCalendar
from core.tests.unit.builders import RECURRING, calendar_of, day, expense, figure_of, income, plan_of
from core.tests.unit.strategies import days, items, plans, running_items


def move_on(item: PlanItem, today: date) -> PlanItem:
    """What a client does after a payday: the date becomes the next one after today."""
    tomorrow = today + timedelta(days=1)
    following = find_next_occurrence(schedule=item.schedule, scheduled_on=item.scheduled_on, today=tomorrow)
    return replace(item, anchor=following, scheduled_on=today)


@given(running_items(), plans(max_items=3), st.lists(days, min_size=3, max_size=3))
def test_a_date_that_is_moved_on_changes_nothing(
    item_and_day: tuple[PlanItem, date], plan: Plan, on_dates: list[date]
) -> None:
    item, moved_on = item_and_day
    plan = replace(plan, items=(*plan.items, item))
    moved_plan = replace(plan, items=(*plan.items[:-1], move_on(item, moved_on)))

    for on_date in [*on_dates, moved_on, moved_on + timedelta(days=1)]:
        before, after = figure_of(plan, on_date), figure_of(moved_plan, on_date)

        assert [part.counted for part in after.pool.items] == [part.counted for part in before.pool.items]
        assert replace(after, pool=before.pool) == before
        assert after.pool.period == before.pool.period


@given(running_items(), st.integers(0, 800))
def test_a_date_may_be_moved_on_to_today_as_well(item_and_day: tuple[PlanItem, date], days_later: int) -> None:
    item, moved_on = item_and_day
    today = find_next_occurrence(schedule=item.schedule, scheduled_on=item.scheduled_on, today=moved_on)
    moved = replace(item, anchor=today, scheduled_on=today)
    calendar = calendar_of("weekly", "2026-11-06")
    period = calendar.period_containing(today + timedelta(days=days_later - 400))

    before = calculate_counted(item=item, calendar=calendar, period=period)
    after = calculate_counted(item=moved, calendar=calendar, period=period)

    assert replace(after, item=item) == before


@given(items(frequencies=tuple(RECURRING)), st.integers(0, 800), st.integers(0, 500), st.sampled_from(RECURRING))
def test_a_schedule_that_began_later_may_be_moved_on_after_its_first_period(
    item: PlanItem, days_later: int, days_ahead: int, main: Frequency
) -> None:
    """It was not running when it was entered. Once moved on, its dates count from when it was added: those before
    its first one too, which matters to nobody after the period that they would have been in."""
    assume(item.anchor.day <= 28)
    assume(not is_running(schedule=item.schedule, scheduled_on=item.scheduled_on))
    calendar = calendar_of(main, "2024-02-05")
    first_period = calendar.period_containing(item.anchor)
    moved = move_on(item, first_period.end + timedelta(days=days_later))
    period = calendar.period_containing(first_period.end + timedelta(days=days_ahead))

    before = calculate_counted(item=item, calendar=calendar, period=period)
    after = calculate_counted(item=moved, calendar=calendar, period=period)

    assert replace(after, item=item) == before


@given(items(frequencies=tuple(RECURRING)), st.integers(0, 800), st.integers(0, 500))
def test_a_longer_cycle_that_began_later_may_be_moved_on_at_once(
    item: PlanItem, days_later: int, days_ahead: int
) -> None:
    assume(item.anchor.day <= 28)
    assume(not is_running(schedule=item.schedule, scheduled_on=item.scheduled_on))
    calendar = calendar_of("daily", "2024-02-05")
    moved = move_on(item, item.anchor + timedelta(days=days_later))
    period = calendar.period_containing(item.anchor + timedelta(days=days_ahead))

    before = calculate_counted(item=item, calendar=calendar, period=period)
    after = calculate_counted(item=moved, calendar=calendar, period=period)

    assert replace(after, item=item) == before


def test_a_clamped_day_that_is_moved_on_is_a_new_schedule() -> None:
    """The exception. Moved on in January, the 31st becomes 28 February, and March then has its date on the 28th."""
    salary = income(3000, "monthly", "2026-01-31", "2026-01-31")

    moved = move_on(salary, day("2026-01-31"))

    assert moved.anchor == day("2026-02-28")
    assert PayCalendar(schedule=salary.schedule).payday_on_or_before(day("2026-04-05")) == day("2026-03-31")
    assert PayCalendar(schedule=moved.schedule).payday_on_or_before(day("2026-04-05")) == day("2026-03-28")


@pytest.mark.parametrize("anchor", ["2026-01-29", "2026-01-30", "2026-01-31"])
def test_a_late_day_that_is_moved_on_to_a_long_month_changes_nothing(anchor: str) -> None:
    salary = income(3000, "monthly", anchor, "2026-01-01")
    # To 31 March: the day itself, not clamped.
    moved = replace(salary, anchor=salary.schedule.date_at(2), scheduled_on=day("2026-03-05"))

    for on_date in ("2026-01-31", "2026-02-27", "2026-02-28", "2026-03-28", "2026-03-30", "2026-06-29"):
        before, after = figure_of(plan_of(salary), on_date), figure_of(plan_of(moved), on_date)

        assert after.pool.period == before.pool.period
        assert (after.pool.amount, after.amount) == (before.pool.amount, before.amount)


def test_moving_the_main_income_on_after_every_payday_of_a_year_changes_nothing() -> None:
    salary = income(3000, "monthly", "2026-01-15", "2025-12-20", pk=1)
    rent = expense(1200, "quarterly", "2026-02-01", "2025-12-20", pk=2)

    moved = salary
    for month in range(1, 13):
        payday = date(2026, month, 15)
        moved = move_on(moved, payday)
        assert moved.anchor == salary.schedule.date_at(month)
        assert figure_of(plan_of(moved, rent), payday).amount == figure_of(plan_of(salary, rent), payday).amount
