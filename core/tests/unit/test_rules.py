"""What each item counts, one rule at a time, each number checkable by hand."""

from fractions import Fraction

import pytest

from core.allowance.domain import (
    CountedItem,
    PlanItem,
    Reason,
    calculate_counted,
    calculate_pay_calendar,
    find_main_income,
    find_next_occurrence,
    is_running,
)
from core.kernel.frequencies import Frequency
from core.kernel.periods import PayCalendar
from core.kernel.schedules import Schedule
from core.tests.unit.builders import calendar_of, day, expense, income

MONTHS = PayCalendar.of_calendar_months()
WEEKS = calendar_of("weekly", "2026-11-06")


def counted(item: PlanItem, on_date: str, calendar: PayCalendar = MONTHS) -> CountedItem:
    """What the item brings to the pay period of a day."""
    return calculate_counted(item=item, calendar=calendar, period=calendar.period_containing(day(on_date)))


# Rule 3: the main income and the paydays.


def test_the_main_income_is_the_largest_per_year_and_not_per_date() -> None:
    weekly = income(100, "weekly", "2026-11-06", pk=1)
    monthly = income(430, "monthly", "2026-12-01", pk=2)
    bonus = income(5000, "annual", "2026-12-10", pk=3)

    # 100 × 365 / 7 = 5214.28…, 430 × 12 = 5160, 5000.
    assert find_main_income(items=[bonus, monthly, weekly]) == weekly


def test_a_tie_for_the_main_income_goes_to_the_lowest_id() -> None:
    monthly = income(100, "monthly", "2026-12-01", pk=7)
    annual = income(1200, "annual", "2026-12-10", pk=3)

    assert find_main_income(items=[monthly, annual]) == annual
    assert find_main_income(items=[annual, monthly]) == annual


def test_neither_a_gift_nor_a_bill_makes_paydays() -> None:
    gift = income(10**6, "once", "2026-12-01", pk=1)
    rent = expense(10**6, "weekly", "2026-11-06", pk=2)

    assert find_main_income(items=[gift, rent]) is None
    assert calculate_pay_calendar(items=[gift, rent]) == MONTHS


def test_paydays_are_the_main_incomes_dates() -> None:
    wages = income(100, "weekly", "2026-11-06", pk=1)

    assert calculate_pay_calendar(items=[wages]) == WEEKS


# Rule 4: which dates count.


@pytest.mark.parametrize(("anchor", "running"), [("2026-12-22", True), ("2026-12-23", False), ("2020-01-01", True)])
def test_a_schedule_is_running_where_one_date_is_past_on_the_day_it_is_entered(anchor: str, running: bool) -> None:
    schedule = Schedule(anchor=day(anchor), frequency=Frequency.MONTHLY)

    assert is_running(schedule=schedule, scheduled_on=day("2026-11-22")) is running


def test_what_happens_once_is_never_running() -> None:
    schedule = Schedule(anchor=day("2020-01-01"), frequency=Frequency.ONCE)

    assert not is_running(schedule=schedule, scheduled_on=day("2026-11-22"))


@pytest.mark.parametrize(
    ("frequency", "anchor", "today", "expected"),
    [
        ("once", "2026-11-22", "2026-11-22", "2026-11-22"),
        ("once", "2026-11-21", "2026-11-22", None),
        ("once", "2027-01-01", "2026-11-22", "2027-01-01"),
        # Running: the date before the anchor has still to come.
        ("monthly", "2026-12-22", "2026-11-22", "2026-11-22"),
        ("monthly", "2026-12-22", "2026-11-23", "2026-12-22"),
        # Not running: nothing before the anchor.
        ("monthly", "2027-03-01", "2026-11-22", "2027-03-01"),
        ("monthly", "2027-03-01", "2027-03-01", "2027-03-01"),
        ("monthly", "2027-03-01", "2027-03-02", "2027-04-01"),
        ("annual", "2001-02-03", "2026-11-22", "2027-02-03"),
    ],
)
def test_the_next_occurrence_is_the_first_date_from_today_on(
    frequency: str, anchor: str, today: str, expected: str | None
) -> None:
    found = find_next_occurrence(
        schedule=Schedule(anchor=day(anchor), frequency=Frequency(frequency)),
        scheduled_on=day("2026-11-22"),
        today=day(today),
    )

    assert found == (expected and day(expected))


