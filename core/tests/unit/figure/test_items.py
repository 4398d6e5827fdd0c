"""What each item brings to a pay period, and why."""

from dataclasses import replace

import pytest

from core.allowance.domain.items import list_counted_items
from core.allowance.domain.results import CountedItem, Reason
from core.allowance.domain.values import PlanItem, Snapshot
from core.tests.unit.figure.plans import (
    closed_until,
    day,
    expense,
    figure_of,
    income,
    paying,
    percentage,
    saying,
    snapshot_of,
    stating,
    target,
)

SALARY = income(3000, "monthly", "2026-12-01")


def items_on(snapshot: Snapshot, on: str) -> list[CountedItem]:
    return list(list_counted_items(snapshot=snapshot, pool=figure_of(snapshot, on).pool))


def item_on(item: PlanItem, on: str, *, today: str = "2026-11-22") -> CountedItem:
    return items_on(snapshot_of(SALARY, item, today=today), on)[1]


@pytest.mark.parametrize(
    ("item", "on", "reason", "on_date", "counted"),
    [
        (expense(10, "weekly", "2026-11-26", pk=2), "2026-11-22", Reason.DATES_IN_PERIOD, "2026-11-05", 40),
        (expense(10, "monthly", "2027-03-05", pk=2), "2026-11-22", Reason.NO_DATE_IN_PERIOD, "2027-03-05", 0),
        (expense(10, "monthly", "2026-12-05", pk=2, end="2026-12-10"), "2027-01-05", Reason.ENDED, "2026-12-10", 0),
        (expense(1200, "annual", "2027-01-15", pk=2), "2026-11-22", Reason.PUT_ASIDE, "2027-01-15", 400),
        (expense(1200, "annual", "2028-01-15", pk=2), "2026-11-22", Reason.PUT_ASIDE_LATER, "2028-01-15", 0),
        (expense(300, "once", "2027-01-15", pk=2), "2026-11-22", Reason.PUT_ASIDE, "2027-01-15", 100),
        (expense(300, "once", "2027-01-15", pk=2), "2027-02-05", Reason.PAST, "2027-01-15", 0),
        (expense(300, "once", "2026-10-15", pk=2), "2026-11-22", Reason.BEFORE_ADDED, "2026-10-15", 0),
        (income(1200, "annual", "2026-11-10", pk=2), "2026-12-22", Reason.SPREAD, "2026-11-10", 100),
        (income(1200, "annual", "2027-05-10", pk=2), "2026-11-22", Reason.NOT_YET_ARRIVED, "2027-05-10", 0),
        (income(300, "once", "2026-12-15", pk=2), "2026-12-22", Reason.ONCE_IN_PERIOD, "2026-12-15", 300),
        (income(300, "once", "2026-12-15", pk=2), "2026-11-22", Reason.ONCE_OUTSIDE, "2026-12-15", 0),
    ],
)
def test_an_item_says_why_it_counts_what_it_counts(item, on, reason, on_date, counted):
    counted_item = item_on(item, on)

    assert (counted_item.reason, counted_item.on_date, counted_item.counted) == (reason, day(on_date), counted)


def test_without_a_main_income_items_are_compared_with_a_month():
    plan = snapshot_of(expense(300, "quarterly", "2027-02-10", added="2026-11-22"), today="2026-11-22")

    assert [item.reason for item in items_on(plan, "2026-12-22")] == [Reason.PUT_ASIDE]


def test_the_dates_of_an_item_are_those_that_the_period_counts():
    rent = expense(1000, "monthly", "2026-12-05")
    plan = paying(snapshot_of(SALARY, rent, today="2026-11-22"), rent, "1012.40", "2026-12-06", "2026-12-05")
    (date,) = items_on(plan, "2026-12-22")[1].dates

    assert (date.key.on_date, date.effective_date, date.amount) == (day("2026-12-05"), day("2026-12-05"), 1000)
    assert (date.counted, date.part, date.parts, date.status, date.payment_id) == (1000, 1, 1, "paid", 1)
    assert f"{float(date.difference):.2f}" == "-12.40"


def test_a_date_of_another_period_is_listed_where_its_payment_makes_a_difference():
    rent = expense(1000, "monthly", "2026-12-05")
    plan = paying(snapshot_of(SALARY, rent, today="2026-11-22"), rent, "1012.40", "2027-01-02", "2026-12-05")

    assert [date.key.on_date for date in items_on(plan, "2027-01-22")[1].dates] == [
        day("2027-01-05"),
        day("2026-12-05"),
    ]


