"""What the tables refuse by themselves: rows that one rule of the figure already forbids."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.db import transaction as db_transaction

from core.models import Expense, Income, OccurrencePatch, PayPeriod, Reconciliation, SavingsGoal
from core.tests.support.factories import (
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    PayPeriodFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
)

DAY = datetime.date


def is_refused(row, **values):
    """Return whether the table refuses these values. Nothing stays changed."""
    try:
        with db_transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**values)
            db_transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


SEMI_MONTHLY = {"frequency": "semi-monthly", "month_day": 15, "second_month_day": 31}
GOOD = [
    SEMI_MONTHLY,
    SEMI_MONTHLY | {"month_day": 1, "second_month_day": 22},
    {"month_day": 31},
    {"start_date": DAY(2000, 1, 1), "end_date": DAY(2199, 12, 31)},
    {"adjust": "before"},
    {"frequency": "daily", "adjust": "none"},
]
BAD = [
    {"frequency": "yearly"},
    {"adjust": "nearest"},
    {"frequency": "daily", "adjust": "after"},
    {"start_date": DAY(2027, 1, 1)},
    {"start_date": DAY(1999, 12, 31)},
    {"end_date": DAY(2026, 11, 30)},
    {"end_date": DAY(2200, 1, 1)},
    {"month_day": 0},
    {"month_day": 32},
    {"second_month_day": 15},
    {"frequency": "semi-monthly"},
    SEMI_MONTHLY | {"month_day": None},
    SEMI_MONTHLY | {"second_month_day": None},
    SEMI_MONTHLY | {"second_month_day": 32},
    SEMI_MONTHLY | {"month_day": 31, "second_month_day": 15},
    # 29 and 31 are one day in February.
    SEMI_MONTHLY | {"month_day": 25},
    SEMI_MONTHLY | {"month_day": 3, "second_month_day": 28},
]


@pytest.mark.parametrize("make", [IncomeFactory.create, ExpenseFactory.create], ids=["income", "expense"])
def test_a_plan_item_has_days_and_bounds_that_fit(make, alice):
    item = make(user=alice)

    assert [values for values in GOOD if is_refused(item, **values)] == []
    assert [values for values in BAD if not is_refused(item, **values)] == []


def test_a_goal_is_a_percentage_or_a_target(alice):
    target = {"percentage": None, "target_amount": Decimal(600), "target_date": DAY(2027, 1, 15)}
    goal = SavingsGoalFactory.create(user=alice)

    assert is_refused(goal, percentage=None)
    assert is_refused(goal, target_amount=Decimal(600))
    assert is_refused(goal, **(target | {"percentage": Decimal(10)}))
    assert is_refused(goal, **(target | {"target_amount": None}))
    assert is_refused(goal, **(target | {"target_date": None}))
    assert is_refused(goal, **(target | {"target_amount": Decimal(0)}))
    assert is_refused(goal, **(target | {"target_date": DAY(1999, 12, 31)}))
    assert not is_refused(goal, **target)


def test_a_patch_is_of_one_item_and_says_an_amount_or_none(alice):
    patch = OccurrencePatchFactory.create(user=alice)
    income = IncomeFactory.create(user=alice)

    assert is_refused(patch, income=income)
    assert is_refused(patch, expense=None)
    assert is_refused(patch, amount=Decimal(0))
    assert is_refused(patch, amount=Decimal(10) ** 12)
    assert not is_refused(patch, amount=None)
    with pytest.raises(IntegrityError), db_transaction.atomic():
        OccurrencePatchFactory.create(user=alice, expense=patch.expense)


def test_a_reconciliation_states_what_is_there_on_a_day_of_its_period(alice):
    reconciliation = ReconciliationFactory.create(user=alice)

    assert is_refused(reconciliation, covers="all")
    assert is_refused(reconciliation, period_end=DAY(2026, 11, 22))
    assert is_refused(reconciliation, period_start=DAY(2026, 11, 23))
    assert not is_refused(reconciliation, amount=Decimal("-12.50"))


def test_a_closed_period_has_days_and_carries_nothing_negative(alice):
    period = PayPeriodFactory.create(user=alice)

    assert is_refused(period, end=DAY(2026, 10, 1))
    assert is_refused(period, savings_percent=Decimal("100.01"))
    assert [name for name in ("carried", "repaid", "due") if not is_refused(period, **{name: Decimal(-1)})] == []
    assert not is_refused(period, pool=Decimal(-1), left=Decimal(-1), own_pool=Decimal(-1))


@pytest.mark.parametrize("values", [{"start": DAY(2026, 10, 1)}, {"start": DAY(2026, 9, 1)}])
def test_two_closed_periods_of_a_person_neither_begin_nor_end_on_one_day(values, alice):
    PayPeriodFactory.create(user=alice)

    with pytest.raises(IntegrityError), db_transaction.atomic():
        PayPeriodFactory.create(user=alice, **({"end": DAY(2026, 11, 1)} | values))


@pytest.mark.drifts
@pytest.mark.parametrize("model", [Expense, Income])
def test_an_item_that_is_deleted_and_kept_is_found_only_where_it_is_asked_for(model, alice):
    factory = IncomeFactory if model is Income else ExpenseFactory
    item = factory.create(user=alice)

    model.including_deleted.filter(pk=item.pk).update(deleted_at=item.created_at)

    assert not model.objects.filter(pk=item.pk).exists()
    assert model.including_deleted.get() == item


def test_everything_goes_with_the_account(alice):
    OccurrencePatchFactory.create(user=alice)
    PayPeriodFactory.create(user=alice, reconciliation=ReconciliationFactory.create(user=alice))
    goal = SavingsGoalFactory.create(user=alice)

    alice.delete()

    assert not SavingsGoal.objects.filter(pk=goal.pk).exists()
    assert [model.objects.count() for model in (OccurrencePatch, PayPeriod, Reconciliation, Expense)] == [0] * 4