def test_a_rent_that_starts_in_march_costs_nothing_in_january() -> None:
    rent = expense(900, "monthly", "2027-03-15", "2027-01-10")

    assert counted(rent, "2027-01-10").counted == 0
    assert counted(rent, "2027-02-15").counted == 0
    assert counted(rent, "2027-03-01").counted == 900


# Rule 5: an item no longer than the pay period.


def test_each_date_in_the_period_counts_at_full_amount() -> None:
    cleaning = expense(20, "weekly", "2026-11-06", "2026-11-01")

    assert counted(cleaning, "2026-11-22") == CountedItem(
        item=cleaning, counted=Fraction(80), reason=Reason.DATES_IN_PERIOD, dates=4
    )


def test_a_running_bills_dates_count_from_the_start_of_the_period_in_which_it_was_added() -> None:
    cleaning = expense(20, "weekly", "2026-11-27", "2026-11-22")

    # 6, 13, 20 and 27 November, though it was added after the first three; none in October.
    assert counted(cleaning, "2026-11-22").dates == 4
    assert counted(cleaning, "2026-10-31") == CountedItem(
        item=cleaning, counted=Fraction(0), reason=Reason.NO_DATE_IN_PERIOD
    )


def test_the_next_payday_is_not_part_of_the_period() -> None:
    first_of_month = expense(50, "monthly", "2026-12-01", "2026-11-01")

    # 1 November counts, 1 December belongs to the next period.
    assert counted(first_of_month, "2026-11-30").dates == 1


def test_of_two_monthly_dates_that_clamping_brings_into_one_period_both_count() -> None:
    rent = expense(900, "monthly", "2026-01-30", "2026-01-01")

    # Paydays 28 February and 31 March; the rent falls on 28 February and 30 March.
    assert counted(rent, "2026-03-01", calendar_of("monthly", "2026-01-31")).counted == 1800


# Rule 6: a bill with a longer cycle.


def test_a_bill_is_put_aside_for_on_each_payday_up_to_its_own() -> None:
    bill = expense(1200, "monthly", "2026-11-06", "2026-10-01")

    # Paydays 9, 16, 23, 30 October and 6 November itself.
    on_its_day = CountedItem(
        item=bill, counted=Fraction(240), reason=Reason.PUT_ASIDE, parts=5, on_date=day("2026-11-06")
    )
    assert counted(bill, "2026-10-09", WEEKS) == on_its_day
    assert counted(bill, "2026-11-06", WEEKS) == on_its_day
    assert counted(bill, "2026-11-13", WEEKS).on_date == day("2026-12-06")


def test_a_payday_on_the_previous_date_belongs_to_the_previous_bill() -> None:
    bill = expense(1200, "monthly", "2026-11-06", "2026-11-01")

    # December's bill is shared by 13, 20, 27 November and 4 December: not by the 6th.
    assert counted(bill, "2026-11-13", WEEKS).parts == 4


def test_a_bill_years_ahead_waits_for_the_date_before_it() -> None:
    bill = expense(1200, "annual", "2028-06-01", "2026-11-22")

    # Put aside for from 2 June 2027 on: the first paydays after it are 1 July 2027 to 1 June 2028.
    assert counted(bill, "2026-11-22") == CountedItem(
        item=bill, counted=Fraction(0), reason=Reason.PUT_ASIDE_LATER, on_date=day("2028-06-01")
    )
    assert counted(bill, "2027-06-30").counted == 0
    assert counted(bill, "2027-07-01") == CountedItem(
        item=bill, counted=Fraction(100), reason=Reason.PUT_ASIDE, parts=12, on_date=day("2028-06-01")
    )


def test_nothing_was_put_aside_before_the_period_in_which_a_bill_was_added() -> None:
    bill = expense(600, "annual", "2027-01-15", "2026-11-22")

    # November, December and January.
    assert counted(bill, "2026-10-31").reason is Reason.PUT_ASIDE_LATER
    assert counted(bill, "2026-10-31").counted == 0
    assert counted(bill, "2026-11-01").counted == 200
    assert counted(bill, "2027-01-31").counted == 200


# Rule 7: a bill once.


