"""A form that stays open while others write: it changes what was changed in it, and nothing else."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from core.allowance.services import recalculate_day
from core.models import AuditEvent, ExchangeRate, Expense, Income, SavingsGoal, Transaction, User
from core.tests.admin.browser_form import fields_of
from core.tests.admin.conftest import make_row
from core.tests.conftest import TODAY, client_of
from core.tests.support.factories import IncomeFactory, UserFactory


def page(row):
    return reverse(f"admin:core_{row._meta.model_name}_change", args=[row.pk])


def test_a_ban_and_a_demotion_survive_a_form_that_was_open(staff):
    colleague = UserFactory(username="colleague", is_staff=True, is_superuser=True)
    form = fields_of(staff.get(page(colleague)))
    User.objects.filter(pk=colleague.pk).update(is_active=False, is_staff=False, is_superuser=False)

    answer = staff.post(page(colleague), form | {"first_name": "Carol"})

    colleague.refresh_from_db()
    assert answer.status_code == 302
    assert (colleague.first_name, colleague.is_active, colleague.is_staff, colleague.is_superuser) == (
        "Carol",
        False,
        False,
        False,
    )


def test_a_right_that_was_taken_away_is_not_given_back(staff, alice):
    group = Group.objects.create(name="readers")
    alice.groups.add(group)
    form = fields_of(staff.get(page(alice)))
    alice.groups.clear()

    staff.post(page(alice), form | {"first_name": "Alice"})

    assert not alice.groups.exists()


def test_a_right_that_a_group_lost_is_not_given_back(staff):
    group = Group.objects.create(name="readers")
    group.permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    address = reverse("admin:auth_group_change", args=[group.pk])
    form = fields_of(staff.get(address))
    group.permissions.remove(Permission.objects.get(codename="change_user"))

    answer = staff.post(address, form | {"name": "viewers"})

    assert answer.status_code == 302
    assert list(Group.objects.values_list("name", "permissions__codename")) == [("viewers", "view_user")]


def test_what_the_owner_changed_meanwhile_stays(staff, alice):
    form = fields_of(staff.get(page(alice)))
    changed = client_of(alice).patch("/api/auth/users/me/", {"first_name": "Alicia", "timezone": "Europe/Berlin"})

    answer = staff.post(page(alice), form | {"last_name": "Adams"})

    alice.refresh_from_db()
    assert (changed.status_code, answer.status_code) == (200, 302)
    assert (alice.first_name, alice.last_name, alice.timezone) == ("Alicia", "Adams", "Europe/Berlin")


def test_what_was_changed_in_the_form_is_written_over_what_the_owner_wrote(staff, alice):
    form = fields_of(staff.get(page(alice)))
    client_of(alice).patch("/api/auth/users/me/", {"first_name": "Alicia"})

    staff.post(page(alice), form | {"first_name": "Ally"})

    alice.refresh_from_db()
    assert alice.first_name == "Ally"


OTHERS = {
    Income: ({"name": "pay"}, {"amount": Decimal("99.50")}),
    Expense: ({"name": "rent"}, {"amount": Decimal("99.50")}),
    SavingsGoal: ({"name": "holidays"}, {"percentage": Decimal("7.50")}),
    Transaction: ({"category": "books"}, {"amount": Decimal("99.50"), "base_amount": Decimal("99.50")}),
    ExchangeRate: ({"rate": Decimal("0.9")}, {"date": TODAY}),
}


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: model.__name__)
def test_a_row_keeps_what_was_written_while_its_form_was_open(staff, alice, model):
    entered, meanwhile = OTHERS[model]
    row = make_row(model, alice, 3)
    form = fields_of(staff.get(page(row)))
    model.objects.filter(pk=row.pk).update(**meanwhile)

    answer = staff.post(page(row), form | entered)

    stored = model.objects.filter(pk=row.pk).values(*entered, *meanwhile).get()
    if model is Transaction:
        recalculate_day(user_id=alice.pk, today=TODAY)
    assert answer.status_code == 302, answer.context_data["errors"]
    assert stored == {**entered, **meanwhile}


def test_a_value_that_would_be_refused_today_does_not_stand_in_the_way_of_others(staff, alice):
    income = IncomeFactory(user=alice)
    Income.objects.filter(pk=income.pk).update(amount=Decimal("24.005"))

    answer = staff.post(page(income), fields_of(staff.get(page(income))) | {"name": "pay"})

    income.refresh_from_db()
    assert (answer.status_code, income.name, income.amount) == (302, "pay", Decimal("24.005"))


def test_the_events_name_what_was_changed_and_no_more(staff, alice):
    form = fields_of(staff.get(page(alice)))
    client_of(alice).patch("/api/auth/users/me/", {"first_name": "Alicia"})

    staff.post(page(alice), form | {"last_name": "Adams"})

    events = AuditEvent.objects.filter(user=alice, action="updated").order_by("pk")
    assert [event.changes for event in events] == [{"first_name": ["", "Alicia"]}, {"last_name": ["", "Adams"]}]
