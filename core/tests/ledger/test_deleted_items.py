"""Deleting an income or a bill: it is gone for its owner, and stays where something still refers to it."""

import datetime
from decimal import Decimal

import pytest

from core import jobs
from core.models import AuditEvent, Expense, Income, PayPeriod, Transaction
from core.tests.conftest import NOON, TODAY
from core.tests.support.factories import ExpenseFactory, IncomeFactory, PayPeriodFactory, TransactionFactory

KINDS = {"expense": (Expense, ExpenseFactory, "bill"), "income": (Income, IncomeFactory, "income")}
each_kind = pytest.mark.parametrize("name", list(KINDS))


NOTHING_LEFT = ("no_income", "0.00")


def make(name, user, *, is_paid):
    _model, factory, kind = KINDS[name]
    item = factory.create(user=user)
    if is_paid:
        TransactionFactory.create(user=user, kind=kind, amount=Decimal(5), **{name: item})
    return item


@each_kind
def test_an_item_that_nothing_refers_to_is_deleted(name, alice, api):
    item = make(name, alice, is_paid=False)

    assert api.delete(f"/api/{name}/{item.pk}/").status_code == 204
    assert not KINDS[name][0].including_deleted.exists()


@each_kind
def test_an_item_that_a_transaction_names_is_gone_for_its_owner_and_stays(name, alice, api):
    item = make(name, alice, is_paid=True)

    answer = api.delete(f"/api/{name}/{item.pk}/")

    kept = KINDS[name][0].including_deleted.get()
    assert answer.status_code == 204
    assert (kept.pk, kept.deleted_at is not None) == (item.pk, True)
    assert api.get(f"/api/{name}/{item.pk}/").status_code == 404
    assert api.delete(f"/api/{name}/{item.pk}/").status_code == 404
    assert api.get(f"/api/{name}/").json()["count"] == 0
    assert getattr(Transaction.objects.get(), name) == kept


@each_kind
def test_an_item_that_was_there_while_a_period_closed_stays(name, alice):
    kept = make(name, alice, is_paid=False)
    later = make(name, alice, is_paid=False)
    PayPeriodFactory.create(user=alice, start=TODAY, end=TODAY + datetime.timedelta(days=7))
    type(later).objects.filter(pk=later.pk).update(added_on=TODAY + datetime.timedelta(days=7))

    type(kept).objects.all().delete()

    assert list(type(kept).including_deleted.all()) == [kept]


@each_kind
@pytest.mark.parametrize("is_paid", [True, False])
def test_either_way_it_is_an_event_and_the_figure_follows(name, is_paid, alice, api):
    item = make(name, alice, is_paid=is_paid)

    api.delete(f"/api/{name}/{item.pk}/")

    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.object_type, event.object_id) == ("deleted", name, str(item.pk))
    # What a transaction names still counts: 5.00 that arrived, or a bill of 5.00 that was paid.
    status, shortfall = {"income": ("ok", "0.00"), "expense": ("shortfall", "5.00")}[name] if is_paid else NOTHING_LEFT
    today = api.get("/api/allowance/today/").json()
    assert (today["status"], today["shortfall"]) == (status, shortfall)


@each_kind
def test_of_many_those_that_are_referred_to_stay(name, alice):
    paid, unpaid = make(name, alice, is_paid=True), make(name, alice, is_paid=False)
    model = KINDS[name][0]

    deleted = model.objects.all().delete()

    assert deleted == (2, {f"core.{model.__name__}": 2})
    assert list(model.including_deleted.all()) == [paid]
    assert set(AuditEvent.objects.filter(action="deleted").values_list("object_id", flat=True)) == {
        str(paid.pk),
        str(unpaid.pk),
    }


@each_kind
def test_with_the_account_deleted_items_and_their_transactions_go_too(name, alice):
    make(name, alice, is_paid=True).delete()

    alice.delete()

    assert not KINDS[name][0].including_deleted.exists()


@each_kind
def test_an_item_whose_transaction_is_gone_is_deleted_at_last_and_no_figure_changes(name, alice, api):
    paid, still_paid = make(name, alice, is_paid=True), make(name, alice, is_paid=True)
    for item in (paid, still_paid):
        api.delete(f"/api/{name}/{item.pk}/")
    Transaction.objects.get(**{name: paid}).delete()
    events, figure = AuditEvent.objects.count(), api.get("/api/allowance/today/").json()

    result = jobs.run_job("clean-up")

    assert result["items"] == 1
    assert list(type(paid).including_deleted.all()) == [still_paid]
    assert AuditEvent.objects.count() == events
    assert api.get("/api/allowance/today/").json() == figure
    assert jobs.run_job("clean-up")["items"] == 0


@pytest.mark.drifts
@each_kind
@pytest.mark.parametrize(("days_after_deletion", "is_kept"), [(-1, True), (0, True), (3, False)])
def test_an_item_is_kept_for_periods_that_closed_before_it_was_deleted(name, days_after_deletion, is_kept, alice, api):
    item = make(name, alice, is_paid=True)
    api.delete(f"/api/{name}/{item.pk}/")
    Transaction.objects.all().delete()
    model = type(item)
    model.including_deleted.update(deleted_at=NOON, added_on=TODAY - datetime.timedelta(days=20))
    end = TODAY + datetime.timedelta(days=days_after_deletion)
    PayPeriod.objects.all().delete()
    PayPeriodFactory.create(user=alice, start=end - datetime.timedelta(days=7), end=end)

    jobs.run_job("clean-up")

    assert model.including_deleted.exists() == is_kept


@each_kind
def test_an_item_that_is_not_deleted_stays(name, alice):
    make(name, alice, is_paid=False)

    assert jobs.run_job("clean-up")["items"] == 0
    assert KINDS[name][0].objects.exists()