def test_a_bill_once_is_shared_over_the_paydays_up_to_its_date() -> None:
    bill = expense(300, "once", "2027-01-01", "2026-11-22")

    # 1 November, 1 December, and 1 January, the day itself.
    share = CountedItem(item=bill, counted=Fraction(100), reason=Reason.PUT_ASIDE, parts=3, on_date=bill.anchor)
    assert counted(bill, "2026-11-01") == share
    assert counted(bill, "2027-01-31") == share
    assert counted(bill, "2026-10-31") == CountedItem(
        item=bill, counted=Fraction(0), reason=Reason.PUT_ASIDE_LATER, on_date=bill.anchor
    )
    assert counted(bill, "2027-02-01") == CountedItem(
        item=bill, counted=Fraction(0), reason=Reason.PAST, on_date=bill.anchor
    )


def test_a_bill_once_of_an_earlier_period_than_it_was_added_in_counts_nothing() -> None:
    bill = expense(300, "once", "2026-10-31", "2026-11-22")

    for today in ("2026-10-31", "2026-11-22"):
        assert counted(bill, today) == CountedItem(
            item=bill, counted=Fraction(0), reason=Reason.BEFORE_ADDED, on_date=bill.anchor
        )


def test_a_bill_once_of_the_period_in_which_it_was_added_counts_whole_though_it_is_past() -> None:
    bill = expense(300, "once", "2026-11-01", "2026-11-22")

    assert counted(bill, "2026-11-22").counted == 300


# Rule 8: an income with a longer cycle, or once.


def test_an_income_is_spread_over_the_periods_that_end_after_it_and_not_after_the_following_one() -> None:
    allowance = income(500, "monthly", "2026-11-06", "2026-10-06")

    # What arrives on 6 November is spent in the weeks that end on 13, 20, 27 November and 4 December.
    spread = CountedItem(
        item=allowance, counted=Fraction(125), reason=Reason.SPREAD, parts=4, on_date=day("2026-11-06")
    )
    assert counted(allowance, "2026-11-06", WEEKS) == spread
    assert counted(allowance, "2026-11-30", WEEKS) == spread
    assert counted(allowance, "2026-11-05", WEEKS).on_date == day("2026-10-06")
    assert counted(allowance, "2026-12-04", WEEKS).on_date == day("2026-12-06")


def test_an_income_counts_nothing_before_it_arrives() -> None:
    bonus = income(1200, "annual", "2026-12-10", "2026-11-22")

    assert counted(bonus, "2026-11-30") == CountedItem(
        item=bonus, counted=Fraction(0), reason=Reason.NOT_YET_ARRIVED, on_date=day("2026-12-10")
    )
    assert counted(bonus, "2026-12-01").counted == 100


def test_an_income_that_starts_later_counts_nothing_until_then() -> None:
    bonus = income(1200, "annual", "2028-12-10", "2026-11-22")

    assert counted(bonus, "2027-12-31") == CountedItem(
        item=bonus, counted=Fraction(0), reason=Reason.NOT_YET_ARRIVED, on_date=day("2028-12-10")
    )


def test_an_income_that_arrived_in_the_period_in_which_it_was_added_is_spent() -> None:
    bonus = income(1200, "annual", "2027-11-01", "2026-11-22")

    # Running since 1 November 2026; the twelve periods that end on 1 December 2026 to 1 November 2027.
    assert counted(bonus, "2026-11-22").counted == 100
    assert counted(bonus, "2027-10-31").on_date == day("2026-11-01")


def test_an_income_once_counts_whole_in_the_period_that_contains_it() -> None:
    gift = income(250, "once", "2026-12-01", "2026-11-22")

    assert counted(gift, "2026-12-31") == CountedItem(
        item=gift, counted=Fraction(250), reason=Reason.ONCE_IN_PERIOD, on_date=gift.anchor
    )
    for today in ("2026-11-30", "2027-01-01"):
        assert counted(gift, today) == CountedItem(
            item=gift, counted=Fraction(0), reason=Reason.ONCE_OUTSIDE, on_date=gift.anchor
        )


def test_an_income_once_counts_not_before_the_period_in_which_it_was_added() -> None:
    before, within = (income(250, "once", anchor, "2026-11-22") for anchor in ("2026-10-31", "2026-11-01"))

    assert counted(before, "2026-10-31").reason is Reason.BEFORE_ADDED
    assert counted(before, "2026-10-31").counted == 0
    assert counted(within, "2026-11-22").counted == 250
