"""Bills and incomes as staff enter them: as over the API, with the item by its id."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import DailyAllowance, Transaction
from core.tests.admin.browser_form import fields_of
from core.tests.conftest import TODAY
from core.tests.support.factories import ExpenseFactory, IncomeFactory, TransactionFactory

ADD = "/admin/core/transaction/add/"


@pytest.fixture
def rent(alice):
    IncomeFactory(user=alice)
    return ExpenseFactory(user=alice)


def errors_of(answer):
    assert answer.status_code == 200
    return {field: list(problems) for field, problems in answer.context_data["adminform"].errors.items()}


def pool_of(user):
    return DailyAllowance.objects.get(user=user, date=TODAY).pool


def enter(staff, owner, **fields):
    return staff.post(ADD, {"owner": owner.pk, "amount": "1000", "kind": "bill", **fields})


def test_a_bill_settles_the_nearest_date(staff, alice, rent):
    answer = enter(staff, alice, expense=rent.pk)

    paid = Transaction.objects.get()
    assert answer.status_code == 302
    assert (paid.kind, paid.expense, paid.occurrence) == ("bill", rent, datetime.date(2026, 12, 5))
    # 3000 less November's rent and what was paid for December's.
    assert pool_of(alice) == 1000


def test_a_date_can_be_chosen(staff, alice, rent):
    enter(staff, alice, expense=rent.pk, occurrence="2027-01-05")

    assert Transaction.objects.get().occurrence == datetime.date(2027, 1, 5)


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"kind": "spend"}, {"expense": ["Only a transaction of the kind `bill` has one."]}),
        ({"occurrence": "2026-12-06"}, {"occurrence": ["This date of the item does not count."]}),
        (
            {"expense": "", "occurrence": "2026-12-05"},
            {"occurrence": ["Only a transaction with an item of the plan settles a date."]},
        ),
        (
            {"expense": "987654"},
            {"expense": ["Select a valid choice. That choice is not one of the available choices."]},
        ),
        ({"expense": "strangers"}, {"expense": ["There is no such row."]}),
    ],
)
def test_what_the_api_refuses_is_refused(fields, errors, staff, alice, bob, rent):
    strangers = ExpenseFactory(user=bob)
    entered = {"expense": rent.pk, **fields}
    if entered["expense"] == "strangers":
        entered["expense"] = strangers.pk

    assert errors_of(enter(staff, alice, **entered)) == errors
    assert not Transaction.objects.exists()


def test_where_no_date_is_near_the_candidates_are_named(staff, alice, rent):
    TransactionFactory(user=alice, kind="bill", expense=rent, occurrence=datetime.date(2026, 12, 5))

    refused = errors_of(enter(staff, alice, expense=rent.pk))

    (message,) = refused.pop("occurrence")
    assert refused == {}
    assert message.startswith("Choose the date that it settles: 2026-11-05, 2027-01-05, 2027-02-05, ")


def test_a_page_that_is_sent_back_untouched_changes_nothing(staff, alice, rent):
    enter(staff, alice, expense=rent.pk)
    page = reverse("admin:core_transaction_change", args=[Transaction.objects.get().pk])
    before = list(Transaction.objects.values())

    answer = staff.post(page, fields_of(staff.get(page)))

    assert answer.status_code == 302
    assert list(Transaction.objects.values()) == before


def test_another_kind_takes_the_item_away(staff, alice, rent):
    enter(staff, alice, expense=rent.pk)
    page = reverse("admin:core_transaction_change", args=[Transaction.objects.get().pk])
    fields = fields_of(staff.get(page))

    refused = staff.post(page, {**fields, "kind": "refund", "expense": rent.pk, "occurrence": "2027-01-05"})
    taken = staff.post(page, {**fields, "kind": "refund", "expense": "", "occurrence": ""})

    assert errors_of(refused)["occurrence"] == ["Only a transaction with an item of the plan settles a date."]
    assert taken.status_code == 302
    row = Transaction.objects.get()
    assert (row.kind, row.expense, row.occurrence) == ("refund", None, None)
    assert (pool_of(alice), row.allowance.remaining_amount - row.allowance.amount) == (2000, Decimal(1000))


def test_a_deleted_item_stays_where_it_is(staff, alice, rent):
    enter(staff, alice, expense=rent.pk)
    rent.delete()
    page = reverse("admin:core_transaction_change", args=[Transaction.objects.get().pk])
    fields = fields_of(staff.get(page))

    answer = staff.post(page, {**fields, "amount": "900"})

    row = Transaction.objects.get()
    assert answer.status_code == 302
    assert (row.amount, row.expense_id, row.occurrence) == (900, rent.pk, datetime.date(2026, 12, 5))
