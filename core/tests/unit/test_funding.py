"""Every bill is paid for in full when it falls due, and no income is spent before it arrives.

Ten years of paydays of every rhythm, against bills and incomes of every rhythm.
"""

from bisect import bisect_left
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given

from core.allowance.domain import CountedItem, ItemType, PlanItem, Reason, calculate_counted
from core.kernel.frequencies import Frequency
from core.kernel.periods import PayCalendar, PayPeriod
from core.tests.unit.builders import RECURRING, calendar_of, day, expense, income
from core.tests.unit.reference import all_dates
from core.tests.unit.strategies import items

TEN_YEARS = (day("2023-02-10"), day("2033-03-01"))
ADDED = "2023-02-10"
PAIRS_OF_ANCHORS = [
    pytest.param("2024-01-31", "2024-02-29", id="31st-and-leap-day"),
    pytest.param("2024-02-29", "2023-05-31", id="leap-day-and-31st"),
    pytest.param("2023-03-30", "2030-06-29", id="30th-and-29th-years-ahead"),
]


def count_all(item: PlanItem, calendar: PayCalendar, first: date, last: date) -> list[tuple[PayPeriod, CountedItem]]:
    """What an item brings to every period from the one with `first` to the one with `last`."""
    found = []
    period = calendar.period_containing(first)
    while period.start <= last:
        found.append((period, calculate_counted(item=item, calendar=calendar, period=period)))
        period = calendar.period_containing(period.end)
    return found


@pytest.mark.parametrize("main", RECURRING)
@pytest.mark.parametrize(("main_anchor", "bill_anchor"), PAIRS_OF_ANCHORS)
def test_every_bill_is_paid_for_in_full_when_it_falls_due(main: Frequency, main_anchor: str, bill_anchor: str) -> None:
    calendar = calendar_of(main, main_anchor)

    for frequency in RECURRING:
        # Under way, even where the date lies years ahead: it has been moved on again and again.
        scheduled = max(ADDED, bill_anchor)
        bill = expense(120, frequency, bill_anchor, ADDED, scheduled=scheduled)
        counted = count_all(bill, calendar, *TEN_YEARS)
        dues = all_dates(bill.anchor, frequency, counted[0][0].start, counted[-1][0].last_day)

        total = Fraction(0)
        for period, part in counted:
            total += part.counted
            due_before, due_until = bisect_left(dues, period.start), bisect_left(dues, period.end)
            if frequency.rank <= main.rank:
                assert part.counted == 120 * (due_until - due_before), (frequency, period)
            elif due_until > due_before:
                assert total == 120 * (due_before + 1), (frequency, period)


@pytest.mark.parametrize("main", RECURRING)
@pytest.mark.parametrize(("main_anchor", "other_anchor"), PAIRS_OF_ANCHORS[:2])
def test_an_income_is_spent_after_it_arrives_and_in_full_before_the_next(
    main: Frequency, main_anchor: str, other_anchor: str
) -> None:
    calendar = calendar_of(main, main_anchor)

    for frequency in RECURRING[RECURRING.index(main) + 1 :]:
        bonus = income(120, frequency, other_anchor, ADDED)
        counted = count_all(bonus, calendar, *TEN_YEARS)
        by_arrival: dict[date, Fraction] = {}
        for period, part in counted:
            if part.reason is Reason.SPREAD:
                following = bonus.schedule.date_at(bonus.schedule.index_on_or_after(part.on_date) + 1)
                assert part.on_date < period.end <= following
                by_arrival[part.on_date] = by_arrival.get(part.on_date, Fraction(0)) + part.counted
            else:
                assert part.counted == 0

        *finished, last = sorted(by_arrival)
        assert all(by_arrival[arrival] == 120 for arrival in finished)
        assert by_arrival[last] <= 120


@pytest.mark.parametrize("main", RECURRING)
@pytest.mark.parametrize("anchor", ["2024-01-31", "2024-02-29", "2023-03-30"])
def test_a_bill_once_is_shared_by_the_paydays_up_to_it(main: Frequency, anchor: str) -> None:
    calendar = calendar_of(main, anchor)
    bill = expense(1000, "once", "2026-02-28", "2024-02-29")

    counted = count_all(bill, calendar, day("2022-01-01"), day("2027-06-01"))

    shares = [(period.start, part.counted) for period, part in counted if part.counted]
    assert sum(share for _start, share in shares) == 1000
    assert len({share for _start, share in shares}) == 1
    assert shares[0][0] == calendar.payday_on_or_before(bill.added_on)
    assert shares[-1][0] == calendar.payday_on_or_before(bill.anchor)


@given(items(), items(frequencies=tuple(RECURRING)))
def test_the_shares_of_a_bill_add_up_to_the_bill(bill: PlanItem, main_income: PlanItem) -> None:
    calendar = PayCalendar(schedule=main_income.schedule)
    shares: dict[date, list[CountedItem]] = {}

    for period, part in count_all(bill, calendar, day("2023-01-01"), day("2029-06-01")):
        if part.reason is Reason.PUT_ASIDE:
            assert period.start <= part.on_date
            shares.setdefault(part.on_date, []).append(part)

    # The last one may reach past the window.
    finished = sorted(shares)[:-1] if bill.frequency.recurs else sorted(shares)
    for due in finished:
        assert sum(part.counted for part in shares[due]) == bill.amount
        assert len(shares[due]) == shares[due][0].parts
    assert bill.type is ItemType.EXPENSE or not shares
