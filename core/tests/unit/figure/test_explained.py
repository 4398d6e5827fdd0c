"""Whatever the plan, the items and dates that explain a figure add up to it, exactly."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.allowance.domain.figure import calculate_day
from core.allowance.domain.items import list_counted_items
from core.allowance.domain.results import DayFigure
from core.allowance.domain.values import ItemType, Snapshot
from core.kernel.money import round_down
from core.tests.unit.figure.plans import stating
from core.tests.unit.figure.strategies import happenings, snapshots
from core.tests.unit.figure.test_properties import a_day, closed_by, list_keys

SIGNS = {ItemType.INCOME: 1, ItemType.EXPENSE: -1}


def follow(snapshot: Snapshot, figure: DayFigure) -> None:
    """Add up what `explain` shows, step by step."""
    own, decimals = figure.pool.own, snapshot.settings.decimals
    items = list_counted_items(snapshot=snapshot, pool=figure.pool)
    dates = [date for item in items for date in item.dates]

    def total(kind: ItemType) -> Fraction:
        return sum((item.counted for item in items if item.type is kind), Fraction(0))

    for item in items:
        if item.percentage is None:
            assert item.counted == sum(date.counted for date in item.dates)
    assert (own.income, own.expenses) == (total(ItemType.INCOME), total(ItemType.EXPENSE))
    assert own.savings == total(ItemType.SAVINGS_GOAL)
    unplanned = sum(SIGNS[payment.type] * Fraction(payment.amount) for payment in own.unplanned)
    assert own.differences == unplanned + sum(date.difference for date in dates)
    assert own.amount == round_down(own.income - own.expenses - own.savings + own.differences, decimals=decimals)
    if figure.pool.reconciled:
        assert figure.pool.amount == sum(line.amount for line in figure.pool.reconciled.lines)
    else:
        assert figure.pool.amount == own.amount + figure.pool.carried - figure.pool.repaid
    if figure.pool.previous and not figure.pool.reconciled and figure.pool.repaid + figure.pool.due:
        assert figure.pool.repaid + figure.pool.due == figure.pool.previous.owed
    rest = Fraction(max(Decimal(0), figure.pool.amount - figure.spent_before))
    assert figure.amount == round_down(rest * figure.weight / figure.weights_left, decimals=decimals)


@given(data=st.data(), snapshot=snapshots(), day=a_day, back=st.integers(0, 80))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
def test_what_explains_a_figure_adds_up_to_it(data, snapshot, day, back):
    """Also of a past day, after goals were changed and items were deleted."""
    snapshot = data.draw(happenings(snapshot, list_keys(snapshot)))
    closed = closed_by(replace(snapshot, spending={day: Decimal(7), day - timedelta(days=40): Decimal(700)}), day)
    items = tuple(replace(item, is_deleted=data.draw(st.booleans())) for item in closed.items)
    changed = replace(closed, items=items, goals=data.draw(snapshots()).goals)

    for plan in (closed, changed):
        for on in (day, day - timedelta(days=back)):
            follow(plan, calculate_day(snapshot=plan, day=on))


@given(data=st.data(), snapshot=snapshots(), day=a_day, covers=st.sampled_from(["balance", "spending"]))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
def test_under_a_reconciliation_too(data, snapshot, day, covers):
    snapshot = closed_by(data.draw(happenings(snapshot, list_keys(snapshot))), day)
    stated = stating(snapshot, "900", covers, day.isoformat())

    follow(stated, calculate_day(snapshot=stated, day=day))
