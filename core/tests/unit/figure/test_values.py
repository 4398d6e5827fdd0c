"""The plain values of the figure."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from core.allowance.domain.values import ClosedPeriod, DateKey, ItemType, Payment
from core.kernel.pay_periods import PayPeriod
from core.kernel.recurrence import Frequency

NOVEMBER = PayPeriod(start=date(2026, 11, 1), end=date(2026, 12, 1))


def test_a_pay_period_includes_its_payday_and_excludes_the_next():
    assert [
        NOVEMBER.contains(day) for day in (date(2026, 10, 31), NOVEMBER.start, NOVEMBER.last_day, NOVEMBER.end)
    ] == [
        False,
        True,
        True,
        False,
    ]
    assert NOVEMBER.last_day == date(2026, 11, 30)


def test_a_pay_period_counts_its_days_and_those_that_are_left():
    assert (NOVEMBER.days, NOVEMBER.days_left(date(2026, 11, 22)), NOVEMBER.days_left(date(2026, 11, 30))) == (30, 9, 1)


def test_frequencies_are_ordered_by_length_and_know_their_times_a_year():
    assert [str(frequency) for frequency in sorted(Frequency, key=lambda frequency: frequency.rank)] == [
        "once",
        "daily",
        "weekly",
        "bi-weekly",
        "semi-monthly",
        "four-weekly",
        "monthly",
        "quarterly",
        "semi-annual",
        "annual",
    ]
    assert [frequency.per_year for frequency in Frequency] == [
        0,
        365,
        Fraction(365, 7),
        Fraction(365, 14),
        24,
        Fraction(365, 28),
        12,
        4,
        2,
        1,
    ]
    assert [frequency for frequency in Frequency if not frequency.recurs] == [Frequency.ONCE]


def test_a_payment_names_a_date_only_with_an_item_and_an_occurrence():
    def bill(**names: object) -> Payment:
        return Payment(id=1, type=ItemType.EXPENSE, day=date(2026, 12, 5), amount=Decimal("9.00"), **names)

    assert bill().key is None
    assert bill(item_id=7).key is None
    assert bill(item_id=7, occurrence=date(2026, 12, 5)).key == DateKey(ItemType.EXPENSE, 7, date(2026, 12, 5))


@pytest.mark.parametrize(
    ("pool", "spent", "due", "owed"),
    [("600", "700", "30", "130"), ("-50", "20", "0", "20"), ("600", "500", "30", "30"), ("600", "-10", "0", "0")],
)
def test_a_closed_period_leaves_owed_what_was_spent_beyond_its_pool_and_what_was_due(pool, spent, due, owed):
    nothing = Decimal(0)
    closed = ClosedPeriod(
        period=NOVEMBER,
        savings_percent=nothing,
        carries=False,
        repays=True,
        own_pool=Decimal(pool),
        carried=nothing,
        repaid=nothing,
        pool=Decimal(pool),
        spent=Decimal(spent),
        left=Decimal(pool) - Decimal(spent),
        due=Decimal(due),
    )
    assert closed.owed == Decimal(owed)
