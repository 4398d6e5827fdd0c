"""The worked examples of the figure's rules. All amounts are in euros; nothing is logged unless a test says so."""

from dataclasses import replace

import pytest

from core.allowance.domain.values import Adjust, Leftover, Overspend, Snapshot
from core.tests.unit.figure.plans import (
    closed_until,
    day,
    expense,
    figure_of,
    income,
    paying,
    percentage,
    pool_and_amount,
    saying,
    snapshot_of,
    spend_each_day,
    spending,
    stating,
    target,
)

BILL = expense(1000, "monthly", "2026-12-05")
PHONE = expense(60, "monthly", "2026-11-28", pk=2)
INSURANCE = expense(1200, "annual", "2027-01-15", pk=3)


def first_plan(*more: object) -> Snapshot:
    return snapshot_of(income(3000, "monthly", "2026-12-01"), BILL, percentage(10), *more, today="2026-11-22")


def weekly_plan(*more: object) -> Snapshot:
    added = "2026-11-01"
    return snapshot_of(
        income(800, "weekly", "2026-11-06", added),
        expense(1200, "monthly", "2026-12-01", added),
        *more,
        today="2026-11-22",
    )


def span_of(snapshot: Snapshot, on: str) -> tuple[str, str]:
    period = figure_of(snapshot, on).pool.period
    return period.start.isoformat(), period.end.isoformat()


def days_left(snapshot: Snapshot, on: str) -> int:
    return figure_of(snapshot, on).days_left


def test_a_monthly_income_pays_a_bill_and_a_percentage():
    assert span_of(first_plan(), "2026-11-22") == ("2026-11-01", "2026-12-01")
    assert days_left(first_plan(), "2026-11-22") == 9
    assert pool_and_amount(first_plan(), "2026-11-22") == ("1700.00", "188.88")


def test_a_day_after_spending_shares_what_is_left():
    plan = spending(first_plan(), d2026_11_22="100.00")

    assert days_left(plan, "2026-11-23") == 8
    assert pool_and_amount(plan, "2026-11-23") == ("1700.00", "200.00")


def test_a_rent_is_put_aside_for_on_weekly_paydays():
    assert span_of(weekly_plan(), "2026-11-22") == ("2026-11-20", "2026-11-27")
    assert pool_and_amount(weekly_plan(), "2026-11-22") == ("500.00", "100.00")


def test_an_annual_bill_is_put_aside_for_from_the_period_in_which_it_was_added():
    assert pool_and_amount(weekly_plan(INSURANCE), "2026-11-22") == ("366.66", "73.33")


def test_an_annual_bonus_is_spent_over_the_year_after_it_arrives():
    plan = snapshot_of(
        income(3000, "monthly", "2026-12-01"), income(1200, "annual", "2026-12-10", pk=2), today="2026-11-22"
    )

    assert span_of(plan, "2026-12-10") == ("2026-12-01", "2027-01-01")
    assert days_left(plan, "2026-12-10") == 22
    assert pool_and_amount(plan, "2026-12-10") == ("3100.00", "140.90")


def test_without_an_income_the_bills_are_a_shortfall():
    figure = figure_of(snapshot_of(expense(300, "monthly", "2026-12-05"), today="2026-11-22"), "2026-11-22")

    assert (figure.pool.period.start, figure.pool.period.end) == (day("2026-11-01"), day("2026-12-01"))
    assert (figure.status, figure.shortfall, figure.pool.amount, figure.amount) == ("shortfall", 300, -300, 0)


@pytest.mark.parametrize(
    ("on", "days", "amount"), [("2026-11-15", 15, "60.00"), ("2026-11-30", 15, "60.00"), ("2026-12-15", 16, "56.25")]
)
def test_a_semi_monthly_income_lays_two_paydays_a_month(on, days, amount):
    added = "2026-11-01"
    plan = snapshot_of(
        income(1500, "semi-monthly", "2026-11-15", added, days=(15, 31)),
        expense(1200, "monthly", "2026-12-01", added),
        today=on,
    )

    assert days_left(plan, on) == days
    assert pool_and_amount(plan, on) == ("900.00", amount)


@pytest.mark.parametrize(
    ("on", "days", "amount"),
    [
        ("2026-01-30", 14, "92.85"),
        ("2026-02-13", 14, "92.85"),
        ("2026-02-27", 14, "92.85"),
        ("2026-03-13", 18, "72.22"),
    ],
)
def test_paydays_on_a_weekend_move_to_the_friday_before(on, days, amount):
    added = "2026-01-01"
    plan = snapshot_of(
        income(1500, "semi-monthly", "2026-01-15", added, days=(15, 31), adjust=Adjust.BEFORE),
        expense(400, "monthly", "2026-02-14", added),
        today=on,
    )

    assert days_left(plan, on) == days
    assert pool_and_amount(plan, on) == ("1300.00", amount)


