"""No change of plan makes or removes a debt or a leftover, and the shares of a bill add up whatever becomes of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.allowance.domain.closing import close_until, open_running_period
from core.allowance.domain.handover import apply_handover, calculate_handover
from core.allowance.domain.plan import prepare_plan
from core.allowance.domain.values import Adjust, Leftover, Overspend, PlanItem, Snapshot
from core.kernel.recurrence import Frequency
from core.tests.unit.figure.plans import (
    closed_until,
    day,
    expense,
    figure_of,
    income,
    paying,
    snapshot_of,
    spend_each_day,
    target,
)

JOINED, TODAY = "2026-01-10", "2026-12-05"
SALARY = income(3000, "monthly", "2026-02-01", added=JOINED)
RENT = expense(1000, "monthly", "2026-02-05", added=JOINED)
INSURANCE = expense(1200, "annual", "2027-01-15", added=JOINED, pk=2)
BONUS = income(1200, "annual", "2026-06-10", added=JOINED, pk=2)
Edit = Callable[[Snapshot], Snapshot]


def with_item(snapshot: Snapshot, item: PlanItem) -> Snapshot:
    """The snapshot after an item got other values, and its old dates handed over."""
    others = [one for one in snapshot.items if (one.type, one.id) != (item.type, item.id)]
    after = replace(snapshot, items=(*others, item), paydays_changed_on=snapshot.today)
    if not any((one.type, one.id) == (item.type, item.id) for one in snapshot.items):
        return after
    handover = calculate_handover(before=snapshot, after=after, type=item.type, old_id=item.id)
    return apply_handover(snapshot=after, handover=handover)


def live_a_year(last_period_spends: str) -> Snapshot:
    """A year in which the rent was paid; each pay period spent all, but the last one another amount than its pool."""
    plan = snapshot_of(
        SALARY,
        RENT,
        INSURANCE,
        BONUS,
        target(600, "2027-03-01", added=JOINED),
        today=JOINED,
        leftover=Leftover.CARRY,
        overspend=Overspend.REPAY,
    )
    for month in range(2, 13):
        plan = paying(plan, RENT, "1000.00", f"2026-{month:02}-05", f"2026-{month:02}-05")
    for month in range(1, 12):
        first = max(day(JOINED), day(f"2026-{month:02}-01"))
        plan = closed_until(plan, first.isoformat())
        pool = figure_of(plan, first.isoformat()).pool.amount
        plan = replace(plan, spending={**plan.spending, first: pool if month < 11 else Decimal(last_period_spends)})
    return closed_until(plan, TODAY)


EDITS: dict[str, Edit] = {
    "a higher rent": lambda plan: with_item(plan, replace(RENT, amount=Fraction(1100))),
    "a rent on another day": lambda plan: with_item(plan, replace(RENT, anchor=day("2026-12-20"), month_days=(20,))),
    "a weekly rent": lambda plan: with_item(plan, replace(RENT, frequency=Frequency.WEEKLY, month_days=())),
    "no rent": lambda plan: with_item(plan, replace(RENT, is_deleted=True)),
    "no insurance": lambda plan: with_item(plan, replace(INSURANCE, is_deleted=True)),
    "a dearer insurance": lambda plan: with_item(plan, replace(INSURANCE, amount=Fraction(2400))),
    "an insurance that is due later": lambda plan: with_item(plan, replace(INSURANCE, anchor=day("2027-04-15"))),
    "a larger income on other days": lambda plan: with_item(
        plan, income(5000, "bi-weekly", "2026-12-11", added=TODAY, pk=3)
    ),
    "another payday": lambda plan: with_item(
        plan, income(3000, "monthly", "2026-12-15", added=JOINED, scheduled=TODAY)
    ),
    "no income": lambda plan: with_item(plan, replace(SALARY, is_deleted=True)),
    "no bonus": lambda plan: with_item(plan, replace(BONUS, is_deleted=True)),
    "a larger bonus": lambda plan: with_item(plan, replace(BONUS, amount=Fraction(2400))),
    "before the weekend": lambda plan: with_item(plan, replace(SALARY, adjust=Adjust.BEFORE)),
    "another calendar": lambda plan: replace(
        plan, settings=replace(plan.settings, holiday_calendar="SA"), paydays_changed_on=plan.today
    ),
    "other weights": lambda plan: replace(plan, settings=replace(plan.settings, weekday_weights=(1, 1, 1, 1, 1, 3, 2))),
    "no goal": lambda plan: replace(plan, goals=()),
}


@pytest.fixture(scope="module")
def savers_year() -> Snapshot:
    return live_a_year("1000.00")


@pytest.fixture(scope="module")
def debtors_year() -> Snapshot:
    return live_a_year("9000.00")


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_no_edit_makes_or_removes_a_leftover(savers_year, edit):
    before = figure_of(savers_year, TODAY).pool

    after = figure_of(edit(savers_year), TODAY).pool

    assert before.carried > 0
    assert (after.carried, after.repaid, after.due) == (before.carried, 0, 0)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_no_edit_makes_or_removes_a_debt(debtors_year, edit):
    before = figure_of(debtors_year, TODAY).pool

    after = figure_of(edit(debtors_year), TODAY).pool

    # The debt is larger than a pool: a part is repaid and the rest stays due, whatever the pool is by now.
    assert before.due > 0
    assert after.carried == 0
    assert after.repaid + after.due == before.repaid + before.due


@pytest.mark.parametrize("decimals", [0, 2, 3])
@pytest.mark.parametrize("overspend", Overspend)
@pytest.mark.parametrize("leftover", Leftover)
def test_each_day_spends_its_amount_and_the_period_ends_with_nothing(leftover, overspend, decimals):
    plan = snapshot_of(
        income(1000, "semi-monthly", "2026-03-15", added="2026-03-01", days=(15, 31)),
        expense(333, "monthly", "2026-04-02", added="2026-03-01"),
        today="2026-03-01",
        leftover=leftover,
        overspend=overspend,
        decimals=decimals,
        weekday_weights=(1, 0, 2, 1, 3, 0, 5),
    )

    for start, end in (("2026-02-28", "2026-03-15"), ("2026-03-15", "2026-03-31"), ("2026-03-31", "2026-04-15")):
        plan = spend_each_day(closed_until(plan, start), start, end)
        last = (day(end) - timedelta(days=1)).isoformat()
        assert figure_of(plan, last).left == 0


@given(
    moved_by=st.integers(-25, 150),
    amount=st.integers(1, 400_000),
    edited_on=st.integers(0, 300),
    rank=st.sampled_from([Frequency.QUARTERLY, Frequency.SEMI_ANNUAL, Frequency.ANNUAL]),
)
@settings(max_examples=25)
def test_the_shares_of_a_bill_add_up_to_it_moved_and_edited(moved_by, amount, edited_on, rank):
    today = day("2026-01-20") + timedelta(days=edited_on)
    plan = closed_until(snapshot_of(SALARY, INSURANCE, today=JOINED), today.isoformat())
    due = max(INSURANCE.anchor + timedelta(days=moved_by), today + timedelta(days=1))
    edited = replace(
        INSURANCE,
        frequency=rank,
        anchor=due,
        month_days=(due.day,),
        first_date=due,
        amount=Fraction(amount, 100),
    )

    after = with_item(plan, edited)
    running = close_until(
        open_period=open_running_period(plan=prepare_plan(snapshot=after)), day=due + timedelta(days=62)
    )

    lines = [line for closed in running.closed for line in closed.lines if line.key and line.key.on_date == due]
    assert sum([line.amount for line in lines], Fraction(0)) == edited.amount
