"""Days' rows as they follow from a snapshot, and the lines of closed periods as they are stored."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from core.allowance.domain.closed_lines import convert_line, dump_line, load_line
from core.allowance.domain.days import DayInput, DaysSnapshot, DayValues, SnapshotScope, calculate_day
from core.allowance.domain.values import ClosedLine, DateKey, ItemType, Place, Settings, Sharing

LAST_DAY = date(2026, 11, 30)
SCOPE = SnapshotScope(
    user_id=1, settings=Settings(currency="EUR", decimals=2, joined_on=date(2026, 11, 1)), today=LAST_DAY
)
ROW = DayValues(
    currency="EUR",
    amount=Decimal("20.00"),
    remaining_amount=Decimal("20.00"),
    pool=Decimal("100.00"),
    spent_before=Decimal("80.00"),
    tomorrow=Decimal("3.33"),
    period_start=date(2026, 11, 1),
    period_end=date(2026, 12, 1),
    own_pool=Decimal("100.00"),
    carried=Decimal(0),
    repaid=Decimal(0),
    due=Decimal(0),
    spent_from=None,
    income_counts=True,
)


def test_a_purchase_of_the_last_day_leaves_what_the_next_period_allows():
    day = DayInput(stored=ROW, spent_before=Decimal("80.00"), spent_today=Decimal("5.00"))

    values = calculate_day(snapshot=DaysSnapshot(scope=SCOPE, days={LAST_DAY: day}), on_date=LAST_DAY)

    assert values == replace(ROW, remaining_amount=Decimal("15.00"))


def test_a_day_without_a_row_needs_the_plan():
    day = DayInput(stored=None, spent_before=Decimal(0), spent_today=Decimal(0))

    with pytest.raises(ValueError, match="from the plan"):
        calculate_day(snapshot=DaysSnapshot(scope=SCOPE, days={LAST_DAY: day}), on_date=LAST_DAY)


def test_a_line_is_stored_exactly_and_converted_unrounded():
    line = ClosedLine(
        key=DateKey(ItemType.INCOME, 7, date(2026, 11, 10)),
        type=ItemType.INCOME,
        item_id=7,
        name="bonus",
        on_date=date(2026, 11, 9),
        effective_date=date(2026, 11, 10),
        amount=Fraction(100, 3),
        before=Fraction(100, 3),
        for_later=Fraction(100, 3),
        part=2,
        periods_left=2,
        belongs=Place.EARLIER,
        shared_by=(Sharing(3, Fraction(100)),),
    )

    assert load_line(stored=dump_line(line=line)) == line
    assert convert_line(line=line, rate=Fraction(3)) == replace(
        line,
        amount=Fraction(100),
        before=Fraction(100),
        for_later=Fraction(100),
        shared_by=(Sharing(3, Fraction(300)),),
    )