@pytest.mark.parametrize(
    ("on", "days", "amount"), [("2026-10-30", 32, "62.50"), ("2026-12-01", 30, "66.66"), ("2026-12-31", 32, "62.50")]
)
def test_paydays_move_before_the_holidays_of_a_calendar(on, days, amount):
    added = "2026-10-15"
    plan = snapshot_of(
        income(3000, "monthly", "2026-11-01", added, adjust=Adjust.BEFORE),
        expense(1000, "monthly", "2026-10-31", added),
        today=on,
        holiday_calendar="ECB",
    )

    assert days_left(plan, on) == days
    assert pool_and_amount(plan, on) == ("2000.00", amount)


@pytest.mark.parametrize(
    ("on", "start", "end", "pool", "amount"),
    [
        ("2026-10-15", "2026-10-01", "2026-11-02", "1000.00", "55.55"),
        ("2026-11-02", "2026-11-02", "2026-12-01", "3000.00", "103.44"),
        ("2026-12-01", "2026-12-01", "2027-01-01", "2000.00", "64.51"),
    ],
)
def test_a_bill_on_the_first_does_not_wait_for_a_payday_that_is_moved_after_it(on, start, end, pool, amount):
    added = "2026-10-15"
    plan = snapshot_of(
        income(3000, "monthly", "2026-11-01", added, adjust=Adjust.AFTER),
        expense(1000, "monthly", "2026-11-01", added),
        today=on,
    )

    assert span_of(plan, on) == (start, end)
    assert pool_and_amount(plan, on) == (pool, amount)


def test_a_paid_bill_takes_what_was_paid():
    plan = paying(first_plan(), BILL, "1012.40", "2026-12-05", "2026-12-05")

    assert days_left(plan, "2026-12-05") == 27
    assert pool_and_amount(plan, "2026-12-05") == ("1687.60", "62.50")
    assert pool_and_amount(first_plan(), "2026-12-05") == ("1700.00", "62.96")


def test_a_skipped_bill_takes_nothing():
    plan = saying(first_plan(), BILL, "2026-12-05", None, "2026-11-25")

    assert days_left(plan, "2026-12-01") == 31
    assert pool_and_amount(plan, "2026-12-01") == ("2700.00", "87.09")


def test_what_may_be_spent_can_be_stated():
    plan = stating(first_plan(), "240.00", "spending", "2026-11-22")

    assert pool_and_amount(plan, "2026-11-22") == ("240.00", "26.66")
    assert pool_and_amount(plan, "2026-12-01") == ("1700.00", "54.83")


def test_a_balance_pays_for_the_bills_that_are_still_to_come():
    assert pool_and_amount(stating(first_plan(PHONE), "900.00", "balance", "2026-11-22"), "2026-11-22") == (
        "840.00",
        "93.33",
    )
    assert pool_and_amount(stating(first_plan(PHONE, INSURANCE), "900.00", "balance", "2026-11-22"), "2026-11-22") == (
        "440.00",
        "48.88",
    )


@pytest.mark.parametrize(
    ("on", "days", "pool", "amount"),
    [
        ("2027-01-01", 14, "2000.00", "142.85"),
        ("2027-01-15", 31, "5000.00", "161.29"),
        ("2027-02-15", 28, "5000.00", "178.57"),
    ],
)
def test_a_larger_income_lays_the_paydays_once_it_has_begun(on, days, pool, amount):
    plan = snapshot_of(
        income(2000, "monthly", "2026-12-01"), income(3000, "monthly", "2027-01-15", pk=2), today="2026-11-22"
    )

    assert days_left(plan, on) == days
    assert pool_and_amount(plan, on) == (pool, amount)


def test_a_bill_that_is_paid_ahead_leaves_the_balance_and_not_the_next_period():
    plan = stating(first_plan(), "1200.00", "balance", "2026-11-22")
    plan = paying(plan, BILL, "1000.00", "2026-11-28", "2026-12-05")

    assert (days_left(plan, "2026-11-28"), days_left(plan, "2026-12-01")) == (3, 31)
    assert pool_and_amount(plan, "2026-11-28") == ("200.00", "66.66")
    assert pool_and_amount(plan, "2026-12-01") == ("2700.00", "87.09")


def test_a_bill_paid_after_a_balance_counts_with_what_was_paid():
    plan = paying(
        stating(first_plan(PHONE), "900.00", "balance", "2026-11-22"), PHONE, "75.00", "2026-11-28", "2026-11-28"
    )

    assert days_left(plan, "2026-11-28") == 3
    assert pool_and_amount(plan, "2026-11-28") == ("825.00", "275.00")


def test_of_a_balance_a_bonus_is_for_later_periods_too():
    plan = snapshot_of(
        income(3000, "monthly", "2026-12-01"),
        BILL,
        income(1200, "annual", "2026-12-10", pk=2),
        today="2026-11-22",
    )
    plan = stating(plan, "4000.00", "balance", "2026-12-15")

    assert days_left(plan, "2026-12-15") == 17
    assert pool_and_amount(plan, "2026-12-15") == ("2900.00", "170.58")