def test_a_bill_that_is_put_aside_for_tells_how_much_is():
    insurance = expense(1200, "annual", "2027-01-15", pk=2)
    plan = snapshot_of(SALARY, insurance, today="2026-11-22")

    assert [items_on(plan, on)[1].set_aside for on in ("2026-11-22", "2026-12-22", "2027-01-22")] == [400, 800, 1200]
    assert items_on(saying(plan, insurance, "2027-01-15", None, "2026-12-03"), "2026-12-22")[1].set_aside == 0
    assert item_on(expense(10, "monthly", "2026-12-05", pk=2), "2026-12-22").set_aside is None
    assert item_on(income(1200, "annual", "2026-11-10", pk=2), "2026-12-22").set_aside is None


def test_goals_tell_what_they_take_and_have_saved():
    plan = snapshot_of(SALARY, percentage(10), target(600, "2027-01-15", pk=2), today="2026-11-22")
    parts, goal = items_on(plan, "2026-12-22")[1:]

    assert (parts.reason, parts.amount, parts.counted, parts.saved) == (Reason.PERCENTAGE, 10, 300, None)
    assert (goal.reason, goal.amount, goal.counted, goal.saved) == (Reason.PUT_ASIDE, 600, 200, 400)
    (reached,) = items_on(closed_until(plan, "2027-02-22"), "2027-02-22")[2:]
    assert (reached.reason, reached.counted, reached.saved) == (Reason.PAST, 0, 600)


def test_a_closed_period_shows_what_other_percentages_took():
    """A tenth of 3000 was saved when November closed; now a quarter would be, and there is another goal."""
    plan = closed_until(snapshot_of(SALARY, percentage(10), today="2026-11-22"), "2026-12-22")
    changed = replace(plan, goals=(percentage(25), percentage(5, pk=2)))

    then = items_on(changed, "2026-11-30")[1:]
    now = items_on(changed, "2026-12-22")[1:]

    assert [(item.id, item.percentage, item.counted, item.reason) for item in then] == [
        (1, 25, 750, Reason.PERCENTAGE),
        (2, 5, 150, Reason.PERCENTAGE),
        (None, -20, -600, Reason.KEPT_PERCENTAGE),
    ]
    assert [(item.id, item.counted) for item in now] == [(1, 750), (2, 150)]


def test_a_closed_period_shows_what_it_put_aside_for_a_target_that_is_a_percentage_now():
    """200 of 600 in November; since then a tenth of all income is saved instead, which November did not save."""
    plan = closed_until(snapshot_of(SALARY, target(600, "2027-01-15"), today="2026-11-22"), "2026-12-22")
    changed = replace(plan, goals=(percentage(10),))

    goal, kept = items_on(changed, "2026-11-30")[1:]

    assert (goal.counted, goal.saved, [date.counted for date in goal.dates]) == (500, None, [200])
    assert (kept.counted, kept.percentage) == (-300, -10)


def test_a_date_that_is_over_by_a_statement_is_the_reason():
    plan = stating(
        snapshot_of(SALARY, expense(1000, "monthly", "2026-12-05"), today="2026-11-22"),
        "900.00",
        "balance",
        "2026-11-22",
    )

    assert [(item.reason, item.on_date, item.counted) for item in items_on(plan, "2026-11-22")] == [
        (Reason.OVER, day("2026-11-01"), 0),
        (Reason.OVER, day("2026-11-05"), 0),
    ]


def test_a_deleted_item_stands_there_as_long_as_it_counts():
    rent = expense(1000, "monthly", "2026-12-05", pk=2)
    paid = paying(snapshot_of(SALARY, rent, today="2026-11-22"), rent, "1010.00", "2026-12-06", "2026-12-05")
    deleted = replace(paid, items=(SALARY, replace(rent, is_deleted=True)))

    assert [(item.id, item.is_deleted) for item in items_on(deleted, "2026-12-22")] == [(1, False), (2, True)]
    assert [(item.id, item.is_deleted) for item in items_on(deleted, "2027-01-22")] == [(1, False)]


def test_of_an_item_without_a_row_a_closed_period_still_tells():
    rent = expense(1000, "monthly", "2026-12-05", pk=2)
    insurance = expense(1200, "annual", "2027-01-15", pk=3)
    plan = closed_until(snapshot_of(SALARY, rent, insurance, today="2026-11-22"), "2026-12-22")
    gone = items_on(replace(plan, items=(SALARY,)), "2026-11-30")[1:]

    assert [(item.name, item.counted, item.amount, item.currency, item.is_deleted) for item in gone] == [
        ("expense 2", 1000, 1000, "EUR", True),
        ("expense 3", 400, 1200, "EUR", True),
    ]
