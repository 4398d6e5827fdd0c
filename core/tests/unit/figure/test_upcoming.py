"""The dates of all items in a range of days."""

from dataclasses import replace
from fractions import Fraction

import pytest

from core.allowance.domain.upcoming import UpcomingDate, find_running_period, list_upcoming
from core.allowance.domain.values import Adjust, Snapshot
from core.kernel.pay_periods import PayPeriod
from core.tests.unit.figure.plans import (
    FixedRates,
    closed_until,
    day,
    expense,
    income,
    paying,
    percentage,
    saying,
    snapshot_of,
    target,
)

SALARY = income(3000, "monthly", "2026-12-01")
RENT = expense(1000, "monthly", "2026-12-05")


def upcoming(snapshot: Snapshot, since: str, until: str) -> list[UpcomingDate]:
    return list_upcoming(snapshot=snapshot, since=day(since), until=day(until))


def names(snapshot: Snapshot, since: str, until: str) -> list[tuple[str, str]]:
    return [(one.name, str(one.effective_date)) for one in upcoming(snapshot, since, until)]


def test_dates_stand_in_the_order_of_their_days_both_ends_included():
    plan = snapshot_of(SALARY, RENT, target(600, "2026-12-05"), percentage(10, pk=2), today="2026-11-22")

    assert find_running_period(snapshot=plan) == PayPeriod(start=day("2026-11-01"), end=day("2026-12-01"))
    assert names(plan, "2026-11-01", "2026-12-05") == [
        ("income 1", "2026-11-01"),
        ("expense 1", "2026-11-05"),
        ("income 1", "2026-12-01"),
        ("expense 1", "2026-12-05"),
        ("goal 1", "2026-12-05"),
    ]
    assert [one.days_until for one in upcoming(plan, "2026-11-01", "2026-12-05")] == [-21, -17, 9, 13, 13]


def test_a_moved_date_is_found_by_the_day_on_which_it_takes_effect():
    """1 November 2026 is a Sunday, 1 August 2026 a Saturday."""
    wage = income(3000, "monthly", "2026-08-01", added="2026-07-15", adjust=Adjust.BEFORE)
    plan = snapshot_of(wage, today="2026-07-15")

    assert names(plan, "2026-10-30", "2026-10-30") == [("income 1", "2026-10-30")]
    assert names(plan, "2026-11-01", "2026-11-30") == []
    assert [str(one.key.on_date) for one in upcoming(plan, "2026-07-31", "2026-07-31")] == ["2026-08-01"]


def test_what_became_of_a_date_stands_there():
    plan = paying(snapshot_of(SALARY, RENT, today="2026-11-22"), RENT, "1012.40", "2026-11-06", "2026-11-05")
    plan = saying(saying(plan, RENT, "2026-12-05", 900, "2026-11-22"), RENT, "2027-01-05", None, "2026-11-22")
    bills = [one for one in upcoming(plan, "2026-11-01", "2027-01-31") if one.name == "expense 1"]

    assert [(one.amount, one.base_amount, one.status, one.payment_id) for one in bills] == [
        (1000, 1000, "paid", 1),
        (900, 900, "planned", None),
        (1000, 1000, "skipped", None),
    ]


@pytest.mark.parametrize(
    ("item", "set_aside"),
    [
        (expense(1200, "annual", "2027-01-15", pk=2), 400),
        (expense(300, "quarterly", "2027-03-15", pk=2), 0),
        (expense(300, "once", "2027-01-15", pk=2), 100),
        (expense(300, "monthly", "2027-03-15", pk=2), None),
        (expense(300, "once", "2026-11-25", pk=2), None),
        (target(600, "2027-01-15", pk=2), 200),
        (target(600, "2026-11-25", pk=2), 600),
    ],
)
def test_of_what_is_put_aside_for_it_shows_how_much_is(item, set_aside):
    """A quarterly bill of March belongs to a period whose two before it do not run yet."""
    plan = snapshot_of(SALARY, item, today="2026-11-22")

    assert [one.set_aside for one in upcoming(plan, "2026-11-22", "2027-03-31") if one.key.item_id == 2] == [set_aside]


def test_closed_periods_are_among_what_is_put_aside():
    insurance = expense(1200, "annual", "2027-01-15", pk=2)
    plan = closed_until(snapshot_of(SALARY, insurance, today="2026-11-22"), "2027-01-05")

    assert [one.set_aside for one in upcoming(plan, "2027-01-15", "2027-01-15")] == [1200]


def test_of_a_bill_that_is_paid_or_skipped_nothing_is_put_aside_any_more():
    insurance = expense(1200, "annual", "2027-01-15", pk=2)
    plan = snapshot_of(SALARY, insurance, today="2026-11-22")
    skipped = saying(plan, insurance, "2027-01-15", None, "2026-11-22")

    assert [one.set_aside for one in upcoming(skipped, "2027-01-15", "2027-01-15")] == [None]


def test_of_a_closed_period_it_shows_what_that_kept():
    """The rent was 1000 when November closed; it is 1100 since."""
    plan = closed_until(snapshot_of(SALARY, RENT, today="2026-11-22"), "2026-12-22")
    dearer = replace(plan, items=(SALARY, replace(RENT, amount=Fraction(1100))))
    bills = [one for one in upcoming(dearer, "2026-11-01", "2026-12-31") if one.name == "expense 1"]

    assert [(one.amount, one.base_amount, one.set_aside) for one in bills] == [(1000, 1000, None), (1100, 1100, None)]


def test_a_foreign_date_is_converted():
    """A franc is 1.25; it was 1.20 when November closed."""
    bill = replace(RENT, currency="CHF")
    then = replace(snapshot_of(SALARY, bill, today="2026-11-22"), rates=FixedRates({"CHF": Fraction(6, 5)}))
    now = replace(closed_until(then, "2026-12-22"), rates=FixedRates({"CHF": Fraction(5, 4)}))
    bills = [one for one in upcoming(now, "2026-11-01", "2026-12-31") if one.name == "expense 1"]

    assert [(one.amount, one.currency, one.base_amount) for one in bills] == [(1000, "CHF", 1200), (1000, "CHF", 1250)]


def test_of_a_deleted_bill_only_the_dates_that_were_paid_are_left():
    plan = paying(snapshot_of(SALARY, RENT, today="2026-11-22"), RENT, "1000", "2026-11-05", "2026-11-05")
    closed = closed_until(plan, "2026-12-22")
    deleted = [replace(one, items=(SALARY, replace(RENT, is_deleted=True))) for one in (plan, closed)]

    for snapshot in deleted:
        bills = [one for one in upcoming(snapshot, "2026-11-01", "2027-02-28") if one.name == "expense 1"]
        assert [(str(one.key.on_date), one.status) for one in bills] == [("2026-11-05", "paid")]
