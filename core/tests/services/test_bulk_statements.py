"""Statements on many people at once say what the ORM says."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError

from core.allowance.domain import ItemType, PlanItem
from core.allowance.queries import PROJECTED, load_plan_rows, load_spent_before
from core.allowance.services.storage import ProjectedDay, store_days
from core.kernel.frequencies import Frequency
from core.models import DailyAllowance, Expense, Income, Transaction, User
from core.models.compiled import CompiledQuery, Given
from core.models.ids import IdList
from core.tests.conftest import NOON, TODAY
from core.tests.factories import ExpenseFactory, IncomeFactory, SavingsGoalFactory, TransactionFactory, UserFactory

YESTERDAY, TOMORROW = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)


def test_many_ids_in_one_place_find_what_a_place_for_each_finds(alice, bob):
    for person in (alice, bob):
        TransactionFactory(user=person)
    owned = CompiledQuery(
        lambda: (
            Transaction.objects.filter(user_id__among=Given("user_ids", IdList())).order_by("pk").values_list("user_id")
        )
    )
    people = CompiledQuery(
        lambda: User.objects.filter(pk__among=Given("user_ids", IdList())).order_by("pk").values_list("pk")
    )

    # More than SQLite has places for.
    for ids in ([bob.pk, *range(10**9, 10**9 + 40_000)], [alice.pk, bob.pk], [bob.pk], []):
        found = sorted((pk,) for pk in ids if pk < 10**9)

        assert people.all(user_ids=ids) == found
        assert owned.all(user_ids=ids) == found


def test_plans_of_many_are_what_the_orm_reads(alice, bob):
    IncomeFactory(user=alice, name="wage", amount=Decimal("3000.10"))
    ExpenseFactory(user=alice, amount=Decimal("0.01"), frequency="once")
    SavingsGoalFactory(user=alice, percentage=Decimal("12.34"))
    SavingsGoalFactory(user=alice, percentage=Decimal("0.01"))
    IncomeFactory(user=bob, amount=Decimal(3000), frequency="bi-weekly")
    nobody = UserFactory()

    plans = load_plan_rows(user_ids=[alice.pk, bob.pk, nobody.pk])

    def expected(person):
        incomes = [(ItemType.INCOME, row) for row in Income.objects.filter(user=person)]
        bills = [(ItemType.EXPENSE, row) for row in Expense.objects.filter(user=person)]
        return [
            (
                PlanItem(
                    type=item_type,
                    id=row.pk,
                    name=row.name,
                    amount=Fraction(row.amount),
                    frequency=Frequency(row.frequency),
                    anchor=row.anchor,
                    added_on=row.added_on,
                    scheduled_on=row.scheduled_on,
                ),
                row.currency,
            )
            for item_type, row in incomes + bills
        ]

    for person in (alice, bob, nobody):
        assert plans[person.pk].items == expected(person)
    assert [plans[person.pk].savings_percent for person in (alice, bob, nobody)] == [Decimal("12.35"), 0, 0]


def test_what_was_spent_in_stretches_is_what_the_orm_adds_up(alice, bob):
    for offset, amount in ((1, 5), (2, 7), (9, 100)):
        TransactionFactory(user=alice, date=TODAY - datetime.timedelta(days=offset), amount=Decimal(amount))
    TransactionFactory(user=bob, date=YESTERDAY, amount=Decimal(3), kind="refund")
    week = TODAY - datetime.timedelta(days=7)

    spent = load_spent_before(
        stretches=[
            (alice.pk, week, TODAY), (alice.pk, week, YESTERDAY), (alice.pk, TODAY, TODAY), (bob.pk, week, TODAY),
            (bob.pk, week, week + datetime.timedelta(days=1)),
        ]
    )  # fmt: skip

    assert spent == {(alice.pk, TODAY): 12, (alice.pk, YESTERDAY): 7, (bob.pk, TODAY): -3}
    assert {type(amount) for amount in spent.values()} == {Decimal}


@pytest.mark.drifts
def test_days_are_stored_as_the_orm_stores_them(alice, bob, clock):
    TransactionFactory(user=alice)
    row = DailyAllowance.objects.get()
    values = ("EUR", Decimal("1.23"), Decimal("-4.5"), Decimal(-7), Decimal("0.001"), Decimal(0), YESTERDAY, TOMORROW)
    clock.shift(datetime.timedelta(hours=1))

    store_days(days=[ProjectedDay(person.pk, TODAY, (*values, person == alice)) for person in (alice, bob)])

    changed, new = DailyAllowance.objects.get(user=alice), DailyAllowance.objects.get(user=bob)
    later = NOON + datetime.timedelta(hours=1)
    assert [getattr(changed, name) for name in PROJECTED] == [*values, True]
    assert [getattr(new, name) for name in PROJECTED] == [*values, False]
    assert (changed.pk, changed.created_at, changed.updated_at) == (row.pk, NOON, later)
    assert (new.date, new.created_at, new.updated_at) == (TODAY, later, later)


def test_storing_no_days_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        store_days(days=[])


@pytest.mark.drifts
def test_an_amount_that_the_column_cannot_hold_is_never_rounded(alice):
    values = ("EUR", *[Decimal("0.0001")] * 5, YESTERDAY, TOMORROW, True)

    with pytest.raises(ValidationError, match="more than 3 decimals"):
        store_days(days=[ProjectedDay(alice.pk, TODAY, values)])
