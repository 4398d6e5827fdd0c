"""A save writes only what it changed: instances that were read before others wrote take nothing of theirs back."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth.forms import AdminPasswordChangeForm, PasswordChangeForm
from django.db import DatabaseError, connections
from django.test.utils import CaptureQueriesContext

from core.db.loaded import LoadedModel
from core.db.locks import owner_transaction
from core.models import (
    DailyAllowance,
    ExchangeRate,
    Expense,
    Income,
    OccurrencePatch,
    PayPeriod,
    Reconciliation,
    SavingsGoal,
    Transaction,
    User,
)
from core.tests.conftest import TODAY
from core.tests.support.factories import (
    PASSWORD,
    ExpenseFactory,
    IncomeFactory,
    OccurrencePatchFactory,
    ReconciliationFactory,
    SavingsGoalFactory,
    TransactionFactory,
    UserFactory,
)

NEW_PASSWORD = "correct horse battery staple"  # noqa: S105


def make_rate(user):
    return ExchangeRate.objects.create(base="EUR", quote="XAF", date=TODAY, rate=Decimal("655.957"))


# Of each kind of row two columns that two people change at the same time.
PAIRS = {
    Income: (IncomeFactory, {"name": "salary"}, {"amount": Decimal(901)}),
    Expense: (ExpenseFactory, {"name": "rent"}, {"frequency": "annual"}),
    SavingsGoal: (SavingsGoalFactory, {"name": "boat"}, {"percentage": Decimal(3)}),
    Transaction: (TransactionFactory, {"description": "bread"}, {"amount": Decimal(3), "category": "food"}),
    OccurrencePatch: (OccurrencePatchFactory, {"date": datetime.date(2027, 1, 1)}, {"amount": Decimal(5)}),
    Reconciliation: (ReconciliationFactory, {"note": "counted"}, {"difference": Decimal(1)}),
    ExchangeRate: (lambda user: make_rate(user), {"rate": Decimal("655.958")}, {"date": TODAY - datetime.timedelta(1)}),
    User: (lambda user: user, {"language": "de", "timezone": "Asia/Tokyo"}, {"is_active": False, "first_name": "A."}),
}


@pytest.mark.parametrize("model", PAIRS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first", "second"])
def test_two_stale_instances_keep_what_each_of_them_changed(alice, model, order):
    make, *changes = PAIRS[model]
    pk = make(user=alice).pk
    instances = [model.objects.get(pk=pk), model.objects.get(pk=pk)]

    for number in order:
        for name, value in changes[number].items():
            setattr(instances[number], name, value)
        instances[number].save()

    expected = {**changes[0], **changes[1]}
    stored = model.objects.get(pk=pk)
    assert {name: getattr(stored, name) for name in expected} == expected


@pytest.mark.parametrize("model", [Income, Expense, SavingsGoal, Transaction, User], ids=lambda model: model.__name__)
def test_an_instance_that_was_saved_has_what_others_wrote_before(alice, model):
    make, first, second = PAIRS[model]
    pk = make(user=alice).pk
    instances = [model.objects.get(pk=pk), model.objects.get(pk=pk)]

    for instance, change in zip(instances, (first, second), strict=True):
        for name, value in change.items():
            setattr(instance, name, value)
        instance.save()

    expected = {**first, **second}
    assert {name: getattr(instances[1], name) for name in expected} == expected


def test_every_kind_of_row_that_people_change_is_looked_at_here():
    # Projections are written by the services of the allowance alone, never from an instance that was read before.
    projections = {DailyAllowance, PayPeriod}
    assert {model for model in apps.get_models() if issubclass(model, LoadedModel)} == {*PAIRS, *projections}


def test_a_ban_stays_when_the_password_form_was_opened_before_it(alice):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    form = AdminPasswordChangeForm(User.objects.get(), {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert form.is_valid(), form.errors
    User.objects.update(is_active=False, is_staff=False, is_superuser=False)

    form.save()

    stored = User.objects.get()
    assert (stored.is_active, stored.is_staff, stored.is_superuser) == (False, False, False)
    assert stored.check_password(NEW_PASSWORD)


def test_a_profile_changed_meanwhile_stays_when_a_password_is_saved(api, alice):
    form = PasswordChangeForm(
        User.objects.get(),
        {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
    )
    assert form.is_valid(), form.errors
    patched = api.patch("/api/auth/users/me/", {"first_name": "Alice", "timezone": "Asia/Tokyo"})

    form.save()

    stored = User.objects.get()
    assert patched.status_code == 200
    assert (stored.first_name, stored.timezone, stored.check_password(NEW_PASSWORD)) == ("Alice", "Asia/Tokyo", True)


@pytest.mark.django_db(transaction=True)
def test_a_save_that_waits_for_the_lock_keeps_what_was_committed_meanwhile(clock):
    alice = UserFactory(username="alice", is_superuser=True)
    read = threading.Event()

    def set_password():
        stale = User.objects.get(pk=alice.pk)
        stale.set_password(NEW_PASSWORD)
        read.set()
        stale.save()
        connections.close_all()

    writer = threading.Thread(target=set_password)
    with owner_transaction(alice.pk) as owner:
        writer.start()
        assert read.wait(20)
        owner.is_active = owner.is_superuser = False
        owner.save()
    writer.join(20)

    stored = User.objects.get(pk=alice.pk)
    assert (stored.is_active, stored.is_superuser, stored.check_password(NEW_PASSWORD)) == (False, False, True)
    assert stored.session_epoch == 2


def test_a_row_held_under_the_lock_follows_another_instance(alice):
    with owner_transaction(alice.pk) as owner:
        other = User.objects.get(pk=alice.pk)
        other.first_name = "Alice"
        other.save()
        owner.last_name = "Owner"
        owner.save()

    stored = User.objects.get()
    assert (owner.first_name, stored.first_name, stored.last_name) == ("Alice", "Alice", "Owner")


def test_a_list_that_was_changed_in_place_is_saved(alice):
    user = User.objects.get()
    user.weekday_weights[6] = 3

    user.save()

    assert User.objects.get().weekday_weights == [1, 1, 1, 1, 1, 1, 3]


def test_saving_an_account_that_was_not_changed_writes_nothing(alice, django_assert_num_queries):
    user = User.objects.get()

    with CaptureQueriesContext(connections["default"]) as statements:
        user.save()

    assert [one["sql"] for one in statements if one["sql"].startswith("UPDATE")] == []


def test_a_row_that_was_deleted_meanwhile_does_not_come_back(alice):
    income = IncomeFactory(user=alice)
    Income.objects.all().delete()
    income.amount = Decimal(5)

    with pytest.raises(DatabaseError, match="did not affect any rows"):
        income.save()

    assert Income.objects.count() == 0
