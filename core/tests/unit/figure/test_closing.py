"""Rule 13: what closed periods keep, and what is carried and repaid along them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from core.allowance.domain.closing import recalculate_closed
from core.allowance.domain.values import ClosedLine, ClosedPeriod, Leftover, Overspend, Place, Sharing, Snapshot
from core.tests.unit.figure.plans import (
    closed_until,
    day,
    expense,
    figure_of,
    income,
    paying,
    percentage,
    snapshot_of,
    spending,
    target,
)

SALARY = income(600, "monthly", "2026-11-01", "2026-10-10")
RENT = expense(200, "monthly", "2026-11-05", "2026-10-10")
INSURANCE = expense(1200, "annual", "2027-01-15", "2026-10-10", pk=2)


def living(*rows: object, leftover: str | None = None, overspend: str | None = None) -> Snapshot:
    """A salary of 600; the settings are chosen on the days that are given."""
    settings: dict[str, object] = {}
    if leftover:
        settings |= {"leftover": Leftover.CARRY, "leftover_chosen_on": day(leftover)}
    if overspend:
        settings |= {"overspend": Overspend.REPAY, "overspend_chosen_on": day(overspend)}
    return snapshot_of(SALARY, *rows, today="2026-10-10", **settings)


def amounts_of(closed: ClosedPeriod) -> tuple[str, ...]:
    amounts = (closed.own_pool, closed.carried, closed.repaid, closed.pool, closed.spent, closed.left, closed.due)
    return tuple(f"{amount:f}" for amount in amounts)


def carry_on(snapshot: Snapshot, on: str) -> tuple[Decimal, Decimal, Decimal]:
    pool = figure_of(snapshot, on).pool
    return pool.carried, pool.repaid, pool.due


def test_the_first_period_to_close_is_the_one_in_which_the_account_was_made():
    closed = closed_until(living(RENT), "2026-12-20").closed

    assert [(one.period.start, one.period.end) for one in closed] == [
        (day("2026-10-01"), day("2026-11-01")),
        (day("2026-11-01"), day("2026-12-01")),
    ]


def test_a_closed_period_keeps_what_each_date_and_each_target_brought_to_it():
    plan = living(
        INSURANCE, income(90, "quarterly", "2026-10-20", "2026-10-10", pk=2), target(50, "2026-11-20", "2026-10-10")
    )
    october, november = closed_until(replace(plan, goals=(*plan.goals, percentage(10, pk=2))), "2026-12-20").closed

    assert [
        (line.type, line.on_date.isoformat(), line.amount, line.before, line.for_later) for line in november.lines
    ] == [
        ("income", "2026-11-01", 600, 0, 0),
        ("expense", "2027-01-15", 300, 300, 600),
        ("income", "2026-10-20", 30, 30, 30),
        ("savings-goal", "2026-11-20", 25, 25, 0),
    ]
    assert [(line.part, line.periods_left) for line in november.lines] == [(1, 1), (2, 3), (2, 2), (2, 1)]
    assert [line.shared_by for line in november.lines] == [(), (), (Sharing(periods=3, whole=Fraction(90)),), ()]
    assert [line.belongs for line in october.lines] == [Place.HERE, Place.LATER, Place.HERE, Place.LATER]
    assert (october.savings_percent, november.savings_percent) == (10, 10)


def test_a_closed_period_knows_what_was_spent_and_left():
    october, november = closed_until(
        spending(living(RENT), d2026_10_20="150.00", d2026_11_03="450.00"), "2026-12-20"
    ).closed

    assert amounts_of(october) == ("400.00", "0", "0", "400.00", "150.00", "250.00", "0")
    assert amounts_of(november) == ("400.00", "0", "0", "400.00", "450.00", "-50.00", "0")


@pytest.mark.parametrize("chosen", ["2026-10-10", "2026-10-31"])
def test_what_was_left_is_carried_from_the_period_after_the_one_in_which_that_was_chosen(chosen):
    plan = spending(living(leftover=chosen), d2026_10_20="150.00", d2026_11_03="500.00")

    assert carry_on(plan, "2026-10-15") == (0, 0, 0)
    assert carry_on(plan, "2026-11-15") == (450, 0, 0)
    assert carry_on(plan, "2026-12-15") == (550, 0, 0)
    assert figure_of(plan, "2026-12-15").pool.amount == 1150


def test_without_a_choice_nothing_is_carried_or_repaid():
    plan = spending(living(), d2026_10_20="150.00", d2026_11_03="5000.00")

    assert [carry_on(plan, on) for on in ("2026-11-15", "2026-12-15")] == [(0, 0, 0), (0, 0, 0)]
    assert figure_of(plan, "2026-12-15").pool.previous is None


def test_what_was_overspent_is_repaid_from_the_own_pools_that_follow():
    plan = spending(living(overspend="2026-10-10"), d2026_10_20="1900.00")

    assert carry_on(plan, "2026-11-15") == (0, 600, 700)
    assert carry_on(plan, "2026-12-15") == (0, 600, 100)
    assert carry_on(plan, "2027-01-15") == (0, 100, 0)
    assert carry_on(plan, "2027-02-15") == (0, 0, 0)
    previous = figure_of(plan, "2026-12-15").pool.previous
    assert previous is not None
    assert (previous.period.start, previous.due, previous.owed) == (day("2026-11-01"), 700, 700)


def test_what_is_spent_while_a_debt_is_due_is_owed_too():
    plan = spending(living(overspend="2026-10-10"), d2026_10_20="1900.00", d2026_11_03="50.00")

    assert carry_on(plan, "2026-12-15") == (0, 600, 150)


def test_a_pool_below_zero_is_not_carried():
    plan = living(expense(900, "monthly", "2026-11-05", "2026-10-10"), overspend="2026-10-10", leftover="2026-10-10")

    assert carry_on(plan, "2026-11-15") == (0, 0, 0)
    # What is spent in it is owed, and an own pool below zero repays nothing.
    assert carry_on(spending(plan, d2026_10_20="40.00"), "2026-11-15") == (0, 0, 40)


def test_forgetting_and_forgiving_hold_at_once():
    plan = spending(living(overspend="2026-10-10", leftover="2026-10-10"), d2026_10_20="1900.00")
    closed = closed_until(plan, "2026-12-15")
    forgiven = replace(closed, settings=replace(closed.settings, overspend=Overspend.FORGIVE))
    again = closed_until(forgiven, "2027-01-15")
    repaying = replace(again, settings=replace(plan.settings, overspend_chosen_on=day("2027-01-15")))

    assert carry_on(closed, "2026-12-15") == (0, 600, 100)
    assert carry_on(forgiven, "2026-12-15") == (0, 0, 0)
    assert carry_on(repaying, "2027-01-15") == (600, 0, 0)
    assert carry_on(repaying, "2027-02-15") == (1200, 0, 0)


def test_no_later_change_of_plan_moves_what_is_past():
    plan = closed_until(
        spending(living(RENT, leftover="2026-10-10"), d2026_10_20="150.00", d2026_11_03="450.00"), "2026-12-20"
    )
    changed = replace(
        plan,
        items=(replace(SALARY, amount=Fraction(900)), replace(RENT, is_deleted=True)),
        goals=(percentage(10, "2026-12-20"),),
        settings=replace(plan.settings, weekday_weights=(1, 1, 1, 1, 1, 2, 2), holiday_calendar="US"),
    )

    assert recalculate_closed(snapshot=changed, first_day=day("2026-10-01")) == plan.closed
    assert carry_on(changed, "2026-12-20") == (200, 0, 0)
    assert figure_of(changed, "2026-11-15").pool.amount == figure_of(plan, "2026-11-15").pool.amount == 650
    assert figure_of(changed, "2026-12-20").pool.own.amount == 810


def test_a_late_entry_rewrites_the_closed_periods_from_its_own_on():
    plan = closed_until(living(RENT, leftover="2026-10-10", overspend="2026-10-10"), "2027-01-20")
    late = spending(plan, d2026_11_20="2000.00")

    rewritten = recalculate_closed(snapshot=late, first_day=day("2026-11-20"))

    assert rewritten[0] is plan.closed[0]
    assert [amounts_of(one) for one in rewritten[1:]] == [
        ("400.00", "400.00", "0", "800.00", "2000.00", "-1200.00", "0"),
        ("400.00", "0", "400.00", "0.00", "0", "0.00", "800.00"),
    ]
    assert carry_on(replace(late, closed=rewritten), "2027-01-20") == (0, 400, 400)


def test_a_payment_that_is_entered_late_counts_against_what_was_planned_then():
    plan = closed_until(living(RENT, leftover="2026-10-10"), "2027-01-20")
    dearer = replace(plan, items=(SALARY, replace(RENT, amount=Fraction(300))))
    late = paying(dearer, RENT, "210.00", "2026-11-06", "2026-11-05")

    assert [f"{one.own_pool:f}" for one in recalculate_closed(snapshot=late, first_day=day("2026-11-06"))] == [
        "400.00",
        "390.00",
        "400.00",
    ]


def test_an_early_payment_of_a_closed_period_finds_its_date_in_a_later_one():
    plan = closed_until(living(), "2027-01-20")
    early = paying(plan, SALARY, "650.00", "2026-10-30", "2026-11-01")
    far = paying(plan, SALARY, "650.00", "2026-10-30", "2027-03-01")

    # The difference counts in the date's period.
    assert [f"{one.own_pool:f}" for one in recalculate_closed(snapshot=early, first_day=day("2026-10-30"))] == [
        "600.00",
        "650.00",
        "600.00",
    ]
    assert [f"{one.own_pool:f}" for one in recalculate_closed(snapshot=far, first_day=day("2026-10-30"))] == [
        "600.00"
    ] * 3
    assert figure_of(far, "2027-03-15").pool.amount == 650
    assert figure_of(paying(plan, SALARY, "650.00", "2026-10-30", "2026-11-02"), "2026-10-31").pool.amount == 1250


def test_what_stands_for_a_later_period_is_kept_along():
    # Handed over to a date whose shares have not begun: nothing is counted, and nothing is lost.
    plan = closed_until(living(INSURANCE), "2026-11-20")
    line = plan.closed[0].lines[1]
    assert line.key is not None
    later = replace(line, key=line.key._replace(on_date=day("2027-12-15")))
    quarterly = expense(1200, "quarterly", "2027-03-15", "2026-10-10", scheduled="2026-11-20", pk=2)
    moved = replace(
        plan,
        items=(SALARY, quarterly),
        closed=(replace(plan.closed[0], lines=(plan.closed[0].lines[0], later)),),
    )

    november = closed_until(moved, "2026-12-05").closed[-1]

    assert [(one.on_date.isoformat(), one.amount, one.before, one.part) for one in november.lines[1:]] == [
        ("2027-12-15", 0, 300, 2),
    ]
    assert november.lines[1].periods_left == 0
    assert figure_of(moved, "2027-10-05").pool.own.expenses == 300


def test_a_line_that_stands_for_no_date_still_counts_in_its_own_period():
    plan = closed_until(living(INSURANCE), "2026-12-20")
    gone = [replace(one, lines=tuple(_without_key(line) for line in one.lines)) for one in plan.closed]
    released = replace(plan, closed=tuple(gone))

    assert figure_of(released, "2026-11-20").pool.own.expenses == 300
    assert recalculate_closed(snapshot=released, first_day=day("2026-10-01")) == released.closed
    # Nothing is put aside for the date any more: two periods share the whole.
    assert figure_of(released, "2026-12-20").pool.own.expenses == 600


def _without_key(line: ClosedLine) -> ClosedLine:
    return replace(line, key=None) if line.type == "expense" else line


def test_a_day_of_a_closed_period_is_seen_as_it_was():
    plan = closed_until(spending(living(RENT), d2026_10_20="150.00"), "2026-12-20")
    figure = figure_of(plan, "2026-10-31")

    assert (figure.pool.amount, figure.spent_before, figure.amount, figure.left) == (400, 150, 250, 250)
    # Its tomorrow is the first day of the period after it.
    assert f"{figure.tomorrow:f}" == "13.33"
