"""Statements about many people and days at once."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError

from core.allowance.domain.days import CalculatedDay, DayValues
from core.allowance.domain.values import ItemType
from core.allowance.queries import PROJECTED, sum_net_spending
from core.allowance.queries.days import load_earlier_days
from core.allowance.queries.plan_rows import load_plans
from core.allowance.services.storage import store_days
from core.models import DailyAllowance, Transaction
from core.models.transaction import SPENDING_SIGNS
from core.tests.conftest import NOON, TODAY
from core.tests.support.factories import (
    ExpenseFactory,
    IncomeFactory,
    SavingsGoalFactory,
    TransactionFactory,
    UserFactory,
)

YESTERDAY, TOMORROW = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)


def test_plans_of_many_are_read_by_owner(alice, bob):
    wage = IncomeFactory(user=alice, name="wage", amount=Decimal("3000.10"))
    once = ExpenseFactory(user=alice, amount=Decimal("0.01"), frequency="once")
    goals = [SavingsGoalFactory(user=alice, percentage=Decimal(percentage)) for percentage in ("12.34", "0.01")]
    bobs = IncomeFactory(user=bob, amount=Decimal(3000), frequency="bi-weekly")
    nobody = UserFactory()

    plans = load_plans(user_ids=[alice.pk, bob.pk, nobody.pk])

    assert [(item.type, item.id, item.amount) for item in plans[alice.pk].items] == [
        (ItemType.INCOME, wage.pk, Fraction("3000.1")),
        (ItemType.EXPENSE, once.pk, Fraction("0.01")),
    ]
    assert [(goal.id, goal.percentage) for goal in plans[alice.pk].goals] == [
        (goals[0].pk, Decimal("12.34")),
        (goals[1].pk, Decimal("0.01")),
    ]
    assert [item.id for item in plans[bob.pk].items] == [bobs.pk]
    assert (plans[nobody.pk].items, plans[nobody.pk].goals) == ((), ())


def test_earlier_days_are_read_by_owner_and_day_within_each_stretch(alice, bob):
    for offset, amount in ((1, 5), (2, 7), (9, 100)):
        TransactionFactory(user=alice, date=TODAY - datetime.timedelta(days=offset), amount=Decimal(amount))
    TransactionFactory(user=bob, date=YESTERDAY, amount=Decimal(3), kind="refund")
    week = TODAY - datetime.timedelta(days=7)
    ids = {(row.user_id, row.date): row.pk for row in DailyAllowance.objects.all()}
    before = YESTERDAY - datetime.timedelta(days=1)

    found = load_earlier_days(stretches=[(alice.pk, week, TODAY), (bob.pk, week, YESTERDAY)])

    assert found == {
        alice.pk: {YESTERDAY: (ids[alice.pk, YESTERDAY], 5), before: (ids[alice.pk, before], 7)},
        bob.pk: {},
    }
    assert load_earlier_days(stretches=[(bob.pk, YESTERDAY, TODAY)]) == {
        bob.pk: {YESTERDAY: (ids[bob.pk, YESTERDAY], -3)}
    }
    assert load_earlier_days(stretches=[(bob.pk, TODAY, TODAY)]) == {bob.pk: {}}


def test_net_spending_is_spends_less_refunds_of_each_row(alice, bob):
    for day, amount, kind in ((TODAY, "3.10", "spend"), (TODAY, "1.00", "refund"), (YESTERDAY, "0.01", "spend")):
        TransactionFactory(user=alice, date=day, amount=Decimal(amount), kind=kind)
    TransactionFactory(user=bob, amount=Decimal("99.00"))
    rows = {row.date: row.pk for row in DailyAllowance.objects.filter(user=alice)}

    spent = sum_net_spending(row_ids=[*rows.values(), 10**9])

    assert spent == {rows[TODAY]: Decimal("2.10"), rows[YESTERDAY]: Decimal("0.01")}
    assert {type(amount) for amount in spent.values()} == {Decimal}


def test_every_kind_of_transaction_has_a_sign_and_no_other_can_be_stored():
    kinds = set(Transaction.Kind.values)
    (known,) = [one for one in Transaction._meta.constraints if one.name == "transaction_kind_known"]

    assert {kind.value: sign for kind, sign in SPENDING_SIGNS.items()} == {
        "spend": 1,
        "refund": -1,
        "bill": 0,
        "income": 0,
    }
    assert {kind.value for kind in SPENDING_SIGNS} == kinds == set(dict(known.condition.children)["kind__in"])


@pytest.mark.drifts
def test_days_are_stored_as_the_orm_stores_them(alice, bob, clock):
    TransactionFactory(user=alice)
    row = DailyAllowance.objects.get()
    values = ("EUR", Decimal("1.23"), Decimal("-4.5"), Decimal(-7), Decimal("0.001"), Decimal(0), YESTERDAY, TOMORROW)
    values = (*values, Decimal(3), Decimal(1), Decimal(0), Decimal(2), YESTERDAY)
    clock.shift(datetime.timedelta(hours=1))

    stored = store_days(
        days=[CalculatedDay(person.pk, TODAY, DayValues(*values, person == alice)) for person in (alice, bob)]
    )

    changed, new = DailyAllowance.objects.get(user=alice), DailyAllowance.objects.get(user=bob)
    later = NOON + datetime.timedelta(hours=1)
    assert [getattr(changed, name) for name in PROJECTED] == [*values, True]
    assert [getattr(new, name) for name in PROJECTED] == [*values, False]
    assert stored == [changed, new]
    assert (changed.pk, changed.created_at, changed.updated_at) == (row.pk, NOON, later)
    assert (new.date, new.created_at, new.updated_at) == (TODAY, later, later)


def test_storing_no_days_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        store_days(days=[])


@pytest.mark.drifts
def test_an_amount_that_the_column_cannot_hold_is_never_rounded(alice):
    values = DayValues("EUR", *[Decimal("0.0001")] * 5, YESTERDAY, TOMORROW, *[Decimal(0)] * 4, None, True)

    with pytest.raises(ValidationError, match="more than 3 decimals"):
        store_days(days=[CalculatedDay(alice.pk, TODAY, values)])