def test_a_bill_that_becomes_dearer_shares_what_is_not_yet_put_aside():
    added = "2026-01-10"
    insurance = expense(1200, "annual", "2027-01-15", added)
    plan = closed_until(snapshot_of(income(3000, "monthly", "2026-02-01", added), insurance, today=added), "2026-12-05")
    dearer = replace(plan, items=(plan.items[0], replace(insurance, amount=insurance.amount + 60)))

    assert days_left(plan, "2026-12-05") == 27
    assert pool_and_amount(plan, "2026-12-05") == ("2900.00", "107.40")
    assert pool_and_amount(dearer, "2026-12-05") == ("2870.00", "106.29")


def test_no_change_of_plan_makes_or_removes_a_debt_or_a_leftover():
    added = "2026-01-10"
    rent = expense(1000, "monthly", "2026-02-05", added)
    plan = snapshot_of(
        income(3000, "monthly", "2026-02-01", added),
        rent,
        today=added,
        leftover=Leftover.CARRY,
        leftover_chosen_on=day(added),
        overspend=Overspend.REPAY,
        overspend_chosen_on=day(added),
    )
    for month in range(2, 12):
        plan = paying(plan, rent, "1000.00", f"2026-{month:02}-05", f"2026-{month:02}-05")
    plan = closed_until(spend_each_day(plan, added, "2026-12-01"), "2026-12-01")
    dearer = replace(plan, items=(plan.items[0], replace(rent, amount=rent.amount + 100)))
    deleted = replace(plan, items=plan.items[:1])

    assert pool_and_amount(plan, "2026-12-01") == ("2000.00", "64.51")
    assert pool_and_amount(dearer, "2026-12-01") == ("1900.00", "61.29")
    assert pool_and_amount(deleted, "2026-12-01") == ("3000.00", "96.77")
    for changed in (plan, dearer, deleted):
        pool = figure_of(changed, "2026-12-01").pool
        assert (pool.carried, pool.repaid, pool.due) == (0, 0, 0)


def living(**settings: object) -> Snapshot:
    chosen = {f"{name}_chosen_on": day("2026-11-10") for name in settings}
    return snapshot_of(income(600, "monthly", "2026-11-01", "2026-10-10"), today="2026-11-10", **settings, **chosen)


@pytest.mark.parametrize(
    ("spent", "pool", "amount", "due"),
    [("540.00", "660.00", "21.29", 0), ("640.00", "560.00", "18.06", 0), ("1300.00", "0.00", "0.00", 100)],
)
def test_what_was_left_is_carried_and_what_was_overspent_is_repaid(spent, pool, amount, due):
    plan = spending(living(leftover=Leftover.CARRY, overspend=Overspend.REPAY), d2026_11_20=spent)

    assert pool_and_amount(plan, "2026-12-01") == (pool, amount)
    assert figure_of(plan, "2026-12-01").pool.due == due


def test_what_is_still_due_is_repaid_in_the_period_after():
    plan = spending(living(leftover=Leftover.CARRY, overspend=Overspend.REPAY), d2026_11_20="1300.00")

    assert figure_of(plan, "2027-01-01").pool.amount == 500


def test_a_forgotten_purchase_of_a_closed_period_lowers_what_it_left():
    plan = spending(living(leftover=Leftover.CARRY), d2026_11_20="540.00")

    assert days_left(plan, "2026-12-04") == 28
    assert pool_and_amount(plan, "2026-12-04") == ("660.00", "23.57")
    assert pool_and_amount(spending(plan, d2026_11_29="25.00"), "2026-12-04") == ("635.00", "22.67")


def test_weekdays_have_weights():
    plan = snapshot_of(
        income(280, "weekly", "2026-11-20", "2026-11-20"), today="2026-11-20", weekday_weights=(1, 1, 1, 1, 1, 3, 2)
    )
    spent = spend_each_day(plan, "2026-11-20", "2026-11-27")
    more = spend_each_day(spending(plan, d2026_11_20="50.00"), "2026-11-21", "2026-11-27")

    assert [f"{amount:f}" for amount in spent.spending.values()] == [
        "28.00",
        "84.00",
        "56.00",
        "28.00",
        "28.00",
        "28.00",
        "28.00",
    ]
    assert [f"{amount:f}" for amount in more.spending.values()][1:] == [
        "76.66",
        "51.11",
        "25.55",
        "25.56",
        "25.56",
        "25.56",
    ]


def test_a_target_is_put_aside_for_on_each_payday():
    plan = weekly_plan(target(600, "2027-01-15"))

    assert [pool_and_amount(plan, on) for on in ("2026-11-22", "2027-01-15", "2027-01-22")] == [
        ("433.33", "86.66"),
        ("433.33", "61.90"),
        ("500.00", "71.42"),
    ]
